"""Working time, exactly: how much of it has passed at an instant, and when so much will have passed.

Pure functions, no database. `W(t)` counts the working seconds of a calendar from an epoch to the instant t;
`W⁻¹` is its inverse. Days are walked by local *date* and turned into UTC instants one by one, so that a day with
23 or 25 hours, a make-up Saturday or a lunch break need no special case (docs/clock.md).
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property
from itertools import accumulate
from zoneinfo import ZoneInfo

from gridgov.clock.zones import DAY_MINUTES, Days, days_of, wall

Segment = tuple[int, int]  # minutes after local midnight: begin, end; 1440 is the midnight that follows

EPOCH = date(2010, 1, 1)  # tickets of other systems reach back that far
HORIZON_YEARS = 60  # a budget that is not used up by then has no due instant: the calendar is never open


class NeverOpen(Exception):
    """The calendar has too little open time ahead for this budget."""


@dataclass(frozen=True)
class Calendar:
    """When work is done: weekly segments (Monday first), dated exceptions, an IANA time zone.

    An exception replaces the whole day: () is closed. `day_seconds` is what "1 working day" means.
    """

    weekly: tuple[tuple[Segment, ...], ...]
    exceptions: Mapping[date, tuple[Segment, ...]] = field(default_factory=dict)
    zone: str = "Asia/Shanghai"
    always: bool = False

    @cached_property
    def tz(self) -> ZoneInfo:
        """The zone object."""
        return ZoneInfo(self.zone)

    @cached_property
    def day_seconds(self) -> int:
        """The longest ordinary day's seconds: one working day (docs/clock.md); 24 hours when always open."""
        if self.always:
            return 86_400
        return max(self.seconds_by_weekday, default=0)

    @cached_property
    def seconds_by_weekday(self) -> list[int]:
        """Working seconds of an ordinary Monday, Tuesday …"""
        return [sum(end - begin for begin, end in day if end > begin) * 60 for day in self.weekly]

    def segments(self, day: date) -> tuple[Segment, ...]:
        """The open segments of a local date."""
        return self.exceptions.get(day, self.weekly[day.weekday()])

    def intervals(self, day: date) -> list[tuple[int, int]]:
        """The open intervals of a local date as Unix seconds; a gap at a clock change makes a segment shorter."""
        days = days_of(self.tz, day.year)
        return self.intervals_on(days, days.index(day))

    def intervals_on(self, days: Days, number: int) -> list[tuple[int, int]]:
        """The same for a day of a year that is at hand: on one of 24 hours the wall clock is plain arithmetic."""
        day = date.fromordinal(days.first.toordinal() + number)
        if number not in days.odd:
            midnight = days.midnights[number]
            return [(midnight + begin * 60, midnight + end * 60) for begin, end in self.segments(day) if end > begin]
        found = [(wall(self.tz, day, begin), wall(self.tz, day, end)) for begin, end in self.segments(day)]
        return [(begin, end) for begin, end in found if end > begin]

    def passed(self, stamp: float) -> float:
        """W of a Unix instant."""
        if self.always:
            return stamp
        number = datetime.fromtimestamp(stamp, self.tz).year
        if number < EPOCH.year:
            raise ValueError(f"Working time is counted from {EPOCH} on.")
        return self.before_year(number) + self.year(number).passed(stamp)

    def reach(self, seconds: float) -> float:
        """W⁻¹ as a Unix instant. NeverOpen beyond the horizon."""
        if self.always:
            return seconds
        if seconds <= 0:
            return datetime.combine(EPOCH, time(), tzinfo=self.tz).timestamp()
        while self._before[-1] < seconds and len(self._before) <= HORIZON_YEARS:
            self.before_year(EPOCH.year + len(self._before))
        if self._before[-1] < seconds:
            raise NeverOpen
        number = EPOCH.year + bisect_left(self._before, seconds) - 1
        return self.year(number).reach(seconds - self.before_year(number))

    @cached_property
    def _years(self) -> dict[int, "_Year"]:
        return {}

    def year(self, number: int) -> "_Year":
        """One local year with running totals, computed once."""
        if number not in self._years:
            self._years[number] = _Year(self, number)
        return self._years[number]

    @cached_property
    def _before(self) -> list[int]:
        return [0]  # working seconds of all years from the epoch to the start of year EPOCH.year + i

    def before_year(self, number: int) -> int:
        """Working seconds from the epoch to the first local midnight of `number`."""
        while len(self._before) <= number - EPOCH.year:
            self._before.append(self._before[-1] + self.year(EPOCH.year + len(self._before) - 1).total)
        return self._before[number - EPOCH.year]


