"""How a deadline came about, line by line: what counted, what did not and why, and when each level is reached."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gridgov.clock.actions import plan_of
from gridgov.clock.arithmetic import Counted, between, explain
from gridgov.clock.calendars import value_of
from gridgov.clock.levels import Level
from gridgov.clock.models import Clock

LONGEST = timedelta(days=400)  # of an explanation; a later due time is explained up to here


@dataclass(frozen=True)
class Stretch:
    """A stretch of time. `counted`: working seconds in it, 0 where it does not count; `total`: counted so far."""

    begin: datetime
    end: datetime
    counted: float
    total: float
    reason: str  # "", "make_up", "weekend", "holiday", "pause"
    label: str = ""  # the holiday's own name, where the calendar says it


@dataclass(frozen=True)
class Explanation:
    """The whole answer. `budget` + `extra` is what the stretches up to `due_at` add up to; None while paused."""

    clock: Clock
    budget: int
    extra: int
    due_at: datetime | None
    stretches: tuple[Stretch, ...]
    levels: tuple[tuple[Level, datetime, bool], ...]  # level, planned instant, reached
    natural: bool


def _label(clock: Clock, stretch: Counted) -> str:
    zone = value_of(clock.calendar_version).tz
    day = clock.calendar_version.exceptions.get(stretch.begin.astimezone(zone).date().isoformat())
    return day.get("label", "") if day else ""


def _merged(clock: Clock, found: list[Counted]) -> list[Stretch]:
    """Closed days that follow one another for the same reason become one line."""
    calendar, lines, total = value_of(clock.calendar_version), list[Stretch](), 0.0
    for one in found:
        seconds = between(calendar, one.begin, one.end) if one.counted else 0.0
        total += seconds
        reason, label = ("", "") if one.reason == "" else (one.reason, _label(clock, one))
        last = lines[-1] if lines else None
        if last and not one.counted and not last.counted and (last.reason, last.label) == (reason, label):
            lines[-1] = Stretch(last.begin, one.end, 0, total, reason, label)
        else:
            lines.append(Stretch(one.begin, one.end, seconds, total, reason, label))
    return lines


def _without_pauses(found: list[Counted], pauses: list[tuple[datetime, datetime]]) -> list[Counted]:
    """Counted stretches with the paused time cut out of them."""
    cut: list[Counted] = []
    for one in found:
        pieces = [(one.begin, one.end)] if one.counted else []
        for low, high in pauses if one.counted else []:
            pieces = [
                (a, b) for begin, end in pieces for a, b in ((begin, min(end, low)), (max(begin, high), end)) if a < b
            ]
        cut.extend(Counted(a, b, True, one.reason) for a, b in pieces)
        if not one.counted:
            cut.append(one)
    return sorted(cut, key=lambda stretch: (stretch.begin, stretch.counted))


def explained(clock: Clock, *, now: datetime) -> Explanation:
    """Explain one clock. A running one up to its due time (up to now while paused), a stopped one up to its stop."""
    calendar = value_of(clock.calendar_version)
    pauses = [(p.begin, p.end or now) for p in clock.pauses.all()]
    until = clock.stopped_at or clock.due_at or now
    until = max(min(until, clock.started_at + LONGEST), clock.started_at)
    found = _without_pauses(explain(calendar, clock.started_at, until, pauses), pauses)
    plan = plan_of(clock)
    return Explanation(
        clock=clock,
        budget=clock.budget,
        extra=sum(e.seconds for e in clock.extensions.all()),
        due_at=clock.due_at,
        stretches=tuple(_merged(clock, found)),
        levels=tuple((Level(level), at, level <= clock.level) for level, at in sorted(plan.items())),
        natural=calendar.always,
    )
