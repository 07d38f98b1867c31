"""Delivers the outbox: claimed by one worker at a time, at least once, with longer and longer pauses.

Each channel is worked on by itself and in small batches. A gateway that hangs costs two time-outs a knock and stops
nobody else: what was claimed and not tried is given back at once.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.models import F

from gridgov.dbtime import database_now
from gridgov.notices import channels, composing, postponing
from gridgov.notices.composing import NothingToSay
from gridgov.notices.models import Outbox, OutboxState
from gridgov.outside.trouble import Later, Refused, Trouble, Unreachable, Why

log = structlog.get_logger(__name__)

BATCH = 10
LEASE = timedelta(minutes=10)  # after this a row whose worker died comes due again
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=6)
MOST_ATTEMPTS = 12
MOST_WAITS = 60  # a gateway that asks to wait has not failed
BUDGET = 20.0  # seconds one knock works on one channel
PATIENCE = 2  # time-outs in a row until the knock leaves this channel alone


@transaction.atomic
def claim(now: datetime, channel: str = "") -> list[Outbox]:
    """Up to 10 due rows nobody else holds; each is moved on by the lease and counts as one attempt."""
    due = Outbox.objects.due(now, channel).select_for_update(skip_locked=True, of=("self",)).order_by("next_at")
    rows = list(due.select_related("user", "robot")[:BATCH])
    for row in rows:
        row.attempts += 1
        row.next_at = now + LEASE
    Outbox.objects.bulk_update(rows, ["attempts", "next_at"])
    return rows


def give_back(rows: list[Outbox], *, at: datetime) -> None:
    """Rows that were claimed and not tried come due `at`; the attempt does not count."""
    for row in rows:
        held = Outbox.objects.filter(pk=row.pk, attempts=row.attempts, state=OutboxState.WAITING)
        held.update(attempts=F("attempts") - 1, next_at=at)


def deliver(row: Outbox, *, now: datetime) -> bool:
    """Hand one claimed row to its channel and note how it went; False when the gateway cannot be reached at all."""
    if row.user is not None:
        code = row.payload.get("code", "")
        held = postponing.not_before([row.user], code=code, urgent=row.urgent, now=now)
        if row.user_id in held:
            give_back([row], at=held[row.user_id])
            return True
    trouble: Trouble | None = None
    try:
        channels.named(row.channel).deliver(composing.parcel(row))
    except NothingToSay:
        _note(row, OutboxState.CANCELLED, at=now)
        return True
    except LookupError:
        trouble = Trouble(Why.NOT_CONFIGURED)
    except Trouble as error:
        trouble = error
    except Exception as error:
        log.exception("notices.delivery", channel=row.channel, row=str(row.pk))
        trouble = Trouble(Why.INTERNAL, type(error).__name__)  # never its words: they may be personal
    if trouble is None:
        _note(row, OutboxState.SENT, at=database_now())
    else:
        _after_trouble(row, trouble, now=now)
    return not isinstance(trouble, Unreachable)


def _after_trouble(row: Outbox, trouble: Trouble, *, now: datetime) -> None:
    most = MOST_WAITS if isinstance(trouble, Later) else MOST_ATTEMPTS
    over = isinstance(trouble, Refused) or row.attempts >= most
    pause = min(FIRST_PAUSE * 2 ** min(row.attempts - 1, 16), LONGEST_PAUSE)
    if isinstance(trouble, Later):
        pause = timedelta(seconds=trouble.seconds)
    _note(row, OutboxState.FAILED if over else OutboxState.WAITING, at=now + pause, trouble=trouble)


def _note(row: Outbox, state: str, *, at: datetime, trouble: Trouble | None = None) -> None:
    row.state, row.next_at = state, at
    row.sent_at = at if state == OutboxState.SENT else None
    row.error, row.error_detail = (str(trouble.why), trouble.detail) if trouble else ("", "")
    mine = Outbox.objects.filter(pk=row.pk, attempts=row.attempts)  # not ours any more if the lease ran out
    if state != OutboxState.SENT:  # taken back while it was on its way: it stays so, unless it was delivered
        mine = mine.exclude(state=OutboxState.CANCELLED)
    mine.update(
        state=row.state, next_at=row.next_at, sent_at=row.sent_at, error=row.error, error_detail=row.error_detail
    )


def run(channel: str) -> int:
    """Deliver what is due on one channel, for at most 20 seconds; how many rows were tried."""
    tried = unreached = 0
    started = time.monotonic()
    while time.monotonic() - started < BUDGET and unreached < PATIENCE:
        rows = claim(database_now(), channel)
        if not rows:
            break
        for position, row in enumerate(rows):
            if unreached >= PATIENCE or time.monotonic() - started >= BUDGET:
                give_back(rows[position:], at=database_now())
                break
            unreached = 0 if deliver(row, now=database_now()) else unreached + 1
            tried += 1
    return tried


def _run_apart(channel: str) -> int:
    try:
        return run(channel)
    finally:
        connection.close()  # each thread has its own


def run_all() -> int:
    """Deliver what is due on every configured channel, each in a thread of its own; how many rows were tried."""
    names = {channel.name for channel in channels.configured()}
    busy = [name for name in Outbox.objects.busy_channels(database_now()) if name in names]
    if len(busy) == 1:
        return run(busy[0])
    with ThreadPoolExecutor(max_workers=max(len(busy), 1), thread_name_prefix="deliver") as pool:
        return sum(pool.map(_run_apart, busy))
