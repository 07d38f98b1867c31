"""Files handed in: kept, looked at, applied whole or not at all, taken back."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gridgov.audit import actions as audit
from gridgov.privacy import files
from grids.actions.stock import take_stock_after
from grids.imports import Played, back_until, importer_of, play
from grids.models import ImportBatch
from grids.permissions import require_anywhere

KEPT = timedelta(hours=24)  # a file nobody applied; it may hold people's names and phones


def _context(batch: ImportBatch) -> str:
    """What the sealed file belongs to: it opens for no other import."""
    return f"grids.importbatch.file:{batch.pk}"


@transaction.atomic
def upload(kind: str, name: str, content: bytes, *, by: Any, now: datetime) -> ImportBatch:
    """Keep a file, encrypted, for looking at. ValidationError when its ending is not one of the kind's."""
    importer = importer_of(kind)
    require_anywhere(by, importer.perm)
    if not name.lower().endswith(tuple(importer.endings)):
        endings = ", ".join(importer.endings)
        raise ValidationError({"file": _("Give a file that ends in %(endings)s.") % {"endings": endings}})
    batch = ImportBatch(
        kind=kind, file_name=name[-120:], sha256=hashlib.sha256(content).hexdigest(), uploaded_by=by, uploaded_at=now
    )
    batch.file.save(f"imports/{batch.pk}", files.sealed(content, _context(batch)), save=False)
    batch.save(force_insert=True)
    audit.record("grids.upload_import", batch, by=by, at=now, kind=kind, sha256=batch.sha256)
    return batch


@transaction.atomic
def choose_options(batch: ImportBatch, options: dict[str, Any], *, by: Any, now: datetime) -> ImportBatch:
    """Remember what was said about the file. ValidationError when it has been applied meanwhile."""
    require_anywhere(by, importer_of(batch.kind).perm)
    if ImportBatch.objects.select_for_update().get(pk=batch.pk).applied_at is not None:
        raise ValidationError(_("This import has been applied already."), code="applied")
    batch.options = options
    batch.save(update_fields=["options"])
    audit.record("grids.describe_import", batch, by=by, at=now)
    return batch


def content_of(batch: ImportBatch) -> bytes:
    """The file. ValidationError when it has been forgotten."""
    return files.opened(batch.file, _context(batch))


def preview(batch: ImportBatch, *, by: Any, now: datetime) -> Played:
    """What the import would do: it is done, looked at, and taken back in the same transaction."""
    content = content_of(batch)
    with transaction.atomic():
        played = play(importer_of(batch.kind), content, batch.file_name, batch.options, by=by, now=now)
        transaction.set_rollback(True)
    return played


@transaction.atomic
def apply_import(batch: ImportBatch, *, by: Any, now: datetime) -> tuple[ImportBatch, Played]:
    """Take the whole file in. ValidationError naming the first rows that stand in the way; nothing is changed then."""
    importer = importer_of(batch.kind)
    require_anywhere(by, importer.perm)
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.applied_at is not None:
        raise ValidationError(_("This import has been applied already."), code="applied")
    played = play(importer, content_of(locked), locked.file_name, locked.options, by=by, now=now)
    if played.refused:
        first = "; ".join(f"{line.number}: {line.note}" for line in played.refused[:5])
        raise ValidationError(
            ngettext(
                "%(count)s row cannot be taken in; nothing was changed. %(first)s",
                "%(count)s rows cannot be taken in; nothing was changed. %(first)s",
                len(played.refused),
            )
            % {"count": len(played.refused), "first": first},
            code="refused",
        )
    for one in played.afterwards:
        one()
    locked.applied_at, locked.undo, locked.summary, locked.area_path = (
        now,
        played.undo,
        played.summary,
        played.area_path,
    )
    _let_go(locked)
    locked.save()
    audit.record("grids.apply_import", locked, by=by, at=now, **played.summary)
    take_stock_after(len(played.lines))
    return locked, played


def _let_go(batch: ImportBatch) -> None:
    """Delete the file once the change is committed; the row is saved by the caller."""
    storage, stored = batch.file.storage, str(batch.file.name)
    batch.file = ""
    transaction.on_commit(lambda: storage.delete(stored))


@transaction.atomic
def abandon_import(batch: ImportBatch, *, by: Any, now: datetime) -> ImportBatch:
    """Throw a file away that was only looked at. ValidationError when it has been applied."""
    require_anywhere(by, importer_of(batch.kind).perm)
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.applied_at is not None or not locked.file:
        raise ValidationError(_("There is no file to discard."), code="gone")
    _let_go(locked)
    locked.save(update_fields=["file"])
    audit.record("grids.abandon_import", locked, by=by, at=now)
    return locked


@transaction.atomic
def undo_import(batch: ImportBatch, *, by: Any, now: datetime) -> ImportBatch:
    """Take an import back, the last row first; all of it or, with a reason, none."""
    importer = importer_of(batch.kind)
    require_anywhere(by, importer.perm)
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.applied_at is None or locked.undone_at is not None:
        raise ValidationError(_("There is nothing to take back."), code="nothing")
    until = back_until(locked.kind, locked.applied_at)
    if until is not None and now > until:
        said = f"{timezone.localtime(until):%Y-%m-%d %H:%M}"
        words = _("It could be taken back until %(until)s; by now others work with it. Correct its rows one by one.")
        raise ValidationError(words, code="late", params={"until": said})
    for item in reversed(locked.undo):
        importer.take_back(item, by=by, now=now)
    locked.undone_at, locked.undone_by = now, by
    locked.save(update_fields=["undone_at", "undone_by"])
    audit.record("grids.undo_import", locked, by=by, at=now)
    return locked


@transaction.atomic
def forget_uploads(*, now: datetime) -> int:
    """Delete the files nobody applied within a day."""
    stale = list(ImportBatch.objects.filter(applied_at=None, uploaded_at__lt=now - KEPT).exclude(file="")[:500])
    for batch in stale:
        _let_go(batch)
        batch.save(update_fields=["file"])
    return len(stale)
