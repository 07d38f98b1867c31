"""What the door kept because nobody could take it in: looked at by a person, taken in after all, or put aside.

Nothing is deleted: what was put aside stays sealed and can be put back.
"""

import json
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from gridgov.privacy.masks import mask_text
from gridgov.sync import actions
from gridgov.sync.models import Attachment, Envelope, Review
from gridgov.sync.registry import handler_of, kind_of


def payload_of(envelope: Envelope) -> dict[str, Any]:
    """What was handed in; {} when it became a record and was not kept here."""
    sealed: Any = envelope.payload
    text = sealed.open() if sealed else ""
    return json.loads(text) if text else {}


def shown(envelope: Envelope) -> dict[str, str]:
    """The same to look at: what holds something, phone and identity numbers masked, callers not at all."""
    hidden = ("caller_name", "caller_phone", "follow_code")
    return {
        name: mask_text(_plain(value)) if name not in hidden else "***"
        for name, value in payload_of(envelope).items()
        if value not in (None, "", False, [], {})
    }


def _plain(value: Any) -> str:
    """A list as people write one."""
    return ", ".join("–" if one is None else str(one) for one in value) if isinstance(value, list) else str(value)


def _lock(envelope: Envelope) -> Envelope:
    locked = Envelope.objects.select_for_update(of=("self",)).select_related("owner").get(pk=envelope.pk)
    if not locked.needs_review:
        raise ValidationError(_("Somebody has already looked at this record."), code="reviewed")
    return locked


@transaction.atomic
def accept(envelope: Envelope, *, by: Any, now: datetime) -> Envelope:
    """Take a kept record in, in the name of `by`; its photos go with it. Who may is the caller's question.

    Where its handler still refuses, what can be salvaged is. Raises what the handler raises when nothing can.
    """
    locked = _lock(envelope)
    if not locked.result_kind:
        _take_in(locked, by=by, now=now)
    _close(locked, Review.ACCEPTED, "", by=by, now=now)
    audit.record("sync.accept", locked, by=by, at=now, kind=locked.kind, result=locked.result_id)
    return locked


def _take_in(envelope: Envelope, *, by: Any, now: datetime) -> None:
    handler, payload, salvage = handler_of(envelope.kind), payload_of(envelope), kind_of(envelope.kind).salvage
    if handler is None:
        raise ValidationError(_("Nothing here accepts this kind of record."), code="unknown")
    before = {"subject_kind": envelope.subject[0], "subject_id": envelope.subject[1]}
    try:
        with transaction.atomic():
            result = handler(envelope, payload, by=by, now=now)
    except actions.REFUSALS:
        if salvage is None:
            raise
        result = salvage(envelope, payload, by=by, now=now)
    actions.became(envelope, result)
    after = {"subject_kind": envelope.subject[0], "subject_id": envelope.subject[1]}
    Attachment.objects.filter(**before).update(**after)


def _close(envelope: Envelope, review: Review, words: str, *, by: Any, now: datetime) -> None:
    envelope.needs_review = False
    envelope.review, envelope.reviewed_by, envelope.reviewed_at, envelope.review_words = review, by, now, words
    envelope.save(update_fields=["needs_review", "review", "reviewed_by", "reviewed_at", "review_words"])


@transaction.atomic
def discard(envelope: Envelope, words: str, *, by: Any, now: datetime) -> Envelope:
    """Put a kept record aside, with words why; it can be put back. ValidationError without words."""
    locked = _lock(envelope)
    if not words.strip():
        raise ValidationError({"words": _("Please say in a few words why.")}, code="required")
    _close(locked, Review.DISCARDED, words.strip()[:500], by=by, now=now)
    audit.record("sync.discard", locked, by=by, at=now, kind=locked.kind)
    return locked


@transaction.atomic
def put_back(envelope: Envelope, *, by: Any, now: datetime) -> Envelope:
    """What was put aside waits for review again."""
    locked = Envelope.objects.select_for_update(of=("self",)).get(pk=envelope.pk)
    if locked.review != Review.DISCARDED:
        raise ValidationError(_("This record was not put aside."), code="not_aside")
    locked.needs_review, locked.review, locked.review_words = True, "", ""
    locked.reviewed_by = locked.reviewed_at = None
    locked.save(update_fields=["needs_review", "review", "review_words", "reviewed_by", "reviewed_at"])
    audit.record("sync.put_back", locked, by=by, at=now, kind=locked.kind)
    return locked
