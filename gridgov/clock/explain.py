"""How a deadline came about, line by line: what counted, what did not and why, and when each level is reached.

`explain(clock, now=…)` reads the clock's rows and answers with plain values. Its stretches follow one another
without gap from the start to the due time, and what counts in them adds up to `budget` + `extra` exactly.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from gridgov.clock.actions import plan_of
from gridgov.clock.arithmetic import Calendar, Counting, between, union, used
from gridgov.clock.calendars import counting, legs_of, rungs_of, value_of
from gridgov.clock.ladder import thresholds
from gridgov.clock.levels import Level
from gridgov.clock.models import CalendarVersion, Clock, Escalation

MOST_LINES = 120  # of one explanation; what lies between its first and last lines is then made one
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Stretch:
    """A stretch of time. `counted`: working seconds in it, 0 where it does not count; `total`: counted so far.

    `reason` of what counts: "" ordinary, "make_up" (a day off that is worked), "own_hours"; of what does not:
    "pause", "break", "night", "weekend", "holiday"; "folded" stands for `days` days of both kinds.
    """

    begin: datetime
    end: datetime
    counted: float
    total: float
    reason: str
    label: str = ""  # the holiday's own name, where the calendar says it
    days: int = 0  # whole days passed over


@dataclass(frozen=True)
class Waited:
    """One pause as approved. `seconds`: working time it kept from being counted; 0 when it began after the due time."""

    begin: datetime
    end: datetime | None
    at_most: datetime
    seconds: float
    reason: str
    evidence: str
    asked_in: UUID | None  # the owner's record on which photos of the evidence hang


@dataclass(frozen=True)
class Handed:
    """Another unit carried on; `used` seconds had been counted by then."""

    at: datetime
    from_unit_id: int | None
    to_unit_id: int | None
    used: float


@dataclass(frozen=True)
class Threshold:
    """A step of the ladder: after how many counted seconds, when that is, and when it was fired."""

    level: Level
    seconds: float
    at: datetime
    reached: bool
    fired_at: datetime | None = None
    late_by: timedelta | None = None


@dataclass(frozen=True)
class Explanation:
    """The whole answer. While a pause is open `due_at` is None; `latest` is when it would be due at the latest."""

    clock: Clock
    budget: int
    extra: int
    due_at: datetime | None
    latest: datetime | None
    used: float  # seconds counted until it stopped, or until now
    natural: bool
    stretches: tuple[Stretch, ...]
    pauses: tuple[Waited, ...]
    hand_overs: tuple[Handed, ...]
    levels: tuple[Threshold, ...]
    unknown: tuple[int, ...]  # years on the way of which no arrangement was entered: their holidays are not counted


def explain(clock: Clock, *, now: datetime) -> Explanation:
    """Explain one clock up to its due time; fetch its pauses, extensions, hand-overs and escalations beforehand."""
    calendar, plan = counting(clock), plan_of(clock)
    extra = sum(extension.seconds for extension in clock.extensions.all())
    pauses = [(p.begin, p.end or p.at_most) for p in clock.pauses.all()]
    latest = plan.get(Level.LATE)
    until = latest or max(now, clock.started_at)
    passed = [(begin, min(end, until)) for begin, end in union(pauses) if begin < until]
    way = _way(clock, until)
    return Explanation(
        clock=clock,
        budget=clock.budget,
        extra=extra,
        due_at=None if any(p.end is None for p in clock.pauses.all()) else latest,
        latest=latest,
        used=used(calendar, clock.started_at, max(clock.stopped_at or now, clock.started_at), pauses),
        natural=calendar.always,
        stretches=tuple(_folded(_stretches(way, passed))),
        pauses=tuple(_waited(clock, calendar, until)),
        hand_overs=tuple(
            Handed(h.at, h.from_unit_id, h.to_unit_id, used(calendar, clock.started_at, h.at, pauses))
            for h in sorted(clock.hand_overs.all(), key=lambda row: row.seq)
        ),
        levels=tuple(_levels(clock, calendar, plan, clock.budget + extra)),
        unknown=tuple(sorted({year for leg in way for year in leg.unknown})),
    )


def _waited(clock: Clock, calendar: Counting, until: datetime) -> Iterator[Waited]:
    for row in sorted(clock.pauses.all(), key=lambda pause: pause.seq):
        seconds = between(calendar, max(row.begin, clock.started_at), min(row.end or row.at_most, until))
        yield Waited(row.begin, row.end, row.at_most, seconds, row.reason, row.evidence, row.asked_in)


def _levels(clock: Clock, calendar: Counting, plan: dict[Level, datetime], limit: float) -> Iterator[Threshold]:
    fired: dict[int, Escalation] = {}
    for row in sorted(clock.escalations.all(), key=lambda one: one.revision):
        fired[row.level] = row
    for level, seconds in sorted(thresholds(rungs_of(clock), limit, calendar.day_seconds).items()):
        if level in plan:
            done = fired.get(level) if level <= clock.level else None
            known = (done.fired_at, done.late_by) if done else (None, None)
            yield Threshold(Level(level), seconds, plan[level], level <= clock.level, *known)


# ── The stretches ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Leg:
    """One calendar and the part of the clock's way on which it counted."""

    version: CalendarVersion
    begin: datetime
    end: datetime

    @property
    def calendar(self) -> Calendar:
        return value_of(self.version)

    @property
    def unknown(self) -> set[int]:
        """Years of which nobody has entered the arrangement."""
        if self.calendar.always:
            return set()
        first, last = (at.astimezone(self.calendar.tz).year for at in (self.begin, self.end))
        return {*range(first, last + 1)} - {*self.version.years}

    def label(self, day: date) -> str:
        return str(self.version.exceptions.get(day.isoformat(), {}).get("label", ""))


