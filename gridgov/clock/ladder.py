"""When which level of lateness is reached, as a table that the office edits (defaults: docs/domain.md §1.7).

A threshold is an amount of *used* time on the clock's own calendar, so pauses and closed hours move it along.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from gridgov.clock.arithmetic import Counting, NeverOpen, instant_of, target, union, worked
from gridgov.clock.levels import Level

MINUTES, HOURS, DAYS = "minutes", "hours", "days"
SECONDS = {MINUTES: 60, HOURS: 3600}


def seconds_of(amount: float, unit: str, day: float) -> float:
    """An amount in seconds; a day has as many as the calendar's working day."""
    return amount * (day if unit == DAYS else SECONDS[unit])


@dataclass(frozen=True)
class Rung:
    """One level's threshold: the earlier of `percent` of the limit and the limit `amount` `unit`s later.

    A negative amount counts back from the limit; it is used for limits up to one working day, and never before half
    of it has gone. `gap` is the least distance from the level before.
    """

    percent: int | None = None
    amount: float | None = None
    unit: str = HOURS
    gap: float = 0
    gap_unit: str = HOURS

    def used(self, limit: float, day: float, before: float) -> float:
        """Used seconds at which the level is reached; `before` is that of the level below."""
        found = [self.percent / 100 * limit] if self.percent is not None else []
        if self.amount is not None:
            moved = limit + seconds_of(self.amount, self.unit, day)
            if self.amount >= 0 or not found:
                found.append(max(moved, 0.5 * limit))
            elif limit <= day:
                found = [max(min(found[0], moved), 0.5 * limit)]
        return max(min(found, default=limit), before + seconds_of(self.gap, self.gap_unit, day), before)


Rungs = Mapping[Level, Rung]
STANDARD: dict[Level, Rung] = {
    Level.WARNING: Rung(75, amount=-2, unit=HOURS),
    Level.LATE: Rung(100),
    Level.VERY_LATE: Rung(150, amount=1, unit=DAYS, gap=4, gap_unit=HOURS),
    Level.CRITICAL: Rung(200, amount=3, unit=DAYS, gap=1, gap_unit=DAYS),
}
EMERGENCY: dict[Level, Rung] = {
    Level.WARNING: Rung(50),
    Level.LATE: Rung(100),
    Level.VERY_LATE: Rung(amount=15, unit=MINUTES),
    Level.CRITICAL: Rung(amount=30, unit=MINUTES),
}
DEFAULTS: dict[str, Rungs] = {"standard": STANDARD, "emergency": EMERGENCY}


def as_json(rungs: Rungs) -> dict[str, dict[str, Any]]:
    """What a row keeps."""
    return {str(int(level)): asdict(rung) for level, rung in rungs.items()}


def from_json(raw: Mapping[str, Mapping[str, Any]]) -> dict[Level, Rung]:
    """The rungs back, the lowest first."""
    return {Level(int(level)): Rung(**rung) for level, rung in sorted(raw.items())}


def thresholds(rungs: Rungs, limit: float, day: float) -> dict[Level, float]:
    """Level → used seconds; never in another order than the levels. LATE is the limit, whatever the table says."""
    found, before = dict[Level, float](), 0.0
    for level, rung in rungs.items():
        before = limit if level == Level.LATE else rung.used(limit, day, before)
        before = min(before, limit) if level == Level.WARNING else before
        found[level] = before
    return found


def planned(
    calendar: Counting,
    rungs: Rungs,
    started_at: datetime,
    limit: float,
    pauses: Iterable[tuple[datetime, datetime]] = (),
    only: Collection[Level] = tuple(Level),
) -> dict[Level, datetime]:
    """Level → the instant at which it is reached, of `only` these; one beyond the calendar's horizon is left out."""
    merged, begun = union(pauses), worked(calendar, started_at)
    plan = {}
    for level, used in thresholds(rungs, limit, calendar.day_seconds).items():
        if level not in only:
            continue
        goal = target(calendar, started_at, used, merged) if merged else begun + used
        try:
            plan[level] = max(started_at, instant_of(calendar, goal))
        except NeverOpen:
            continue
    return plan
