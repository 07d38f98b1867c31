"""Many running clocks at once, as columns: what an edit would do to all of them is asked while somebody types.

The arithmetic is that of `arithmetic`, to the last bit: the same sums in the same order, for whole columns. Instants
are whole microseconds since 1970, kept as floats that hold them exactly; one that never comes is NaN.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Sum

from gridgov.clock.arithmetic import EPOCH, HORIZON_YEARS, Calendar, union
from gridgov.clock.calendars import by_id
from gridgov.clock.ladder import Rung, Rungs, thresholds
from gridgov.clock.levels import Level
from gridgov.clock.models import ClockQuerySet, Extension, Pause

Numbers = Any  # numpy's arrays of numbers; its own types say no more and read worse
ZERO = datetime(1970, 1, 1, tzinfo=UTC)
ONLY_DUE: Rungs = {Level.LATE: Rung(100)}
FACTS = (
    "pk", "subject_id", "stage", "unit_id", "calendar_version_id", "ladder_version_id", "started_at", "budget",
    "level", "least_level", "due_at", "legs",
)  # fmt: skip


def micros(at: datetime | None) -> float:
    """An instant as a column holds it."""
    return float("nan") if at is None else (at - ZERO) // timedelta(microseconds=1)


def instant(value: float) -> datetime | None:
    """The same back."""
    return None if np.isnan(value) else ZERO + timedelta(microseconds=int(value))


def _micros(stamps: Numbers) -> Numbers:
    """Unix seconds as microseconds, rounded as `datetime.fromtimestamp` does."""
    parts, whole = np.modf(stamps)
    return np.rint(parts * 1e6) + whole * 1e6


class Timeline:
    """W and W⁻¹ of one calendar for columns of Unix instants; its open hours are laid out as far as they are needed."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.first, self.last = EPOCH.year + HORIZON_YEARS, EPOCH.year - 1

    def passed(self, stamps: Numbers) -> Numbers:
        """W. ValueError before the epoch, as one by one."""
        if self.calendar.always or not len(stamps):
            return stamps
        years = [datetime.fromtimestamp(at, self.calendar.tz).year for at in (stamps.min(), stamps.max())]
        if years[0] < EPOCH.year:
            raise ValueError(f"Working time is counted from {EPOCH} on.")
        self._lay(*years)
        if not len(self.begins):
            return np.full(len(stamps), float(self.base))
        nth = np.searchsorted(self.begins, stamps, side="left") - 1
        inside = np.minimum(stamps, self.ends[nth]) - self.begins[nth]
        return np.where(nth < 0, self.base, self.before[nth] + inside)

    def reach(self, seconds: Numbers) -> Numbers:
        """W⁻¹; NaN beyond the horizon."""
        if self.calendar.always or not len(seconds):
            return seconds
        last = EPOCH.year
        while last < EPOCH.year + HORIZON_YEARS - 1 and self.calendar.before_year(last + 1) < seconds.max():
            last += 1
        first = last
        while first > EPOCH.year and self.calendar.before_year(first) >= seconds.min():
            first -= 1
        self._lay(first, last)
        nth = np.searchsorted(self.totals, seconds, side="left")
        never = nth == len(self.totals)
        if never.all():
            return np.full(len(seconds), np.nan)
        nth = np.minimum(nth, len(self.totals) - 1)
        return np.where(never, np.nan, self.begins[nth] + (seconds - self.before[nth]))

    def _lay(self, first: int, last: int) -> None:
        """Have the open hours of these years as columns: where each begins and ends, and W at its beginning."""
        if self.first <= first and last <= self.last:
            return
        self.first, self.last = min(first, self.first), max(last, self.last)
        years = [self.calendar.year(number) for number in range(self.first, self.last + 1)]
        spans = [span for year in years for n in range(len(year.days)) for span in year.intervals(n)]
        table = np.array(spans, dtype=float).reshape(-1, 2)
        self.base = self.calendar.before_year(self.first)
        self.begins, self.ends = table[:, 0], table[:, 1]
        self.totals = self.base + np.cumsum(self.ends - self.begins)
        self.before = self.totals - (self.ends - self.begins)


