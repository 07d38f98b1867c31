"""Decides which ways a message leaves by and writes its outbox rows, in the transaction of what it speaks of."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from gridgov.notices import channels, postponing, registry
from gridgov.notices.models import GroupRobot, Notice, Outbox, Preference
from gridgov.notices.registry import Kind

EVENTS = "webhook"


def payload_of(notice: Notice) -> dict[str, Any]:
    """What the words are made of."""
    return {
        "notice": str(notice.pk),
        "code": notice.code,
        "params": notice.params,
        "subject_kind": notice.subject_kind,
        "subject_id": notice.subject_id,
    }


def to_people(notices: list[Notice], now: datetime) -> None:
    """Rows for each person and each way that the person has and wants, and for each event that is not secret.

    All of one code and urgency. A query for the choices and one for each way, one INSERT; none with no way configured.
    """
    if not notices or not channels.configured():
        return
    first, users = notices[0], [notice.user for notice in notices]
    kind = Kind.URGENT if first.urgent else registry.message_or_default(first.code).kind
    held = postponing.not_before(users, code=first.code, urgent=first.urgent, now=now)
    rows: list[Outbox] = []
    ways = channels.personal()
    choices = Preference.objects.by_person(users) if ways else {}
    for channel in ways:
        reached = channel.reaches(users)
        for notice in notices:
            chosen = choices.get(notice.user_id) or Preference()
            if notice.user_id in reached and chosen.wants(channel, kind):
                rows.append(_row(notice, channel.name, held.get(notice.user_id, now), now))
    if any(channel.name == EVENTS for channel in channels.configured()):
        told = [notice for notice in reversed(notices) if not notice.confidential]
        events = {(notice.subject_kind, notice.subject_id, str(notice.params)): notice for notice in told}
        rows += [_event(notice, now) for notice in events.values()]
    Outbox.objects.bulk_create(rows)


def _row(notice: Notice, channel: str, at: datetime, now: datetime) -> Outbox:
    return Outbox(
        channel=channel,
        user=notice.user,
        key=f"notice:{notice.pk}:{channel}",
        payload=payload_of(notice),
        urgent=notice.urgent,
        created_at=now,
        next_at=at,
    )


def _event(first: Notice, now: datetime) -> Outbox:
    return Outbox(
        channel=EVENTS,
        key=f"event:{first.pk}",
        payload=payload_of(first),
        urgent=first.urgent,
        created_at=now,
        next_at=now,
    )


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
