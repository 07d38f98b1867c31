"""Re-planning is idempotent: twice is once, whatever the calendars, pauses and limits (clock.md, "Rows")."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridgov.audit.models import AuditEvent
from gridgov.clock import actions, calendars
from gridgov.clock.models import CalendarVersion, Clock, Escalation, Extension, Pause, WorkCalendar
from gridgov.clock.sweep import sweep
from tests.clock.any_calendar import INSTANTS
from tests.clock.any_calendar import calendars as any_calendar
from tests.clock.test_properties import BUDGETS, PAUSES
from tests.examples import examples

pytestmark = pytest.mark.nightly
STATE = ("due_at", "level", "next_level", "next_at", "budget", "calendar_version_id", "attempts", "error")
LATER = st.integers(0, 90 * 86_400).map(lambda seconds: timedelta(seconds=seconds))


@pytest.fixture
def version_of(db):
    """A calendar as a row; what a process remembers of it is forgotten with the example."""
    work, known = WorkCalendar.objects.create(code="any", name="任意"), dict(calendars._values)

    def make(calendar, now):
        return CalendarVersion.objects.create(
            calendar=work,
            number=CalendarVersion.objects.filter(calendar=work).count() + 1,
            zone=calendar.zone,
            weekly=[list(day) for day in calendar.weekly],
            exceptions={day.isoformat(): {"segments": list(segments)} for day, segments in calendar.exceptions.items()},
            created_at=now,
        )

    yield make
    calendars._values.clear()
    calendars._values.update(known)


def state(clock):
    return Clock.objects.filter(pk=clock.pk).values_list(*STATE).get()


def written():
    return Escalation.objects.count(), AuditEvent.objects.count()


def give_time(clock, office, pauses, seconds):
    """Pauses and an extension as rows, as their own actions leave them."""
    approved = {"requested_by": office, "approved_by": office}
    for seq, (begin, end) in enumerate((pair for pair in pauses if pair[1] > pair[0]), 1):
        times = {"approved_at": begin, "begin": begin, "at_most": end, "end": end}
        Pause.objects.create(clock=clock, seq=seq, reason="等材料", **times, **approved)
    if seconds:
        Extension.objects.create(
            clock=clock, number=1, seconds=seconds, reason="延期", approved_by=office, approved_at=clock.started_at
        )


@settings(max_examples=examples(12, 10_000), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_calendar(), any_calendar(), INSTANTS, BUDGETS, BUDGETS, PAUSES, st.integers(0, 28_800), LATER)
def test_replanning_twice_is_replanning_once(
    begin, version_of, office, first, second, start, budget, other, pauses, seconds, later
):
    with transaction.atomic():
        clock, now = begin(start, budget=budget), start + later
        give_time(clock, office, pauses, seconds)
        actions.replan([clock], calendar=version_of(first, start), by=office, now=start)
        sweep(now=now)
        for terms in ({"calendar": version_of(second, now), "budget": other}, {}):
            actions.replan([clock], by=office, now=now, **terms)
            once, rows = state(clock), written()
            actions.replan([clock], by=office, now=now, **terms)
            assert (state(clock), written()) == (once, rows)
            sweep(now=now)
            fired, rows = state(clock), written()
            actions.replan([clock], by=office, now=now, **terms)
            assert (sweep(now=now), state(clock), written()) == (0, fired, rows)
        transaction.set_rollback(True)
    calendars._values.clear()
