"""Finding what is due and doing it, once: level-triggered, claimed by SKIP LOCKED, safe to run anywhere at any time.

A sweep looks at rows, not at messages, so it does not matter how often it is called, by how many, or that it was
not called for an hour: what was missed is recorded in order with its lateness, people hear of the highest level.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import prefetch_related_objects

from gridgov.audit import actions as audit
from gridgov.clock.actions import DERIVED, derive, end_open_pause, plan_of
from gridgov.clock.models import Clock, Escalation, Pause
from gridgov.clock.registry import Fired, Handler, Reached, handler_of
from gridgov.dbtime import database_now
from gridgov.rows import insert_rows, undisturbed, update_rows

BATCH = 1_000
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
    """The longest due that nobody else holds, locked.

    Always along the index, from its beginning: what the planner knows of a table in an outage is old, and a bitmap of
    everything that is or was due would be built anew for each batch.
    """
    due = Clock.objects.due_for_sweep(now).select_for_update(skip_locked=True, of=("self",))[:size]
    sql, params = due.query.sql_with_params()
    clocks = list(Clock.objects.raw(f"SET LOCAL enable_bitmapscan = off; {sql}", params))
    if clocks:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_bitmapscan TO DEFAULT")
    return _with_rows(clocks)


def _with_rows(clocks: list[Clock]) -> list[Clock]:
    """Pauses and extensions come along for those that ever had any: each of them has raised the revision."""
    prefetch_related_objects([clock for clock in clocks if clock.revision > 1], "pauses", "extensions")
    return clocks


def _batch(now: datetime, size: int) -> tuple[int, int]:
    """Claimed and dealt with, in one transaction."""
    with undisturbed(), transaction.atomic():
        clocks = _claim(now, size)
        return len(clocks), _fire_or_part(clocks, now) if clocks else 0


def _fire_or_part(clocks: Sequence[Clock], now: datetime) -> int:
    """Fire all in one savepoint; when that fails, each half in one of its own, down to the row that is to blame."""
    tried = {clock.pk: clock.attempts for clock in clocks}  # firing changes the clocks in memory
    try:
        with transaction.atomic():
            return _fire(clocks, now)
    except Exception as error:  # noqa: BLE001 - a poison row waits with its error, the others go on
        if len(clocks) == 1:
            return _set_aside(clocks[0], tried[clocks[0].pk], error, now)
        log.warning("clock.batch_failed", size=len(clocks), error=repr(error))
    half = len(clocks) // 2
    return sum(_fire_or_part(_again(part), now) for part in (list(tried)[:half], list(tried)[half:]))


def _again(keys: Sequence[UUID]) -> list[Clock]:
    """Clocks this transaction has claimed already, as they stand in the database."""
    return _with_rows(list(Clock.objects.filter(pk__in=keys).order_by("next_at", "pk")))


def _set_aside(clock: Clock, before: int, error: Exception, now: datetime) -> int:
    attempts = min(before + 1, 30)
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
        _write(found, fired, now)
        if ended := [clock for clock in found if clock.pk in paused and clock.due_at is not None]:
            handler.replanned(ended, now=now)  # a pause has ended by itself: the subject is due again
        if fired:
            handler.escalated(fired, now=now)
    return len(found)


def _write(clocks: Sequence[Clock], fired: Sequence[Fired], now: datetime) -> None:
    """What became of all of them: three statements, however many there are."""
    rows = [
        (item.clock.pk, item.clock.revision, row.level, row.planned_at, row.late_by)
        for item in fired
        for row in item.escalations
    ]
    insert_rows(Escalation, ["clock", "revision", "level", "planned_at", "late_by"], rows, same={"fired_at": now})
    update_rows(clocks, [*DERIVED, "stopped_at", "outcome"])
    acts = [(f.clock, {"stage": f.clock.stage, "levels": [row.level for row in f.escalations]}) for f in fired]
    audit.record_each("clock.escalated", acts, by=None, at=now)


def _stop_orphan(clock: Clock, now: datetime) -> None:
    """The subject has ended without stopping its clock: a fault worth a line, but nobody is late."""
    end_open_pause(clock, now=now)
    log.warning("clock.orphan_stopped", clock=str(clock.pk), subject=str(clock.subject_id))
    clock.stopped_at, clock.outcome, clock.next_at, clock.next_level = max(now, clock.started_at), "orphan", None, None


def _advance(clock: Clock, now: datetime) -> list[Reached]:
    """The levels reached since the last look, in order. A pause at its maximum ends first."""
    open_pause = (
        next((pause for pause in clock.pauses.all() if pause.end is None), None) if clock.revision > 1 else None
    )
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
    moments = {level: max(plan[level], least or plan[level]) for level in reached}
    fired = [Reached(level, at, now - at) for level, at in moments.items()]
    if reached:
        clock.level = reached[-1]
    derive(clock, plan, now=now)
    return fired
