"""Who is on duty at an instant, what a plan gets wrong, and which hand-over is missing."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gridgov.clock import calendars
from gridgov.clock.calendars import value_of
from gridgov.typed import YEARS
from grids.models import SEGMENT, Area
from grids.permissions import Perm
from teams.models import Assignment, DutyTurn, Leave, Shift, ShiftHandOver
from teams.roles import ROLES, Role

HAND_OVER_WITHIN = timedelta(hours=1)
REMIND_BEFORE = timedelta(days=5)  # of the first day of a month whose roster is not out
FIELD_ROLES = (Role.WORKER, Role.GRID_HEAD, Role.PART_TIME, Role.BUILDING_HEAD)


def paths_above(path: str) -> list[str]:
    """Every street or district a place belongs to, itself included."""
    return [path[:end] for end in range(SEGMENT, len(path) + 1, SEGMENT)]


def on_duty(paths: Iterable[str], now: datetime) -> list[DutyTurn]:
    """Who is on duty now in the areas with these paths, the leader of a shift first; one query."""
    found = DutyTurn.objects.around(now).filter(area_path__in=set(paths)).select_related("shift", "person")
    return [turn for turn in found.order_by("area_path", "part", "id") if turn.shift.covers(turn.on, now)]


@dataclass(frozen=True)
class Now:
    """What a page shows of the present shift."""

    leaders: tuple[DutyTurn, ...]
    officers: tuple[DutyTurn, ...]

    @property
    def shift(self) -> Shift | None:
        """The present shift, None when nobody is entered."""
        turns = self.officers or self.leaders
        return turns[0].shift if turns else None

    @property
    def phone(self) -> str:
        """Of the duty room."""
        return next((turn.shift.phone for turn in (*self.officers, *self.leaders) if turn.shift.phone), "")


def present(path: str, now: datetime) -> Now:
    """Leader and officers of the street at `path`, or of the one above it."""
    turns = on_duty(paths_above(path), now)
    parts = {
        part: tuple(turn for turn in turns if turn.part == part)
        for part in (DutyTurn.Part.LEADER, DutyTurn.Part.OFFICER)
    }
    return Now(parts[DutyTurn.Part.LEADER], parts[DutyTurn.Part.OFFICER])


# ── What a plan gets wrong ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Conflict:
    """One turn that cannot be kept as planned, and why."""

    turn: DutyTurn
    words: str | Promise


def conflicts(turns: Collection[DutyTurn]) -> list[Conflict]:
    """On leave, two shifts at once, without a post, or with none that may keep the log; two queries."""
    if not turns:
        return []
    first, last = min(t.on for t in turns), max(t.on for t in turns)
    people = {turn.person_id for turn in turns}
    posts = list(Assignment.objects.filter(user__in=people, since__lte=last).exclude(until__lte=first))
    away = list(Leave.objects.between(first, last).filter(user__in=people))
    found = [Conflict(turn, words) for turn in turns for words in _faults(turn, posts, away)]
    found += [Conflict(turn, _("two shifts at once")) for turn in _twice(turns)]
    return sorted(found, key=lambda one: (one.turn.on, one.turn.shift_id, one.turn.pk))


def _faults(turn: DutyTurn, posts: list[Assignment], away: list[Leave]) -> Iterator[str]:
    if any(one.user_id == turn.person_id and one.since_on <= turn.on <= one.last_on for one in away):
        yield _("on leave")
    if not turn.person.is_active:
        yield _("cannot sign in any more")
    held = [
        p for p in posts if p.user_id == turn.person_id and p.since <= turn.on and (not p.until or p.until > turn.on)
    ]
    if not held:
        yield _("without a post on this day")
    elif turn.part == DutyTurn.Part.OFFICER and not any(
        Perm.KEEP_DUTY_LOG in ROLES[p.role].perms and turn.area_path.startswith(p.area_path) for p in held
    ):
        yield _("has no post that keeps the duty log")


def _twice(turns: Collection[DutyTurn]) -> Iterator[DutyTurn]:
    """The later one of two turns of a person that overlap."""
    busy: dict[int, datetime] = {}
    for turn in sorted(turns, key=lambda one: one.shift.span(one.on)):
        begin, end = turn.shift.span(turn.on)
        if turn.person_id in busy and begin < busy[turn.person_id]:
            yield turn
        busy[turn.person_id] = max(end, busy.get(turn.person_id, end))


# ── Hand-overs that are missing ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Change:
    """A shift that has ended: when, who had it, and the hand-over that stands for it."""

    shift: Shift
    on: date
    at: datetime
    officers: tuple[DutyTurn, ...]
    hand_over: ShiftHandOver | None


def changes(area: Area, now: datetime) -> list[Change]:
    """The shifts with somebody on duty that ended in the last 24 hours, the newest first; two queries."""
    today = timezone.localdate(now)
    turns = DutyTurn.objects.published().of(area, today - timedelta(days=2), today)
    ended: dict[tuple[int, date], list[DutyTurn]] = {}
    for turn in turns.filter(part=DutyTurn.Part.OFFICER):
        if now - timedelta(hours=24) < turn.shift.span(turn.on)[1] <= now:
            ended.setdefault((turn.shift_id, turn.on), []).append(turn)
    if not ended:
        return []
    standing = ShiftHandOver.objects.standing().filter(area_path=area.path, on__gte=today - timedelta(days=2))
    made = {(one.shift_id, one.on): one for one in standing.select_related("incoming")}
    found = [
        Change(of[0].shift, key[1], of[0].shift.span(key[1])[1], tuple(of), made.get(key)) for key, of in ended.items()
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def unsigned(area: Area, now: datetime) -> list[Change]:
    """Shift changes more than an hour ago whose hand-over nobody has taken over yet."""
    late = [change for change in changes(area, now) if change.at + HAND_OVER_WITHIN <= now]
    return [change for change in late if change.hand_over is None or change.hand_over.accepted_at is None]


# ── The month as a sheet ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Day:
    """One line of the sheet: a day, what it is, and its cells in the order of the shifts."""

    on: date
    mark: str
    is_off: bool
    cells: tuple[dict[str, Any], ...]


def month_of(text: str, now: datetime) -> date:
    """The first of the month in "2026-11"; of the present one when that is no month."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        found = date.min
    return found if found.year in YEARS else timezone.localdate(now).replace(day=1)


