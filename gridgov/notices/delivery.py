"""Delivers the outbox: claimed by one worker at a time, at least once, with longer and longer pauses."""

from datetime import datetime, timedelta

from django.db import transaction

from gridgov.notices import channels
from gridgov.notices.models import Outbox, OutboxState

BATCH = 50
LEASE = timedelta(minutes=5)  # after this a row whose worker died comes due again
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=6)
MOST_ATTEMPTS = 12


@transaction.atomic
def claim(now: datetime) -> list[Outbox]:
    """Up to 50 due rows nobody else holds; each is moved on by the lease and counts as one attempt."""
    rows = list(Outbox.objects.due(now).select_for_update(skip_locked=True).order_by("next_at")[:BATCH])
    for row in rows:
        row.attempts += 1
        row.next_at = now + LEASE
    Outbox.objects.bulk_update(rows, ["attempts", "next_at"])
    return rows


def deliver(row: Outbox, *, now: datetime) -> None:
    """Hand one claimed row to its channel and note how it went; a failing gateway never stops the others."""
    try:
        channels.named(row.channel).deliver(row)
    except Exception as error:  # noqa: BLE001  (a gateway may fail in any way; the row keeps the kind of it)
        row.error = type(error).__name__
        row.state = OutboxState.FAILED if row.attempts >= MOST_ATTEMPTS else OutboxState.WAITING
        row.next_at = now + min(FIRST_PAUSE * 2 ** (row.attempts - 1), LONGEST_PAUSE)
    else:
        row.error, row.state, row.sent_at = "", OutboxState.SENT, now
    claimed = Outbox.objects.filter(pk=row.pk, attempts=row.attempts)  # not ours any more if the lease ran out
    claimed.update(error=row.error, state=row.state, next_at=row.next_at, sent_at=row.sent_at)