class _Year:
    """One local year of a calendar: the working seconds before each of its days."""

    def __init__(self, calendar: Calendar, number: int) -> None:
        self.calendar, self.days = calendar, days_of(calendar.tz, number)
        seconds = calendar.seconds_by_weekday
        first = self.days.first.weekday()
        each = [seconds[(first + n) % 7] for n in range(len(self.days))]
        unlike = {self.days.index(day) for day in calendar.exceptions if day.year == number} | self.days.odd
        for n in unlike:
            each[n] = sum(end - begin for begin, end in self.intervals(n))
        self.before = list(accumulate(each, initial=0))
        self.total = self.before[-1]

    def intervals(self, n: int) -> list[tuple[int, int]]:
        """Of the n-th day."""
        return self.calendar.intervals_on(self.days, n)

    def passed(self, instant: float) -> float:
        """Working seconds of this year up to `instant`."""
        n = self.days.at(instant)
        found: float = self.before[n]
        for begin, end in self.intervals(n):
            if instant <= begin:
                break
            found += min(instant, end) - begin
        return found

    def reach(self, seconds: float) -> float:
        """The first instant at which `seconds` (> 0, ≤ total) of this year have passed."""
        n = bisect_left(self.before, seconds) - 1
        rest, end = seconds - self.before[n], 0
        for begin, end in self.intervals(n):
            if rest <= end - begin:
                return begin + rest
            rest -= end - begin
        return end  # a rounding error past the day's end


def _check(instant: datetime) -> float:
    if instant.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    return instant.timestamp()


@dataclass(frozen=True)
class Relay:
    """Time counted by one calendar after the other: work that was handed over to units with hours of their own.

    `legs`: calendar and the Unix instant until which it counts, in order; `last` counts from then on. What was
    used before a hand-over stays used, whatever the next unit's hours are.
    """

    legs: tuple[tuple[Calendar, float], ...]
    last: Calendar

    @property
    def day_seconds(self) -> int:
        """A working day of whoever has it now."""
        return self.last.day_seconds

    @property
    def always(self) -> bool:
        """Whether every hour counts from the beginning to the end."""
        return self.last.always and all(calendar.always for calendar, _until in self.legs)

    @cached_property
    def _steps(self) -> list[tuple[Calendar, float, float]]:
        """Calendar, until when, and what must be added to its W so that the legs join without a jump."""
        steps: list[tuple[Calendar, float, float]] = []
        offset, calendars = 0.0, [*(calendar for calendar, _until in self.legs), self.last]
        for (calendar, until), follower in zip(self.legs, calendars[1:], strict=True):
            steps.append((calendar, until, offset))
            offset += calendar.passed(until) - follower.passed(until)
        return [*steps, (self.last, float("inf"), offset)]

    def passed(self, stamp: float) -> float:
        """W of a Unix instant, joined at the hand-overs."""
        calendar, _until, offset = next(step for step in self._steps if stamp <= step[1])
        return offset + calendar.passed(stamp)

    def reach(self, seconds: float) -> float:
        """W⁻¹ as a Unix instant. NeverOpen beyond the horizon of whoever has it then."""
        for calendar, until, offset in self._steps:
            if until == float("inf") or offset + calendar.passed(until) >= seconds:
                return calendar.reach(seconds - offset)
        raise NeverOpen


Counting = Calendar | Relay


def worked(calendar: Counting, instant: datetime) -> float:
    """W(t): working seconds from the epoch to `instant`. ValueError for a naive or an earlier instant."""
    return calendar.passed(_check(instant))


def instant_of(calendar: Counting, seconds: float) -> datetime:
    """W⁻¹: the first instant at which `seconds` of working time have passed. NeverOpen beyond the horizon."""
    return datetime.fromtimestamp(calendar.reach(seconds), UTC)


def between(calendar: Counting, begin: datetime, end: datetime) -> float:
    """Working seconds from `begin` to `end`; 0 when they come the wrong way round."""
    return max(0.0, worked(calendar, end) - worked(calendar, begin))


def union(pauses: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Overlapping and touching pauses made one, in order of time."""
    merged: list[tuple[datetime, datetime]] = []
    for begin, end in sorted(pauses):
        if end <= begin:
            continue
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((begin, end))
    return merged


def target(
    calendar: Counting, started_at: datetime, seconds: float, pauses: Iterable[tuple[datetime, datetime]] = ()
) -> float:
    """W of the instant at which `seconds` are used. A pause that begins after that instant cannot undo it."""
    found = worked(calendar, started_at) + seconds
    for begin, end in union(pauses):
        begin = max(begin, started_at)
        if end > begin and worked(calendar, begin) >= found:
            break
        found += between(calendar, begin, end)
    return found


def due(
    calendar: Counting,
    started_at: datetime,
    budget: float,
    *,
    extensions: Sequence[float] = (),
    pauses: Iterable[tuple[datetime, datetime]] = (),
) -> datetime:
    """When `budget` working seconds (and all extensions) are used up, pauses not counted (docs/clock.md).

    max(started_at, W⁻¹(W(started_at) + budget + Σ extensions + Σ over the union of pauses (W(end) − W(begin)))),
    where a pause approved when the time was already used up counts for nothing: what was late stays late.
    """
    return max(started_at, instant_of(calendar, target(calendar, started_at, budget + sum(extensions), pauses)))


def used(
    calendar: Counting, started_at: datetime, until: datetime, pauses: Iterable[tuple[datetime, datetime]] = ()
) -> float:
    """Working seconds counted against a budget from `started_at` to `until`, pauses taken out."""
    paused = sum(between(calendar, max(b, started_at), min(e, until)) for b, e in union(pauses) if b < until)
    return between(calendar, started_at, until) - paused


def always_open(zone: str = "Asia/Shanghai") -> Calendar:
    """The calendar of natural time."""
    return Calendar(weekly=(((0, DAY_MINUTES),),) * 7, zone=zone, always=True)
