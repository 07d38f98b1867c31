"""Sealing everything anew under the current key: which values are due is written in their own header."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import F, Func, Value

from gridgov.audit import actions as audit
from gridgov.privacy import crypto, keys
from gridgov.privacy.fields import SealedField


@dataclass
class Progress:
    """What one field's rotation did so far."""

    field: SealedField
    done: int = 0
    unreadable: int = 0

    @property
    def label(self) -> str:
        """For example "accounts.User.phone"."""
        return f"{self.field.model._meta.label}.{self.field.name}"


def sealed_fields() -> list[SealedField]:
    """Every sealed field of every model."""
    return [
        field for model in apps.get_models() for field in model._meta.concrete_fields if isinstance(field, SealedField)
    ]


def due(field: SealedField) -> models.QuerySet:
    """Rows whose value was sealed with another key or algorithm than the current one."""
    header = crypto.current_header()
    start = Func(F(field.name), Value(1), Value(len(header)), function="SUBSTRING", output_field=models.BinaryField())
    rows = field.model._base_manager.exclude(**{field.name: None})
    return rows.annotate(_header=start).exclude(_header=header).order_by("pk")


def rotate(field: SealedField, *, batch: int) -> Iterator[Progress]:
    """Seal `field` anew, `batch` rows a transaction, and report after each.

    Killed at any moment it has lost nothing: a value is either still readable under its old key or already
    under the new one, and the next run goes on with what is left. A value that somebody writes meanwhile is
    left alone. Values that cannot be read (tampered with, key gone) stay as they are and are counted.
    """
    progress = Progress(field)
    poison: set[Any] = set()
    while True:
        with transaction.atomic():
            rows = list(due(field).exclude(pk__in=poison).select_for_update(of=("self",))[:batch])
            for row in rows:
                try:
                    _seal_again(field, row)
                except crypto.Tampered:
                    poison.add(row.pk)
            progress.done += len(rows) - sum(row.pk in poison for row in rows)
            progress.unreadable = len(poison)
            if rows:
                audit.record(
                    "privacy.rotate", None, by=None, field=progress.label, key=keys.current()[0], rows=len(rows)
                )
        if not rows:
            return
        yield progress


def _seal_again(field: SealedField, row: models.Model) -> None:
    sealed = getattr(row, field.attname)
    blob = crypto.seal(sealed.open(), sealed.context)
    field.model._base_manager.filter(pk=row.pk, **{field.name: sealed.blob}).update(**{field.name: blob})
