"""Taking things in, once: envelopes and their photos."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.audit import actions as audit
from gridgov.sync import attachments as photos
from gridgov.sync import canonical
from gridgov.sync.models import Attachment, Envelope
from gridgov.sync.registry import Handler, Result, handler_of, kind_of

CREATED, REPLAYED, KEPT, CONFLICT = 201, 200, 202, 409
# What a form says on CONFLICT: somebody went back to a page that was sent already and changed it.
SENT_ALREADY = gettext_lazy("This form was already sent with other content. Open it again to report something else.")
# Why a handler does not take something: wrong content, no right (any more), the thing it speaks of is gone.
REFUSALS = (ValidationError, PermissionDenied, ObjectDoesNotExist)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the door answers. `status` is 201 stored, 200 seen before, 202 kept for review, 409 refused.

    `kind`, `id` and `url` say what it became; empty on 409, and while it waits for review with no result.
    `problems` names what the handler did not take: [{"field": …, "code": …}].
    """

    status: int
    envelope_id: UUID
    kind: str = ""
    id: str = ""
    url: str = ""
    needs_review: bool = False
    changed: bool = False
    problems: tuple[dict[str, str], ...] = ()


@transaction.atomic
def receive(
    envelope_id: UUID,
    kind: str,
    payload: dict[str, Any],
    *,
    by: Any,
    now: datetime,
    captured_at: datetime | None = None,
    offset: timedelta | None = None,
    base_version: str = "",
    attachments: Sequence[str | File] = (),
    keep: bool = False,
) -> Receipt:
    """Take one envelope in: any repetition, even at once from two phones, gives one record.

    The first to come runs the registered handler in this transaction; the rest wait for it and get 200, or
    409 when content or owner differ. `attachments` are SHA-256 in hexadecimal (the phone sends the photos
    after it) or the files of a form (attached here). `offset` is server minus device.

    What the handler refuses (REFUSALS) goes to the caller and leaves nothing behind, so that a form shows it;
    with `keep` (the phone: field data is never bounced) the payload is sealed and kept for review, 202.
    Raises LookupError for a kind nobody registered.
    """
    handler = handler_of(kind)
    if handler is None:
        raise LookupError(kind)
    files = [item for item in attachments if not isinstance(item, str)]
    prepared = [photos.prepare(file) for file in files]
    hashes = [item for item in attachments if isinstance(item, str)] + [photo.sha256 for photo in prepared]
    envelope = Envelope(
        id=envelope_id,
        kind=kind,
        owner=by,
        digest=canonical.digest(kind, payload, hashes),
        photos=sorted(set(hashes)),
        base_version=base_version,
        captured_at=captured_at,
        offset=offset,
        corrected_at=_corrected(captured_at, offset),
        received_at=now,
    )
    earlier = _insert_or_earlier(envelope)
    if earlier is not None:
        return _answer_again(earlier, envelope)
    receipt = _handle(handler, envelope, payload, by=by, now=now, keep=keep)
    for photo in prepared:
        _store(*envelope.subject, photo, by=by, now=now)
    return receipt


def _corrected(captured_at: datetime | None, offset: timedelta | None) -> datetime | None:
    """The capture by the server's clock; the device's own time when the sum is no date at all."""
    if captured_at is None:
        return None
    try:
        return captured_at + (offset or timedelta())
    except OverflowError:
        return captured_at


def _insert_or_earlier(envelope: Envelope) -> Envelope | None:
    """None when the row is ours now; otherwise the row that was there first (waits until it is committed)."""
    try:
        with transaction.atomic():
            envelope.save(force_insert=True)
    except IntegrityError:
        return Envelope.objects.get(pk=envelope.pk)
    return None


def _answer_again(earlier: Envelope, envelope: Envelope) -> Receipt:
    same = earlier.owner_id == envelope.owner_id and bytes(earlier.digest) == bytes(envelope.digest)
    return receipt_of(earlier, REPLAYED) if same else Receipt(CONFLICT, envelope.pk)


def receipt_of(envelope: Envelope, status: int) -> Receipt:
    """What is known about a stored envelope, as an answer."""
    return Receipt(
        status,
        envelope.pk,
        envelope.result_kind,
        envelope.result_id,
        envelope.result_url,
        envelope.needs_review,
        envelope.changed_meanwhile,
        tuple(envelope.problems),
    )


