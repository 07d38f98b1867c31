"""Telling people, and what they do with what they were told."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import translation

from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from gridgov.ids import uuid7
from gridgov.notices import queueing, registry
from gridgov.notices.models import Notice
from gridgov.notices.queueing import Line
from gridgov.rows import insert_rows


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
    with transaction.atomic():
        Notice.objects.bulk_create(notices)
        queueing.to_people(notices, now)
    return notices


@dataclass(frozen=True, slots=True)
class Telling:
    """One of many messages of one code: who hears what of which subject. `unit_id`: whose group chats hear it too."""

    users: Collection[User]
    subject: models.Model
    params: dict[str, Any]
    urgent: bool = False
    confidential: bool = False
    unit_id: int | None = None


@transaction.atomic
def tell_each(code: str, tellings: Sequence[Telling], *, now: datetime, printed: Collection[str] = ()) -> int:
    """`tell` and `tell_groups` for many subjects, in a few statements for all; how many notices it was.

    `printed` names the params that the words only repeat (a case's number): the words are tried once for each
    combination of the others.
    """
    tried: set[tuple[Any, ...]] = set()
    lines: list[Line] = []
    for one in tellings:
        shape = tuple((name, None if name in printed else value) for name, value in one.params.items())
        if shape not in tried:
            _try_words(code, one.params)
            tried.add(shape)
        subject = (one.subject._meta.label_lower, str(one.subject.pk))
        told = {user.pk: user for user in one.users if user.is_active and not user.is_service}
        lines += [
            Line(uuid7(), user, key, code, *subject, one.params, one.urgent, one.confidential)
            for key, user in told.items()
        ]
    rows = [(line.pk, line.user_id, line.subject_kind, line.subject_id, line.params, line.urgent) for line in lines]
    names = ["id", "user", "subject_kind", "subject_id", "params", "urgent"]
    insert_rows(Notice, names, rows, same={"code": code, "created_at": now})
    for urgent in (False, True):
        queueing.to_people([line for line in lines if line.urgent is urgent], now)
    queueing.to_groups_each(code, [one for one in tellings if not one.confidential], now)
    return len(lines)


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
