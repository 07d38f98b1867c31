"""Clocks begun while a calendar was being changed: whoever began them had read the version before, and the change,
not committed yet, did not see them. They are found by their version, which is the newest of no calendar any more.
What apps change for many clocks at once has latecomers of its own, which they look for themselves.
"""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Exists, OuterRef

from gridgov.clock.actions import replan_each
from gridgov.clock.calendars import newest
from gridgov.clock.models import CalendarVersion, Clock
from gridgov.clock.terms import Terms

BATCH = 1_000
CatchUp = Callable[[datetime], int]
_others: list[CatchUp] = []


def register(others: CatchUp) -> None:
    """Add what an app lets catch up of its own, in AppConfig.ready()."""
    if others not in _others:
        _others.append(others)


def catch_up(now: datetime) -> int:
    """Let all latecomers run on by what counts now; how many."""
    return _by_calendar(now) + sum(others(now) for others in _others)


def _by_calendar(now: datetime) -> int:
    """Two statements where there are none, as usual."""
    later = CalendarVersion.objects.filter(calendar=OuterRef("calendar"), number__gt=OuterRef("number"))
    replaced = list(CalendarVersion.objects.filter(Exists(later)).values_list("pk", flat=True))
    rows = Clock.objects.running().filter(calendar_version__in=replaced).order_by()
    found = dict(rows.values_list("pk", "calendar_version__calendar_id")[:BATCH])
    if not found:
        return 0
    says = {version.calendar_id: version for version in newest()}
    terms = {pk: Terms(calendar=says[calendar_id]) for pk, calendar_id in found.items()}
    return len(replan_each(terms, by=None, now=now))
