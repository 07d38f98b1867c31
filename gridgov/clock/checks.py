"""The hourly look at whether what the clock says adds up; it repairs nothing, it tells."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db.models import Exists, OuterRef, Q

from gridgov.clock.levels import Level
from gridgov.clock.models import CheckRun, Clock, Escalation, Pause
from gridgov.clock.registry import kinds

OVERDUE = timedelta(seconds=60)  # the sweep runs every few seconds; later than this, nobody sweeps
SAMPLE = 20
CLOCK = "clock"
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Finding:
    """One thing that does not add up: `code`, how many rows, and the ids of the first."""

    code: str
    count: int
    ids: tuple[str, ...]


Check = Callable[[datetime], Iterator[Finding]]
_checks: list[Check] = []


def register(check: Check) -> None:
    """Add what an app compares of its own subjects, in AppConfig.ready()."""
    if check not in _checks:
        _checks.append(check)


def finding(code: str, rows: Any) -> Iterator[Finding]:
    """A finding when the query has rows."""
    count = rows.count()
    if count:
        yield Finding(code, count, tuple(str(pk) for pk in rows.values_list("pk", flat=True)[:SAMPLE]))


def kernel(now: datetime) -> Iterator[Finding]:
    """What the clocks' own rows must hold; each question is one statement over running clocks."""
    running = Clock.objects.running().order_by("id")
    of_clock = {"clock": OuterRef("pk")}
    fired = Escalation.objects.filter(**of_clock)
    open_pause = Exists(Pause.objects.filter(**of_clock, end=None))
    yield from finding("late_sweep", running.filter(next_at__lt=now - OVERDUE))
    yield from finding("poison", running.filter(attempts__gt=0))
    yield from finding("no_handler", running.exclude(subject_kind__in=kinds()))
    yield from finding("never_due", running.filter(~open_pause, due_at=None))
    yield from finding("paused_but_due", running.filter(open_pause, due_at__isnull=False))
    yield from finding(
        "level_unfired", running.exclude(level=Level.ON_TIME).exclude(Exists(fired.filter(level=OuterRef("level"))))
    )
    skipped = Q(pk__in=[])
    for level in (Level.WARNING, Level.LATE, Level.VERY_LATE):
        skipped |= Q(Q(level__gt=level), ~Exists(fired.filter(level=level)))
    yield from finding("level_skipped", running.filter(skipped))


def check(*, now: datetime) -> list[Finding]:
    """Ask everything, log what was found and keep it for `last()`."""
    found = [one for ask in (kernel, *_checks) for one in ask(now)]
    for one in found:
        log.error("clock.finding", code=one.code, count=one.count, ids=list(one.ids))
    keep(CLOCK, found, now=now)
    return found


def keep(code: str, found: list[Finding], *, now: datetime) -> None:
    """Remember what the check `code` found; a later run replaces it, an earlier one never does."""
    if not CheckRun.objects.filter(pk=code, at__gt=now).exists():
        rows = [asdict(one) for one in found]
        CheckRun.objects.update_or_create(code=code, defaults={"at": now, "findings": rows})


def last(code: str = CLOCK) -> tuple[datetime, list[Finding]] | None:
    """When the check was last made and what it found; None when it never was."""
    kept = CheckRun.objects.filter(pk=code).first()
    return (kept.at, found_by(kept)) if kept else None


def found_by(run: CheckRun) -> list[Finding]:
    """The findings of a kept run."""
    return [Finding(one["code"], one["count"], tuple(one["ids"])) for one in run.findings]
