"""Which calendar counts, and what is missing in it."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ImproperlyConfigured

from gridgov.clock.arithmetic import Calendar
from gridgov.clock.models import CalendarVersion, WorkCalendar

NATURAL = "natural"
_values: dict[int, Calendar] = {}  # versions never change, so a process may keep what it computed


def value_of(version: CalendarVersion) -> Calendar:
    """The pure calendar of a version, with everything it has computed so far."""
    if version.pk not in _values:
        _values[version.pk] = version.value()
    return _values[version.pk]


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
    found = CalendarVersion.objects.select_related("calendar").order_by("calendar_id", "-number")
    versions = found.distinct("calendar_id")
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
