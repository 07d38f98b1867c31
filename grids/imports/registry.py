"""Which kinds of files can be taken in; rooms above add theirs in AppConfig.ready()."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.utils.functional import Promise

from grids.imports.plan import Plan
from grids.models import ImportBatch


@dataclass(frozen=True)
class Column:
    """Something a file may say: chosen from the file's columns, by `guesses` at first; `example` fills the template."""

    name: str
    label: str | Promise
    guesses: tuple[str, ...] = ()
    example: str = ""


class Apply(Protocol):
    """Does what a plan says, all or nothing."""

    def __call__(self, plan: Plan, *, by: Any, now: datetime) -> ImportBatch:
        """In one transaction; ValidationError and PermissionDenied leave nothing behind."""


class Undo(Protocol):
    """Takes an import back."""

    def __call__(self, batch: ImportBatch, *, by: Any, now: datetime) -> ImportBatch:
        """In one transaction; ValidationError says what hangs from it."""


@dataclass(frozen=True)
class Importer:
    """One kind of import. `plan(reading, area=, columns=, source=, **settings)` reads only.

    `settings` names the form fields of the second step beside the columns: "level", "scheme".
    """

    kind: str
    label: str | Promise
    perm: str
    icon: str
    columns: tuple[Column, ...]
    plan: Callable[..., Plan]
    apply: Apply
    undo: Undo
    geodata: bool = False
    settings: tuple[str, ...] = ()


_importers: dict[str, Importer] = {}


def register(kind: str, importer: Importer) -> None:
    """Add a kind of import."""
    _importers[kind] = importer


def find(kind: str) -> Importer | None:
    """The importer of a kind."""
    return _importers.get(kind)


def all_importers() -> list[Importer]:
    """In the order in which the rooms registered them."""
    return list(_importers.values())