class Way:
    """W and W⁻¹ for rows of clocks, each counted by these calendars one after the other: a `Relay` in columns.

    `untils`: for each row and each calendar but the last, the Unix instant until which it counts.
    """

    def __init__(self, lines: Sequence[Timeline], untils: Numbers) -> None:
        self.lines, self.untils = lines, untils
        self.offsets = [np.zeros(len(untils))]
        for line, follower, until in zip(lines, lines[1:], untils.T, strict=False):
            self.offsets.append(self.offsets[-1] + (line.passed(until) - follower.passed(until)))

    def passed(self, rows: Numbers, stamps: Numbers) -> Numbers:
        """W of an instant for each of these rows, joined at the hand-overs."""
        return self._each(rows, stamps, lambda n: stamps <= self.untils[rows, n], Timeline.passed, 1)

    def reach(self, rows: Numbers, seconds: Numbers) -> Numbers:
        """W⁻¹; NaN beyond the horizon."""

        def here(n: int) -> Numbers:
            return self.offsets[n][rows] + self.lines[n].passed(self.untils[rows, n]) >= seconds

        return self._each(rows, seconds, here, Timeline.reach, -1)

    def _each(
        self, rows: Numbers, given: Numbers, here: Callable[[int], Numbers],
        ask: Callable[[Timeline, Numbers], Numbers], sign: int,
    ) -> Numbers:  # fmt: skip
        found, left = np.empty(len(rows)), np.ones(len(rows), dtype=bool)
        for n, (line, offset) in enumerate(zip(self.lines, self.offsets, strict=True)):
            now = left & here(n) if n < len(self.lines) - 1 else left
            some = offset[rows][now]
            found[now] = some + ask(line, given[now]) if sign > 0 else ask(line, given[now] - some)
            left = left & ~now
        return found


def _padded(rows: Sequence[Sequence[float]]) -> Numbers:
    """As a table, NaN where a row has fewer."""
    table = np.full((len(rows), max(map(len, rows), default=0)), np.nan)
    for n, row in enumerate(rows):
        table[n, : len(row)] = row
    return table