def _way(clock: Clock, until: datetime) -> list[_Leg]:
    """The legs from the start to `until`, without gap."""
    found, at = list[_Leg](), clock.started_at
    for version, end in legs_of(clock):
        last = until if end is None else min(end, until)
        if last > at or (end is None and not found):
            found.append(_Leg(version, at, last))
            at = last
    return found


def _stretches(way: Sequence[_Leg], pauses: Sequence[Span]) -> list[Stretch]:
    """Along the legs without gap: open time, pauses, and what was closed between them."""
    found: list[Stretch] = []
    for leg in way:
        _stretch(leg, pauses, found)
    return found


def _stretch(leg: _Leg, pauses: Sequence[Span], found: list[Stretch]) -> None:
    at, total = leg.begin, found[-1].total if found else 0.0
    for begin, end, reason, label in _marks(leg, pauses):
        if begin > at:
            found.append(_closed(leg, at, begin, total))
        seconds = 0.0 if reason == "pause" else (end - begin).total_seconds()
        total += seconds
        found.append(Stretch(begin, end, seconds, total, reason, label))
        at = end
    if at < leg.end:
        found.append(_closed(leg, at, leg.end, total))


def _marks(leg: _Leg, pauses: Sequence[Span]) -> list[tuple[datetime, datetime, str, str]]:
    """Open stretches with the pauses cut out of them, and the pauses, in order."""
    inside = [(max(begin, leg.begin), min(end, leg.end)) for begin, end in pauses]
    inside = [(begin, end) for begin, end in inside if begin < end]
    marks = [(begin, end, "pause", "") for begin, end in inside]
    for begin, end, reason, label in _open(leg):
        pieces = [(begin, end)]
        for low, high in inside:
            pieces = [(a, b) for p, q in pieces for a, b in ((p, min(q, low)), (max(p, high), q)) if a < b]
        marks.extend((a, b, reason, label) for a, b in pieces)
    return sorted(marks)


def _open(leg: _Leg) -> Iterator[tuple[datetime, datetime, str, str]]:
    calendar = leg.calendar
    if calendar.always:
        yield leg.begin, leg.end, "", ""
        return
    day, last = leg.begin.astimezone(calendar.tz).date(), leg.end.astimezone(calendar.tz).date()
    while day <= last:
        usual, reason, label = calendar.weekly[day.weekday()], "", ""
        if calendar.segments(day) != usual:
            reason, label = ("own_hours" if usual else "make_up"), leg.label(day)
        for low, high in calendar.intervals(day):
            begin = max(datetime.fromtimestamp(low, UTC), leg.begin)
            end = min(datetime.fromtimestamp(high, UTC), leg.end)
            if begin < end:
                yield begin, end, reason, label
        day += timedelta(days=1)


def _closed(leg: _Leg, begin: datetime, end: datetime, total: float) -> Stretch:
    """One line for contiguous closed time: a holiday outweighs a weekend, a weekend a night."""
    calendar = leg.calendar
    day, last = begin.astimezone(calendar.tz).date(), (end - timedelta(seconds=1)).astimezone(calendar.tz).date()
    shut, labels, holiday, same = 0, list[str](), False, day == last
    morning, evening = calendar.intervals(day)[:1], calendar.intervals(day)[-1:]
    while day <= last:
        if not calendar.intervals(day):
            shut += 1
            holiday = holiday or bool(calendar.weekly[day.weekday()])
            labels.append(leg.label(day))
        day += timedelta(days=1)
    if shut:
        reason = "holiday" if holiday else "weekend"
    else:
        inside = morning and morning[0][0] < begin.timestamp() and evening[0][1] > end.timestamp()
        reason = "break" if same and inside else "night"
    named = " ".join(dict.fromkeys(label for label in labels if label))
    return Stretch(begin, end, 0, total, reason, named, shut)


def _folded(found: list[Stretch]) -> list[Stretch]:
    """At most MOST_LINES: the middle of a long explanation becomes one line, its sum kept."""
    if len(found) <= MOST_LINES:
        return found
    half = MOST_LINES // 2
    head, middle, tail = found[:half], found[half : 1 - half], found[1 - half :]
    counted = sum(one.counted for one in middle)
    days = (middle[-1].end - middle[0].begin).days
    return [*head, Stretch(middle[0].begin, middle[-1].end, counted, middle[-1].total, "folded", "", days), *tail]
