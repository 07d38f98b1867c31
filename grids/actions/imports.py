"""Imports by their record: whatever kind it was, it is undone through its importer."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grids import imports
from grids.models import ImportBatch


def undo_import(batch: ImportBatch, *, by: Any, now: datetime) -> ImportBatch:
    """Take an import back; the action of its kind asks for the right. ValidationError when something hangs from it."""
    importer = imports.find(batch.kind)
    if importer is None:
        raise ValidationError(_("This kind of import cannot be undone here."), code="kind")
    return importer.undo(batch, by=by, now=now)
