"""Telling people, and what they do with what they were told."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import translation

from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from gridgov.notices import queueing, registry
from gridgov.notices.models import Notice


def tell(
    users: Iterable[User],
    code: str,
    *,
    subject: models.Model | None,
    params: dict[str, Any] | None = None,
    now: datetime,
    by: Any = None,
    urgent: bool = False,
    confidential: bool = False,
) -> list[Notice]:
    """Put a notice into each person's inbox: one INSERT for all of them.

    Whoever did it (`by`) is not told of it; service users and closed accounts are left out, nobody gets it
    twice. Where channels are configured their outbox rows are written here, in the same transaction; what is
    `confidential` is not told to the receiver of events. Raises LookupError for an unregistered code and
    KeyError when `params` lacks what the message needs. No audit row of its own: a notice only repeats an
    action that has one.
    """
    notices = drafted(
        users, code, subject=subject, params=params, now=now, by=by, urgent=urgent, confidential=confidential
    )
    put(notices, now=now)
    return notices


def drafted(
    users: Iterable[User],
    code: str,
    *,
    subject: models.Model | None,
    params: dict[str, Any] | None = None,
    now: datetime,
    by: Any = None,
    urgent: bool = False,
    confidential: bool = False,
) -> list[Notice]:
    """The notices of `tell`, not yet put into anybody's inbox: whoever has many to tell puts them all at once."""
    params = params or {}
    _try_words(code, params)
    chosen = {u.pk: u for u in users if u.is_active and not u.is_service and u.pk != getattr(by, "pk", None)}
    notices = [
        Notice(
            user=user,
            code=code,
            subject_kind=subject._meta.label_lower if subject is not None else "",
            subject_id=str(subject.pk) if subject is not None else "",
            params=params,
            urgent=urgent,
            created_at=now,
        )
        for user in chosen.values()
    ]
    for notice in notices:
        notice.confidential = confidential
    return notices


@transaction.atomic
def put(notices: Sequence[Notice], *, now: datetime) -> None:
    """Put drafted notices into their inboxes and into the outbox, in a few statements for all of them."""
    Notice.objects.bulk_create(notices)
    for alike in _alike(notices):
        queueing.to_people(alike, now)


def _alike(notices: Iterable[Notice]) -> Iterable[list[Notice]]:
    """Notices of one code and urgency: they are held back, or not, by the same rule."""
    found: dict[tuple[str, bool], list[Notice]] = {}
    for notice in notices:
        found.setdefault((notice.code, notice.urgent), []).append(notice)
    return found.values()


def _try_words(code: str, params: dict[str, Any]) -> None:
    """A message that cannot be read later is refused now, while its writer can still be found."""
    message = registry.message(code)
    with translation.override("en"):
        registry.words(message.title, params)
        registry.words(message.body, params)


def tell_groups(
    unit_ids: Iterable[int | None],
    code: str,
    *,
    subject: models.Model | None,
    params: dict[str, Any] | None = None,
    now: datetime,
    urgent: bool = False,
) -> int:
    """Tell the group chats of these units, where they have a robot: what concerns the unit, never one person.

    One INSERT, in the transaction of whoever calls. Answers how many robots it was; raises as `tell` does.
    """
    params = params or {}
    _try_words(code, params)
    message = Notice(
        code=code,
        subject_kind=subject._meta.label_lower if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        params=params,
        urgent=urgent,
    )
    return queueing.to_groups({unit_id for unit_id in unit_ids if unit_id is not None}, message, now)


@transaction.atomic
def mark_read(notice: Notice, *, by: Any, now: datetime) -> None:
    """Mark as read; marking again keeps the first time."""
    if Notice.objects.visible_to(by).unread().filter(pk=notice.pk).update(read_at=now):
        audit.record("notices.read", notice, by=by, at=now)


@transaction.atomic
def mark_unread(notice: Notice, *, by: Any, now: datetime) -> None:
    """Undo: back among the unread."""
    if Notice.objects.visible_to(by).filter(pk=notice.pk).exclude(read_at=None).update(read_at=None):
        audit.record("notices.unread", notice, by=by, at=now)


@transaction.atomic
def mark_all_read(*, by: Any, now: datetime) -> int:
    """Mark everything that had arrived by `now` as read; the number of notices it was."""
    count = Notice.objects.visible_to(by).unread().filter(created_at__lte=now).update(read_at=now)
    if count:
        audit.record("notices.read_all", None, by=by, at=now, count=count)
    return count