def _handle(handler: Handler, envelope: Envelope, payload: dict, *, by: Any, now: datetime, keep: bool) -> Receipt:
    try:
        with transaction.atomic():
            result: Result = handler(envelope, payload, by=by, now=now)
    except REFUSALS as error:
        if not keep:
            raise
        return _keep(envelope, payload, error, by=by, now=now)
    became(envelope, result)
    return receipt_of(envelope, KEPT if result.needs_review else CREATED)


def became(envelope: Envelope, result: Result) -> None:
    """Write down what an envelope was turned into."""
    envelope.result_kind, envelope.result_id, envelope.result_url = result.kind, str(result.id), result.url
    envelope.needs_review, envelope.changed_meanwhile = result.needs_review, result.changed
    envelope.save(update_fields=["result_kind", "result_id", "result_url", "needs_review", "changed_meanwhile"])


def _keep(envelope: Envelope, payload: dict, error: Exception, *, by: Any, now: datetime) -> Receipt:
    envelope.needs_review = True
    envelope.problems = canonical.problems(error)
    envelope.payload = canonical.text(payload)
    envelope.is_confidential = kind_of(envelope.kind).secret(payload)
    envelope.save(update_fields=["needs_review", "problems", "payload", "is_confidential"])
    audit.record("sync.keep", envelope, by=by, at=now, kind=envelope.kind, problems=envelope.problems)
    return receipt_of(envelope, KEPT)


@transaction.atomic
def attach(subject_kind: str, subject_id: Any, uploaded_file: File, *, by: Any, now: datetime) -> Attachment:
    """Check one photo, re-encode it and keep it with its subject; the same file again gives the same row.

    Raises ValidationError (codes "empty", "too_large", "type", "pixels", "damaged", "suspicious") with a
    sentence for the reader. Who may attach is the caller's question.
    """
    return _store(subject_kind, str(subject_id), photos.prepare(uploaded_file), by=by, now=now)


def _store(subject_kind: str, subject_id: str, photo: "photos.Photo", *, by: Any, now: datetime) -> Attachment:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{subject_kind}:{subject_id}"])
    same = {"subject_kind": subject_kind, "subject_id": subject_id, "sha256": photo.sha256}
    earlier = Attachment.objects.filter(**same).first()
    if earlier is not None:
        return earlier
    row = Attachment(
        **same, size=len(photo.full), mime=photo.mime, width=photo.width, height=photo.height, uploaded_by=by, at=now
    )
    row.file.name, row.thumbnail.name = photos.write(row.pk, photo)
    row.save(force_insert=True)
    audit.record("sync.attach", row, by=by, at=now, subject_kind=subject_kind, subject_id=subject_id)
    return row


@transaction.atomic
def detach(attachment: Attachment, *, by: Any, now: datetime) -> None:
    """Throw one photo away. Its files go with the next `remove_orphans`. Who may do so is the caller's question."""
    audit.record("sync.detach", attachment, by=by, at=now, subject_kind=attachment.subject_kind)
    attachment.delete()


def attach_to_envelope(envelope: Envelope, uploaded_file: File, *, sha256: str, by: Any, now: datetime) -> Attachment:
    """Take in a photo that an envelope announced. ValidationError when the bytes are not that photo."""
    photo = photos.prepare(uploaded_file)
    if photo.sha256 != sha256 or sha256 not in envelope.photos:
        raise ValidationError(_("This is not the photo that was announced. Send it again."), code="hash")
    with transaction.atomic():
        envelope.refresh_from_db(from_queryset=Envelope.objects.select_for_update())  # it may be taken in just now
        return _store(*envelope.subject, photo, by=by, now=now)


def missing(envelope: Envelope) -> list[str]:
    """Hashes of announced photos that have not arrived; empty means the phone may delete its copy."""
    if not envelope.photos:
        return []
    kind, subject_id = envelope.subject
    stored = Attachment.objects.filter(subject_kind=kind, subject_id=subject_id, sha256__in=envelope.photos)
    return sorted(set(envelope.photos) - set(stored.values_list("sha256", flat=True)))


def owns_envelope(user: Any, envelope_id: str) -> bool:
    """Photos of an envelope that still waits for review are its owner's alone."""
    return Envelope.objects.filter(pk=envelope_id, owner_id=user.pk).exists()
