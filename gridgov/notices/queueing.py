"""Decides which ways a message leaves by and writes its outbox rows, in the transaction of what it speaks of."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from gridgov.accounts.models import User
from gridgov.ids import uuid7
from gridgov.notices import channels, postponing, registry
from gridgov.notices.models import GroupRobot, Notice, Outbox, Preference
from gridgov.notices.registry import Kind
from gridgov.rows import insert_rows

EVENTS = "webhook"


class Line(NamedTuple):
    """A notice among many: what a row and a message are made of, without a model for each."""

    pk: UUID
    user: User
    user_id: int
    code: str
    subject_kind: str
    subject_id: str
    params: dict[str, Any]
    urgent: bool
    confidential: bool


def payload_of(notice: Notice | Line) -> dict[str, Any]:
    """What the words are made of."""
    return {
        "notice": str(notice.pk),
        "code": notice.code,
        "params": notice.params,
        "subject_kind": notice.subject_kind,
        "subject_id": notice.subject_id,
    }


def to_people(notices: Sequence[Notice] | Sequence[Line], now: datetime) -> None:
    """Rows for each person and each way that the person has and wants, and for each event that is not secret.

    All of one code and urgency. A query for the choices and one for each way, one INSERT; none with no way configured.
    """
    if not notices or not channels.configured():
        return
    first = notices[0]
    users = list({notice.user_id: notice.user for notice in notices}.values())
    kind = Kind.URGENT if first.urgent else registry.message_or_default(first.code).kind
    held = postponing.not_before(users, code=first.code, urgent=first.urgent, now=now)
    rows: list[tuple[Any, ...]] = []
    ways = channels.personal()
    choices = Preference.objects.by_person(users) if ways else {}
    for channel in ways:
        reached, without = channel.reaches(users), Preference()
        wanted = {pk for pk in reached if choices.get(pk, without).wants(channel, kind)}
        rows += [
            (channel.name, n.user_id, f"notice:{n.pk}:{channel.name}", payload_of(n), held.get(n.user_id, now))
            for n in notices
            if n.user_id in wanted
        ]
    if any(channel.name == EVENTS for channel in channels.configured()):
        told = [notice for notice in reversed(notices) if not notice.confidential]
        events = {(notice.subject_kind, notice.subject_id, str(notice.params)): notice for notice in told}
        rows += [(EVENTS, None, f"event:{n.pk}", payload_of(n), now) for n in events.values()]
    names = ["channel", "user", "key", "payload", "next_at"]
    insert_rows(Outbox, names, rows, same={"urgent": first.urgent, "created_at": now})


def to_groups(unit_ids: Collection[int], message: Notice, now: datetime) -> int:
    """Rows for the robots of these units; how many. `message` is not saved: it only carries code and params."""
    names = {channel.name for channel in channels.configured()} & set(GroupRobot.At.values)
    if not unit_ids or not names:
        return 0
    robots = GroupRobot.objects.at_work().filter(unit_id__in=unit_ids, at__in=names)
    rows = [
        Outbox(
            channel=robot.at,
            robot=robot,
            area_path=robot.area_path,
            key=f"group:{message.pk}:{robot.pk}",
            payload=payload_of(message),
            urgent=message.urgent,
            created_at=now,
            next_at=now,
        )
        for robot in robots
    ]
    return len(Outbox.objects.bulk_create(rows))


def to_groups_each(code: str, tellings: Sequence[Any], now: datetime) -> int:
    """The same for many messages at once, each with its `unit_id`: a query and one INSERT."""
    names = {channel.name for channel in channels.configured()} & set(GroupRobot.At.values)
    units = {one.unit_id for one in tellings} - {None}
    if not units or not names:
        return 0
    robots: dict[int, list[GroupRobot]] = {}
    for robot in GroupRobot.objects.at_work().filter(unit_id__in=units, at__in=names):
        robots.setdefault(robot.unit_id, []).append(robot)
    rows = []
    for one in tellings:
        key = uuid7()
        told = {"subject_kind": one.subject._meta.label_lower, "subject_id": str(one.subject.pk)}
        payload = {"notice": str(key), "code": code, "params": one.params, **told}
        for robot in robots.get(one.unit_id, ()):
            rows.append((robot.at, robot.pk, robot.area_path, f"group:{key}:{robot.pk}", payload, one.urgent))
    columns = ["channel", "robot", "area_path", "key", "payload", "urgent"]
    insert_rows(Outbox, columns, rows, same={"created_at": now, "next_at": now})
    return len(rows)