@dataclass(frozen=True)
class Columns:
    """Running clocks, a column for each fact. `extra`: seconds given beyond the budget.

    `before`: the calendars of those who had it, as a place in `ways`; `untils`: until when each of them did; `begins`
    and `ends`: of the pauses, overlapping ones made one. NaN where a clock has fewer than others.
    """

    keys: Sequence[UUID]
    subjects: Sequence[UUID]
    stages: Sequence[str]
    units: Sequence[int | None]
    calendars: Numbers
    ladders: Numbers
    started: Numbers  # Unix seconds
    budgets: Numbers
    extra: Numbers
    levels: Numbers
    least: Numbers
    due: Numbers
    before: Numbers
    ways: Sequence[tuple[int, ...]]
    untils: Numbers
    begins: Numbers
    ends: Numbers

    @classmethod
    def of(cls, rows: ClockQuerySet) -> "Columns":
        """Read as values, not as models: three statements."""
        facts = list(zip(*rows.values_list(*FACTS), strict=True)) or [()] * len(FACTS)
        keys, subjects, stages, units, calendars, ladders, started, budgets, levels, least, due, legs = facts
        place = {key: n for n, key in enumerate(keys)}
        grown = rows.filter(revision__gt=1).order_by().values("pk")  # only these can have a pause or an extension
        extra = np.zeros(len(keys))
        for key, seconds in Extension.objects.filter(clock__in=grown).values_list("clock").annotate(Sum("seconds")):
            if key in place:
                extra[place[key]] = seconds
        had = [tuple(pk for pk, _until in one) for one in legs]
        ways = [(), *({*had} - {()})]
        untils = [[datetime.fromisoformat(until).timestamp() for _pk, until in one] for one in legs]
        spans = _spans(grown, keys)
        return cls(
            keys, subjects, stages, units, np.array(calendars, dtype=int), np.array(ladders, dtype=int),
            np.array([at.timestamp() for at in started]), np.array(budgets, dtype=float), extra,
            np.array(levels, dtype=int), np.array(least, dtype=int), np.array([micros(at) for at in due]),
            np.array([ways.index(one) for one in had], dtype=int), ways, _padded(untils),
            _padded([[begin.timestamp() for begin, _end in one] for one in spans]),
            _padded([[end.timestamp() for _begin, end in one] for one in spans]),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def everywhere(self) -> Numbers:
        """The places of all."""
        return np.arange(len(self))

    def plan(
        self, places: Numbers, line: Timeline, rungs: Rungs, limits: Numbers, only: Collection[Level] = tuple(Level)
    ) -> dict[Level, Numbers]:
        """Level → when each clock at these places would reach it, were it counted by this calendar, ladder and limits.

        `limits`: one for each place, what was given beyond the budget included.
        """
        wanted = [level for level in rungs if level in only]
        kinds, which = np.unique(limits, return_inverse=True)
        tables = [thresholds(rungs, int(limit), line.calendar.day_seconds) for limit in kinds]
        used = {level: np.array([table[level] for table in tables])[which] for level in wanted}
        found = {level: np.full(len(places), np.nan) for level in wanted}
        for (kind,), some in alike(self.before[places]):
            at, all_of_it = places[some], np.arange(len(some))
            lines = [*(Timeline(by_id(pk)) for pk in self.ways[kind]), line]
            way, started = Way(lines, self.untils[at][:, : len(lines) - 1]), self.started[at]
            begun = way.passed(all_of_it, started)
            for level in wanted:
                goals = self._delayed(at, way, begun + used[level][some])
                found[level][some] = _micros(np.maximum(started, way.reach(all_of_it, goals)))
        return found

    def _delayed(self, places: Numbers, way: Way, goals: Numbers) -> Numbers:
        """`arithmetic.target`: W of the instants at which these are used; a pause begun after that undoes nothing."""
        going = np.ones(len(places), dtype=bool)
        for begins, ends in zip(self.begins[places].T, self.ends[places].T, strict=True):
            begins = np.maximum(begins, self.started[places])
            rows = np.flatnonzero(going & (ends > begins))
            if not len(rows):
                continue
            at = way.passed(rows, begins[rows])
            going[rows[at >= goals[rows]]] = False
            counts, rows = at[going[rows]], rows[going[rows]]
            goals[rows] += np.maximum(0.0, way.passed(rows, ends[rows]) - counts)
        return goals

    def due_by(self, places: Numbers, line: Timeline, limits: Numbers) -> Numbers:
        """When they would be due."""
        return self.plan(places, line, ONLY_DUE, limits)[Level.LATE]


def _spans(grown: Any, keys: Sequence[UUID]) -> list[list[tuple[datetime, datetime]]]:
    """The pauses of each clock, those that overlap or touch made one."""
    found: dict[UUID, list[tuple[datetime, datetime]]] = {}
    rows = Pause.objects.filter(clock__in=grown).values_list("clock_id", "begin", "end", "at_most")
    for key, begin, end, at_most in rows:
        found.setdefault(key, []).append((begin, end or at_most))
    return [union(found[key]) if key in found else [] for key in keys]


def alike(*columns: Numbers) -> Iterator[tuple[tuple[int, ...], Numbers]]:
    """The places that have the same in all of these columns, group by group."""
    if len(columns[0]):
        kinds, which = np.unique(np.column_stack(columns), axis=0, return_inverse=True)
        which = which.reshape(-1)
        for n, kind in enumerate(kinds):
            yield tuple(int(one) for one in kind), np.flatnonzero(which == n)


@dataclass(frozen=True)
class Shift:
    """How far due times would move: how many get more time and how many less, and the most of each."""

    later: int
    earlier: int
    most_later: timedelta
    most_earlier: timedelta

    @classmethod
    def between(cls, before: Numbers, after: Numbers) -> "Shift":
        """Of these; what never comes before or after does not move."""
        by = np.nan_to_num(after - before)
        most, least = by.max(initial=0), by.min(initial=0)
        later, earlier = int((by > 0).sum()), int((by < 0).sum())
        return cls(later, earlier, timedelta(microseconds=int(most)), timedelta(microseconds=int(least)))


def farthest(places: Numbers, before: Numbers, after: Numbers, count: int) -> list[int]:
    """Those of these places that move farthest, at most so many."""
    by = np.abs(np.nan_to_num(after[places] - before[places]))
    return [int(place) for place in places[np.argsort(-by, kind="stable")[:count]]]
