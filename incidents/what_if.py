"""What an edit of limits or of a ladder would do to running deadlines, worked out without saving anything."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gridgov.clock.actions import Terms, given, plan_of
from gridgov.clock.calendars import rungs_of, value_of
from gridgov.clock.ladder import Rungs, thresholds
from gridgov.clock.levels import Level
from gridgov.clock.models import Clock, Ladder
from gridgov.clock.reading import with_plans
from incidents.models import Incident
from incidents.waits import SUBJECT

SHOWN = 12
Plan = dict[Level, datetime]


@dataclass(frozen=True)
class Moved:
    """One running deadline that an edit would move."""

    clock: Clock
    incident: Incident
    terms: Terms
    before: datetime | None
    after: datetime | None
    level: Level  # then, at once

    @property
    def by(self) -> timedelta:
        """How far, forwards or backwards."""
        return self.after - self.before if self.before and self.after else timedelta(0)

    @property
    def matters(self) -> bool:
        """Whether anything is another than before."""
        calendar = self.terms.calendar not in (None, self.clock.calendar_version)
        return self.before != self.after or calendar or self.terms.ladder is not None


@dataclass(frozen=True)
class Impact:
    """What saving would do: which deadlines move, the farthest first, and how many stay late as they are."""

    moved: tuple[Moved, ...]
    looked_at: int
    stay_late: int

    @property
    def later(self) -> list[Moved]:
        """Those that would have more time."""
        return [one for one in self.moved if one.by > timedelta(0)]

    @property
    def earlier(self) -> list[Moved]:
        """Those that would have less time."""
        return [one for one in self.moved if one.by < timedelta(0)]

    @property
    def raised(self) -> list[Moved]:
        """Those whose level would change at once."""
        return [one for one in self.moved if one.level != one.clock.level]

    @property
    def climbing(self) -> list[Moved]:
        """Those that would climb another ladder."""
        return [one for one in self.moved if one.terms.ladder is not None]

    @property
    def shown(self) -> tuple[Moved, ...]:
        """The first of them."""
        return self.moved[:SHOWN]


def is_late(clock: Clock, now: datetime) -> bool:
    """Whether its time has run out: then it keeps the limit it broke."""
    return clock.level >= Level.LATE or (clock.due_at is not None and clock.due_at <= now)


def plan_under(clock: Clock, terms: Terms) -> Plan:
    """When a clock would reach which level by other terms; the clock stays as it is."""
    kept = Terms(clock.calendar_version, clock.budget, clock.basis, clock.ladder_version, clock.ladder_basis)
    terms.apply(clock)
    plan = plan_of(clock)
    kept.apply(clock)
    return plan


def moved_by(clock: Clock, incident: Incident, terms: Terms, now: datetime) -> Moved:
    """A clock, before and after."""
    plan = plan_under(clock, terms)
    level = max((one for one, at in plan.items() if at <= now), default=Level.ON_TIME)
    before = plan_of(clock).get(Level.LATE)
    least = max(clock.least_level, clock.level if terms.holds else Level.ON_TIME)
    return Moved(clock, incident, terms, before, plan.get(Level.LATE), Level(max(level, least)))


@dataclass(frozen=True)
class Rearmed:
    """One running deadline whose levels ahead would come at other times; what was reached stays reached."""

    clock: Clock
    level: Level  # the first that comes at another time
    before: datetime | None
    after: datetime | None
    at_once: Level | None  # the highest that would be reached on saving
    incident: Incident | None = None  # read for those that are shown

    @property
    def by(self) -> timedelta:
        """How far, forwards or backwards."""
        return self.after - self.before if self.before and self.after else timedelta(0)


@dataclass(frozen=True)
class LadderImpact:
    """What other thresholds would do: those whose levels ahead move, the farthest first, of all that climb by it."""

    rearmed: tuple[Rearmed, ...]
    shown: tuple[Rearmed, ...]  # the first of them, with their cases
    climbing: int

    @property
    def at_once(self) -> list[Rearmed]:
        """Those that reach a level on saving."""
        return [one for one in self.rearmed if one.at_once is not None]


def ladder_impact(ladder: Ladder, rungs: Rungs, *, now: datetime) -> LadderImpact:
    """Which running deadlines would reach the levels ahead of them at other times."""
    clocks = with_plans(Clock.objects.running().filter(ladder_version__ladder=ladder))
    ahead = Ahead(rungs)
    found = [one for clock in clocks if (one := _rearmed(clock, rungs, ahead.of(clock), now))]
    found.sort(key=lambda one: (one.at_once is None, -abs(one.by)))
    first = found[:SHOWN]
    known = Incident.objects.in_bulk([one.clock.subject_id for one in first if one.clock.subject_kind == SUBJECT])
    shown = tuple(replace(one, incident=known.get(one.clock.subject_id)) for one in first)
    return LadderImpact(tuple(found), shown, len(clocks))


class Ahead:
    """Which levels ahead of a clock come at another time by `rungs`; clocks alike are compared once."""

    def __init__(self, rungs: Rungs) -> None:
        self.rungs = rungs
        self.known: dict[tuple[int, int, int], list[Level]] = {}

    def of(self, clock: Clock) -> list[Level]:
        """Those it has not reached yet, the lowest first."""
        limit, day = clock.budget + given(clock)[1], value_of(clock.calendar_version).day_seconds
        alike = (clock.ladder_version_id, limit, day)
        if alike not in self.known:
            now, then = thresholds(rungs_of(clock), limit, day), thresholds(self.rungs, limit, day)
            self.known[alike] = [level for level in then if now.get(level) != then[level]]
        return [level for level in self.known[alike] if level > clock.level]


def _rearmed(clock: Clock, rungs: Rungs, ahead: Collection[Level], now: datetime) -> Rearmed | None:
    if not ahead:
        return None
    before, after = plan_of(clock, only=ahead), plan_of(clock, rungs, ahead)
    other = next((level for level in ahead if before.get(level) != after.get(level)), None)
    if other is None:
        return None
    reached = [level for level in ahead if level in after and after[level] <= now]
    already = [level for level in ahead if level in before and before[level] <= now]
    at_once = max(reached, default=None) if reached != already else None
    return Rearmed(clock, other, before.get(other), after.get(other), at_once)
