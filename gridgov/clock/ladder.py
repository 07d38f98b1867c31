"""When which level of lateness is reached, as a table (facts.md §1.7; every figure is a default of the project).

A threshold is an amount of *used* time on the clock's own calendar, so pauses and closed hours move it along.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from gridgov.clock.arithmetic import Calendar, NeverOpen, instant_of, target, union
from gridgov.clock.levels import Level

HOUR = 3600.0
Thresholds = Callable[[float, float], dict[Level, float]]  # (limit, seconds of one working day) → level → used time


def standard(limit: float, day: float) -> dict[Level, float]:
    """黄 75 % used, in limits up to a day also 2 h before the end but not before half of it is used;

    橙 100 %; 红 the earlier of 150 % and +1 day, at least 4 h after orange; 紫 the earlier of 200 % and +3 days,
    at least 1 day after red.
    """
    warning = 0.75 * limit
    if limit <= day:
        warning = max(min(warning, limit - 2 * HOUR), 0.5 * limit)
    very_late = max(min(1.5 * limit, limit + day), limit + 4 * HOUR)
    critical = max(min(2 * limit, limit + 3 * day), very_late + day)
    return {Level.WARNING: warning, Level.LATE: limit, Level.VERY_LATE: very_late, Level.CRITICAL: critical}


def emergency(limit: float, day: float) -> dict[Level, float]:
    """突发, in minutes: half of the limit, the limit, 15 minutes more, 30 minutes more."""
    return {
        Level.WARNING: 0.5 * limit,
        Level.LATE: limit,
        Level.VERY_LATE: limit + 0.25 * HOUR,
        Level.CRITICAL: limit + 0.5 * HOUR,
    }


LADDERS: dict[str, Thresholds] = {"standard": standard, "emergency": emergency}


def planned(
    calendar: Calendar,
    ladder: str,
    started_at: datetime,
    limit: float,
    pauses: Iterable[tuple[datetime, datetime]] = (),
) -> dict[Level, datetime]:
    """Level → the instant at which it is reached; a level beyond the calendar's horizon is left out."""
    merged = union(pauses)
    plan = {}
    for level, used in LADDERS[ladder](limit, calendar.day_seconds).items():
        try:
            plan[level] = max(started_at, instant_of(calendar, target(calendar, started_at, used, merged)))
        except NeverOpen:
            continue
    return plan
