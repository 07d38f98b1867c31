"""Which calendar counts, and what is missing in it."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ImproperlyConfigured
from django.db.models import OuterRef, QuerySet, Subquery

from gridgov.clock.arithmetic import Calendar, Counting, Relay
from gridgov.clock.ladder import Rung
from gridgov.clock.levels import Level
from gridgov.clock.models import CalendarVersion, Clock, WorkCalendar

NATURAL = "natural"
_rungs: dict[int, dict[Level, Rung]] = {}
_values: dict[int, Calendar] = {}  # versions never change, so a process may keep what it computed


def value_of(version: CalendarVersion) -> Calendar:
    """The pure calendar of a version, with everything it has computed so far."""
    if version.pk not in _values:
        _values[version.pk] = version.value()
    return _values[version.pk]


def by_id(pk: int) -> Calendar:
    """The same by the version's key, without asking again for one that is known."""
    return _values[pk] if pk in _values else value_of(CalendarVersion.objects.select_related("calendar").get(pk=pk))


def counting(clock: Clock, last: Calendar | None = None) -> Counting:
    """What a clock is counted by: its calendar (or `last` in its place), after those of units that had it before."""
    last = last or _values.get(clock.calendar_version_id) or value_of(clock.calendar_version)
    if not clock.legs:
        return last
    legs = tuple((by_id(pk), datetime.fromisoformat(until).timestamp()) for pk, until in clock.legs)
    return Relay(legs, last)


def legs_of(clock: Clock) -> list[tuple[CalendarVersion, datetime | None]]:
    """The versions that count, each with the instant until which it does; None for the last."""
    known = CalendarVersion.objects.select_related("calendar").in_bulk([pk for pk, _until in clock.legs])
    before = [(known[pk], datetime.fromisoformat(until)) for pk, until in clock.legs]
    return [*before, (clock.calendar_version, None)]


def rungs_of(clock: Clock) -> dict[Level, Rung]:
    """The ladder a clock climbs, without asking again for a version that is known."""
    pk = clock.ladder_version_id
    if pk not in _rungs:
        _rungs[pk] = clock.ladder_version.rungs()
    return _rungs[pk]


def current(code: str | None = None) -> CalendarVersion:
    """The newest version of calendar `code`; of the default one without a code.

    ImproperlyConfigured when there is none: `manage.py seed_calendars` makes the two that every street needs.
    """
    wanted = {"calendar__code": code} if code else {"calendar__is_default": True}
    version = CalendarVersion.objects.select_related("calendar").filter(**wanted).order_by("-number").first()
    if version is None:
        raise ImproperlyConfigured("There is no working calendar yet: run `manage.py seed_calendars`.")
    return version


def default() -> CalendarVersion:
    """The office's working time."""
    return current()


def always() -> CalendarVersion:
    """Natural time."""
    return current(NATURAL)


def newest() -> list[CalendarVersion]:
    """What every calendar says now, the default one first; one statement."""
    return in_order(newest_rows())


def newest_rows() -> QuerySet[CalendarVersion]:
    """The same as a question that may carry more along. Every report asks it: it reads no version but the last."""
    last = CalendarVersion.objects.filter(calendar=OuterRef("pk")).order_by("-number").values("pk")[:1]
    lasts = WorkCalendar.objects.order_by().values_list(Subquery(last))
    return CalendarVersion.objects.select_related("calendar").filter(pk__in=lasts)


def in_order(versions: Iterable[CalendarVersion]) -> list[CalendarVersion]:
    """The default one first, natural time last."""
    return sorted(versions, key=lambda v: (not v.calendar.is_default, v.calendar.is_always, v.calendar.name))


def missing_years(now: datetime) -> list[tuple[WorkCalendar, int]]:
    """Calendars without the arrangement of this year or, from October on, of the next one."""
    return missing_of(newest(), now)


def missing_of(versions: Iterable[CalendarVersion], now: datetime) -> list[tuple[WorkCalendar, int]]:
    """The same for versions already read."""
    found: list[tuple[WorkCalendar, int]] = []
    for version in versions:
        if version.calendar.is_always:
            continue
        local = now.astimezone(value_of(version).tz)
        wanted = [local.year] + ([local.year + 1] if local.month >= 10 else [])
        found.extend((version.calendar, year) for year in wanted if year not in version.years)
    return found
