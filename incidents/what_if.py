"""What an edit of limits or of a ladder would do to running deadlines, worked out without saving anything."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np

from gridgov.clock.calendars import value_of
from gridgov.clock.ladder import Rungs, thresholds
from gridgov.clock.levels import Level
from gridgov.clock.many import Columns, Shift, Timeline, alike, farthest, instant, micros
from gridgov.clock.models import CalendarVersion, Clock, Ladder, LadderVersion
from gridgov.clock.terms import Terms
from incidents.limits import Limit, Rules, Today, limit_for, todays
from incidents.models import Category, Incident
from incidents.waits import SUBJECT
from teams.models import Unit

SHOWN = 12
Numbers = Any


@dataclass(frozen=True)
class Moved:
    """One running deadline that an edit would move. `level`: then, at once; `terms.ladder`: another one, if so."""

    clock: Clock
    incident: Incident
    terms: Terms
    before: datetime | None
    after: datetime | None
    level: Level


@dataclass(frozen=True)
class Impact:
    """What saving would do. `terms`: by which each deadline that moves runs on; `shown`: those that move farthest."""

    terms: Mapping[UUID, Terms]
    shift: Shift
    raised: int  # whose level would be another at once
    climbing: int  # that would climb another ladder
    stay_late: int
    shown: tuple[Moved, ...]

    @property
    def moved(self) -> int:
        """How many move, or climb or count by something else."""
        return len(self.terms)


def same(one: Limit, other: Limit) -> bool:
    """Whether two limits come to the same, whatever line says so."""
    return (one.seconds, one.calendar.pk, one.ladder.pk) == (other.seconds, other.calendar.pk, other.ladder.pk)


def _terms(before: Limit, then: Limit) -> Terms:
    """What changes. Who climbs another ladder keeps the level that was reached on the one before."""
    if then.ladder.pk == before.ladder.pk:
        return Terms(then.calendar, then.seconds, then.basis)
    return Terms(then.calendar, then.seconds, then.basis, then.ladder, then.ladder_basis, holds=True)


def _units(today: Today, then: Today) -> dict[int, tuple[str, str]]:
    """Unit → its code and the level of its area, as far as either table asks for them."""
    units = Unit.objects.all()
    if not (today.rules.by_level or then.rules.by_level):
        units = units.filter(code__in={*today.rules.units, *then.rules.units})
    return {pk: (code, kind) for pk, code, kind in units.values_list("pk", "code", "area__kind")}


def _cases(today: Today, then: Today) -> dict[UUID, tuple[int, str]]:
    """Open cases of whose category the tables say anything different: category and area."""
    scopes = today.rules.unlike(then.rules)
    rows = Incident.objects.open()
    if scopes is not None:
        known = Category.objects.exclude(major=None)
        rows = rows.filter(category__in=[one.pk for one in known if scopes & {*today.rules.scopes(one)}])
    return {pk: (category, path) for pk, category, path in rows.values_list("pk", "category", "area_path")}


class _Asked:
    """Terms by which a deadline would run on: cases alike are asked about once."""

    def __init__(self, today: Today, then: Today, cases: Mapping[UUID, tuple[int, str]]) -> None:
        self.today, self.then, self.cases, self.units = today, then, cases, _units(today, then)
        self.categories = Category.objects.in_bulk({category for category, _path in cases.values()})
        self.known: dict[tuple[Any, ...], Terms | None] = {}

    def of(self, subject: UUID, stage: str, unit_id: int | None) -> Terms | None:
        """None where both tables come to the same."""
        category, path = self.cases[subject]
        unit, level = self.units.get(unit_id or 0, ("", ""))
        streets = self.today.street_of(path), self.then.street_of(path)
        asked = (category, stage, unit, level, streets)
        if asked not in self.known:
            where = self.categories[category], stage
            before = limit_for(*where, self.today, unit, path, level)
            limit = limit_for(*where, self.then, unit, path, level)
            self.known[asked] = None if same(before, limit) else _terms(before, limit)
        return self.known[asked]


def impact(rules: Rules, *, now: datetime, among: Today | None = None) -> Impact:
    """Work out, without saving, which running deadlines would move. What is late stays late."""
    today = among or todays()
    then = today.under(rules)
    cases = _cases(today, then)
    asked = _Asked(today, then, cases)
    rows = Clock.objects.running().filter(subject_kind=SUBJECT)
    clocks = Columns.of(rows.filter(subject_id__in=Incident.objects.open().filter(category__in=asked.categories)))
    facts = zip(clocks.subjects, clocks.stages, clocks.units, strict=True)
    terms = [asked.of(*one) if one[0] in cases else None for one in facts]
    changed = np.flatnonzero([one is not None for one in terms])
    late = (clocks.levels >= Level.LATE) | (clocks.due <= micros(now))
    return _counted(clocks, terms, changed[~late[changed]], int(late[changed].sum()), now)


def _counted(clocks: Columns, terms: Sequence[Terms | None], places: Numbers, late: int, now: datetime) -> Impact:
    """What becomes of the clocks at these places by their new terms."""
    before, after, level, calendar, ladder = _reckoned(clocks, terms, places, micros(now))
    other = (calendar != clocks.calendars) | (ladder != clocks.ladders)
    other |= (before != after) & ~(np.isnan(before) & np.isnan(after))
    moved = places[other[places]]
    first = farthest(moved, before, after, SHOWN)
    known = _read(clocks, first)
    shown = tuple(
        Moved(*known[n], term, instant(before[n]), instant(after[n]), Level(int(level[n])))
        for n in first
        if n in known and (term := terms[n]) is not None
    )
    return Impact(
        {clocks.keys[n]: term for n in moved if (term := terms[n]) is not None},
        Shift.between(before[moved], after[moved]),
        int((level != clocks.levels)[moved].sum()),
        int((ladder != clocks.ladders)[moved].sum()),
        late,
        shown,
    )


def _reckoned(clocks: Columns, terms: Sequence[Terms | None], places: Numbers, now: float) -> tuple[Numbers, ...]:
    """Due until now, due then, the level then, and the calendar and ladder then."""
    calendar, ladder, limits = clocks.calendars.copy(), clocks.ladders.copy(), clocks.budgets.copy()
    holds = np.zeros(len(clocks), dtype=bool)
    for n in places:
        if (term := terms[n]) is not None:
            calendar[n] = term.calendar.pk if term.calendar else calendar[n]
            ladder[n] = term.ladder.pk if term.ladder else ladder[n]
            limits[n] = limits[n] if term.budget is None else term.budget
            holds[n] = term.holds
    before, after = clocks.due.copy(), clocks.due.copy()
    level: Numbers = np.where(holds, np.maximum(clocks.least, clocks.levels), clocks.least)
    known = _Versions({*clocks.calendars[places], *calendar[places]}, set(ladder[places]))
    for (old, new, rungs), some in alike(clocks.calendars[places], calendar[places], ladder[places]):
        at = places[some]
        before[at] = clocks.due_by(at, known.line(old), (clocks.budgets + clocks.extra)[at])
        plan = clocks.plan(at, known.line(new), known.rungs[rungs], (limits + clocks.extra)[at])
        after[at] = plan[Level.LATE]
        for one, column in plan.items():
            level[at] = np.where(column <= now, np.maximum(level[at], one), level[at])
    return before, after, level, calendar, ladder


class _Versions:
    """Calendars and ladders by the key of their version, read once."""

    def __init__(self, calendars: Iterable[Any], ladders: Iterable[Any]) -> None:
        keys = {int(pk) for pk in calendars}
        self.calendars = CalendarVersion.objects.select_related("calendar").in_bulk(keys)
        self.rungs = {pk: one.rungs() for pk, one in LadderVersion.objects.in_bulk({int(pk) for pk in ladders}).items()}
        self.lines: dict[int, Timeline] = {}

    def line(self, pk: int) -> Timeline:
        """The open hours of one calendar version."""
        if pk not in self.lines:
            self.lines[pk] = Timeline(value_of(self.calendars[pk]))
        return self.lines[pk]


def _read(clocks: Columns, places: Sequence[int]) -> dict[int, tuple[Clock, Incident]]:
    """The few that are shown, with their cases."""
    rows = Clock.objects.select_related("ladder_version__ladder").in_bulk([clocks.keys[n] for n in places])
    cases = Incident.objects.in_bulk([clocks.subjects[n] for n in places])
    found = {}
    for n in places:
        clock, case = rows.get(clocks.keys[n]), cases.get(clocks.subjects[n])
        if clock is not None and case is not None:
            found[n] = (clock, case)
    return found


# ── A ladder's own thresholds ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Rearmed:
    """One running deadline whose levels ahead would come at other times; what was reached stays reached."""

    clock: Clock
    incident: Incident | None
    level: Level  # the first that comes at another time
    before: datetime | None
    after: datetime | None
    at_once: Level | None  # the highest that would be reached on saving


@dataclass(frozen=True)
class LadderImpact:
    """What other thresholds would do: for how many levels ahead move, of all that climb by it; `shown`: the first."""

    climbing: int
    rearmed: int
    at_once: int  # those that reach a level on saving
    shown: tuple[Rearmed, ...]


def ladder_impact(ladder: Ladder, rungs: Rungs, *, now: datetime) -> LadderImpact:
    """Which running deadlines would reach the levels ahead of them at other times."""
    clocks = Columns.of(Clock.objects.running().filter(ladder_version__ladder=ladder))
    first, at_once = np.zeros(len(clocks), dtype=int), np.zeros(len(clocks), dtype=int)
    before, after = np.full(len(clocks), np.nan), np.full(len(clocks), np.nan)
    known = _Versions(set(clocks.calendars), set(clocks.ladders))
    for (calendar, version), places in alike(clocks.calendars, clocks.ladders):
        line, limits = known.line(calendar), (clocks.budgets + clocks.extra)[places]
        old, new = (clocks.plan(places, line, one, limits) for one in (known.rungs[version], rungs))
        ahead = _ahead(clocks, places, known.rungs[version], rungs, line)
        _compare(places, ahead, old, new, micros(now), (first, before, after, at_once))
    rearmed = np.flatnonzero(first)
    order = rearmed[np.argsort(at_once[rearmed] == 0, kind="stable")]
    soon, rest = order[at_once[order] > 0], order[at_once[order] == 0]
    shown = [*farthest(soon, before, after, SHOWN), *farthest(rest, before, after, SHOWN)][:SHOWN]
    rows = Clock.objects.in_bulk([clocks.keys[n] for n in shown])
    cases = Incident.objects.in_bulk([one.subject_id for one in rows.values() if one.subject_kind == SUBJECT])
    found = tuple(
        Rearmed(
            rows[clocks.keys[n]], cases.get(clocks.subjects[n]), Level(int(first[n])), instant(before[n]),
            instant(after[n]), Level(int(at_once[n])) if at_once[n] else None,
        )
        for n in shown
    )  # fmt: skip
    return LadderImpact(len(clocks), len(rearmed), int((at_once[rearmed] > 0).sum()), found)


def _ahead(clocks: Columns, places: Numbers, old: Rungs, new: Rungs, line: Timeline) -> dict[Level, Numbers]:
    """Level → at which places it is not reached yet and stands after another amount of used time."""
    limits, which = np.unique((clocks.budgets + clocks.extra)[places], return_inverse=True)
    tables = [[thresholds(one, int(limit), line.calendar.day_seconds) for one in (old, new)] for limit in limits]
    return {
        level: (clocks.levels[places] < level)
        & np.array([before.get(level) != after[level] for before, after in tables])[which]
        for level in new
    }


def _compare(
    places: Numbers, ahead: Mapping[Level, Numbers], old: Mapping[Level, Numbers], new: Mapping[Level, Numbers],
    now: float, found: tuple[Numbers, ...],
) -> None:  # fmt: skip
    """Write into `found` the first level that comes at another time, when before and after, and what comes at once."""
    first, before, after, at_once = found
    for level in sorted(ahead, reverse=True):  # the lowest is written last
        never = np.isnan(old[level]) & np.isnan(new[level])
        moved = ahead[level] & (old[level] != new[level]) & ~never
        at = places[moved]
        first[at], before[at], after[at] = level, old[level][moved], new[level][moved]
        soon = places[ahead[level] & (new[level] <= now) & ~(old[level] <= now)]
        at_once[soon] = np.maximum(at_once[soon], level)