def after(month: date, months: int = 1) -> date:
    """The first of a month so many months later."""
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def month_ahead(now: datetime) -> date | None:
    """The first of the next month when it is near; None while there is time to plan it."""
    today = timezone.localdate(now)
    first = after(today)
    return first if first - today <= REMIND_BEFORE else None


def sheet(shifts: list[Shift], turns: Collection[DutyTurn], month: date, wrong: Iterable[Conflict] = ()) -> list[Day]:
    """The lines of one month; holidays and make-up days as the working calendar names them (one query)."""
    held: dict[tuple[date, int], list[DutyTurn]] = {}
    for turn in turns:
        held.setdefault((turn.on, turn.shift_id), []).append(turn)
    faults: dict[int, list[str]] = {}
    for conflict in wrong:
        faults.setdefault(conflict.turn.pk, []).append(str(conflict.words))
    marks = _marks()
    lines, day = [], month
    while day < after(month):
        cells = tuple(_cell(shift, held.get((day, shift.pk), []), faults) for shift in shifts)
        lines.append(Day(day, *marks(day), cells))
        day += timedelta(days=1)
    return lines


def _cell(shift: Shift, turns: list[DutyTurn], faults: dict[int, list[str]]) -> dict[str, Any]:
    return {
        "shift": shift,
        "leaders": [turn for turn in turns if turn.part == DutyTurn.Part.LEADER],
        "officers": [turn for turn in turns if turn.part == DutyTurn.Part.OFFICER],
        "faults": [f"{turn.person.name}: {words}" for turn in turns for words in faults.get(turn.pk, [])],
    }


def _marks() -> Callable[[date], tuple[str, bool]]:
    version = calendars.newest()[:1]
    if not version:
        return lambda day: ("", day.weekday() >= 5)
    calendar, exceptions = value_of(version[0]), version[0].exceptions

    def mark(day: date) -> tuple[str, bool]:
        label, closed = str(exceptions.get(day.isoformat(), {}).get("label", "")), not calendar.segments(day)
        if day.isoformat() in exceptions and not closed and not calendar.weekly[day.weekday()]:
            return _("make-up working day"), False
        return label, closed

    return mark
