"""The daily digest: one message about what is still unread, at the hour each person chose."""

from datetime import datetime

from django.db import transaction

from gridgov.notices import channels
from gridgov.notices.composing import DIGEST
from gridgov.notices.models import Outbox, OutboxState, Preference

BATCH = 200


@transaction.atomic
def queue_due(now: datetime) -> int:
    """Queue the digests whose hour has come, for at most 200 people; how many people it was.

    Row and next hour are written together, so that nobody gets two for one day and none is lost. After an outage or
    a holiday one digest covers all of it.
    """
    due = Preference.objects.filter(digest_next_at__lte=now).select_for_update(skip_locked=True, of=("self",))
    people = list(due.select_related("user").order_by("digest_next_at")[:BATCH])
    names = {channel.name for channel in channels.personal()}
    held, rows = _held(people, names), []
    for chosen in people:
        since = chosen.digest_since or chosen.digest_next_at or now
        waits = held.get((chosen.user_id, chosen.digest_by))
        if waits is not None:
            waits.payload["until"] = now.isoformat()
        elif chosen.user.is_active and chosen.digest_by in names:
            rows.append(_row(chosen, since, now))
        chosen.digest_since, chosen.digest_next_at = now, chosen.next_digest(now)
    Outbox.objects.bulk_create(rows)
    Outbox.objects.bulk_update(held.values(), ["payload"])
    Preference.objects.bulk_update(people, ["digest_since", "digest_next_at"])
    return len(people)


def _held(people: list[Preference], names: set[str]) -> dict[tuple[int | None, str], Outbox]:
    """Digests that quiet hours or days off still hold back: the next one goes with them, as one message."""
    waiting = Outbox.objects.filter(
        channel__in=names,
        state=OutboxState.WAITING,
        attempts=0,
        payload__code=DIGEST,
        user__in=[p.user_id for p in people],
    )
    return {(row.user_id, row.channel): row for row in waiting.select_for_update(skip_locked=True, of=("self",))}


def _row(chosen: Preference, since: datetime, now: datetime) -> Outbox:
    return Outbox(
        channel=chosen.digest_by,
        user=chosen.user,
        key=f"digest:{chosen.user.public_id}:{now.isoformat(timespec='seconds')}",
        payload={"code": DIGEST, "params": {}, "since": since.isoformat(), "until": now.isoformat()},
        created_at=now,
        next_at=now,
    )
