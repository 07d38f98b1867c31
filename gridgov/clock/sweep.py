"""Finding what is due and doing it, once: level-triggered, claimed by SKIP LOCKED, safe to run anywhere at any time.

A sweep looks at rows, not at messages, so it does not matter how often it is called, by how many, or that it was
not called for an hour: what was missed is recorded in order with its lateness, people hear of the highest level.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least

from gridgov.audit import actions as audit
from gridgov.audit.models import AuditEvent
from gridgov.clock.actions import DERIVED, derive, plan_of
from gridgov.clock.models import Clock, Escalation, Pause
from gridgov.clock.registry import Fired, Handler, handler_of
from gridgov.dbtime import database_now
from gridgov.rows import update_rows

BATCH = 500
LONGEST_BACKOFF = timedelta(hours=1)
log = structlog.get_logger(__name__)


def sweep(*, now: datetime | None = None, limit: int = 20_000) -> int:
    """Fire everything due, batch by batch, up to `limit` clocks; answers how many were dealt with.

    `now` is the database's clock, read for each batch, unless a test says otherwise.
    """
    done = 0
    while done < limit:
        size = min(BATCH, limit - done)
        claimed, count = _batch(now or database_now(), size)
        done += count
        if claimed < size or not count:
            break
    return done


def _claim(now: datetime, size: int) -> list[Clock]:
    due = Clock.objects.due_for_sweep(now).select_related("calendar_version__calendar", "ladder_version")
    due = due.prefetch_related("pauses", "extensions")
    return list(due.select_for_update(skip_locked=True, of=("self",))[:size])


def _batch(now: datetime, size: int) -> tuple[int, int]:
    """Claimed and dealt with, in one transaction; row by row, each in its own savepoint, when the batch fails."""
    with transaction.atomic():
        clocks = _claim(now, size)
        if not clocks:
            return 0, 0
        try:
            with transaction.atomic():
                return len(clocks), _fire(clocks, now)
        except Exception as error:  # noqa: BLE001 - whatever it was, the rows are tried one by one
            log.warning("clock.batch_failed", size=len(clocks), error=repr(error))
        return len(clocks), sum(_fire_alone(clock, now) for clock in _claim(now, size))


def _fire_alone(clock: Clock, now: datetime) -> int:
    attempts = min(clock.attempts + 1, 30)  # read before the clock is changed in memory
    try:
        with transaction.atomic():
            return _fire([clock], now)
    except Exception as error:  # noqa: BLE001 - a poison row waits with its error, the others go on
        wait = min(timedelta(seconds=10 * 2 ** min(attempts, 12)), LONGEST_BACKOFF)
        Clock.objects.filter(pk=clock.pk).update(attempts=attempts, error=repr(error)[:300], next_at=now + wait)
        log.error("clock.poison_row", clock=str(clock.pk), attempts=attempts, error=repr(error))
        return 1


def _fire(clocks: Sequence[Clock], now: datetime) -> int:
    """Fire all whose subject nobody else holds; answers how many. The others are found again by the next sweep."""
    kinds: dict[str, list[Clock]] = {}
    for clock in clocks:
        kinds.setdefault(clock.subject_kind, []).append(clock)
    return sum(_fire_kind(handler_of(kind), found, now) for kind, found in kinds.items())


def _fire_kind(handler: Handler, clocks: Sequence[Clock], now: datetime) -> int:
    free = handler.lock({clock.subject_id for clock in clocks}, wait=False)
    found = [clock for clock in clocks if clock.subject_id in free]
    if found:
        running = handler.running({clock.subject_id for clock in found})
        paused = {clock.pk for clock in found if clock.due_at is None}
        fired = []
        for clock in found:
            if clock.subject_id not in running:
                _stop_orphan(clock, now)
            elif escalations := _advance(clock, now):
                fired.append(Fired(clock, tuple(escalations)))
        Escalation.objects.bulk_create([row for item in fired for row in item.escalations])
        update_rows(found, [*DERIVED, "stopped_at", "outcome"])
        audit.record_all(_recorded(item, now) for item in fired)
        if ended := [clock for clock in found if clock.pk in paused and clock.due_at is not None]:
            handler.replanned(ended, now=now)  # a pause has ended by itself: the subject is due again
        if fired:
            handler.escalated(fired, now=now)
    return len(found)


def _recorded(item: Fired, now: datetime) -> AuditEvent:
    levels = [row.level for row in item.escalations]
    return audit.prepared("clock.escalated", item.clock, by=None, at=now, stage=item.clock.stage, levels=levels)


def _stop_orphan(clock: Clock, now: datetime) -> None:
    """The subject has ended without stopping its clock: a fault worth a line, but nobody is late."""
    Pause.objects.filter(clock=clock, end=None).update(end=Least(now, F("at_most")))
    log.warning("clock.orphan_stopped", clock=str(clock.pk), subject=str(clock.subject_id))
    clock.stopped_at, clock.outcome, clock.next_at, clock.next_level = max(now, clock.started_at), "orphan", None, None


def _advance(clock: Clock, now: datetime) -> list[Escalation]:
    """The levels reached since the last look, in order. A pause at its maximum ends first."""
    open_pause = next((pause for pause in clock.pauses.all() if pause.end is None), None)
    if open_pause is not None:
        if open_pause.at_most > now:
            clock.next_at, clock.attempts, clock.error = open_pause.at_most, 0, ""
            return []
        Pause.objects.filter(clock=clock, seq=open_pause.seq).update(end=open_pause.at_most)
        open_pause.end = open_pause.at_most
        clock.revision += 1
    plan = plan_of(clock)
    # An edit may have made a level due in the past: it is late from when it was saved, as `next_at` says.
    least = clock.next_at if open_pause is None and not clock.attempts else None
    reached = sorted(level for level, at in plan.items() if at <= now and level > clock.level)
    fired = [
        Escalation(
            clock=clock,
            revision=clock.revision,
            level=level,
            planned_at=(planned_at := max(plan[level], least or plan[level])),
            fired_at=now,
            late_by=now - planned_at,
        )
        for level in reached
    ]
    if reached:
        clock.level = reached[-1]
    derive(clock, plan, now=now)
    return fired
