"""Which calendar counts, and what is missing in it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured
from django.db.models import OuterRef, Subquery

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


def missing_years(now: datetime) -> list[tuple[WorkCalendar, int]]:
    """Calendars without the arrangement of this year or, from October on, of the next one."""
    found: list[tuple[WorkCalendar, int]] = []
    newest = CalendarVersion.objects.filter(calendar=OuterRef("pk")).order_by("-number")
    calendars = WorkCalendar.objects.filter(is_always=False).annotate(
        years=Subquery(newest.values("years")[:1]), zone=Subquery(newest.values("zone")[:1])
    )
    for calendar in calendars:
        local = now.astimezone(ZoneInfo(calendar.zone)) if calendar.zone else now
        wanted = [local.year] + ([local.year + 1] if local.month >= 10 else [])
        found.extend((calendar, year) for year in wanted if year not in (calendar.years or []))
    return found
