"""Re-planning is idempotent: twice is once, whatever the calendars, pauses and limits (docs/clock.md, "Rows")."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridgov.audit.models import AuditEvent
from gridgov.clock import actions, calendars
from gridgov.clock.ladder import STANDARD, as_json
from gridgov.clock.models import CalendarVersion, Clock, Escalation, Extension, LadderVersion, Pause, WorkCalendar
from gridgov.clock.sweep import sweep
from tests.clock.any_calendar import INSTANTS
from tests.clock.any_calendar import calendars as any_calendar
from tests.clock.test_properties import BUDGETS, PAUSES
from tests.examples import examples

pytestmark = pytest.mark.nightly
many = settings(max_examples=examples(100, 10_000), deadline=None)
LADDER = LadderVersion(pk=0, steps=as_json(STANDARD))
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
    Clock.objects.filter(pk=clock.pk).update(revision=2)


def clock_of(calendar, ladder, start, budget, pauses, seconds):
    """A clock with its pauses and extensions as memory holds them after reading: nothing is written."""
    version = CalendarVersion(pk=0, calendar=WorkCalendar(code="any"))
    clock = Clock(calendar_version=version, ladder_version=ladder, started_at=start, budget=budget, revision=2)
    spans = [Pause(begin=begin, at_most=end, end=end) for begin, end in pauses if end > begin]
    clock._prefetched_objects_cache = {"pauses": spans, "extensions": [Extension(seconds=seconds)]}
    calendars._values[0] = calendar
    return clock


@many
@given(any_calendar(), any_calendar(), INSTANTS, BUDGETS, BUDGETS, PAUSES, st.integers(0, 28_800), LATER)
def test_replanning_twice_is_replanning_once(first, second, start, budget, other, pauses, seconds, later):
    """The reckoning alone, very often: other hours, another budget, at any moment, before and after it has fired."""
    now = start + later
    try:
        clock = clock_of(first, LADDER, start, budget, pauses, seconds)
        for calendar, amount in ((first, budget), (second, other)):
            calendars._values[0], clock.budget = calendar, amount
            for fires in (False, True):
                if fires:
                    clock.level = max([level for level, at in actions.plan_of(clock).items() if at <= now], default=0)
                once = [replanned(clock, now) for _ in range(3)]
                assert once[0] == once[1] == once[2]
    finally:
        calendars._values.pop(0, None)


def replanned(clock, now):
    clock.revision += 1
    actions.derive(clock, actions.plan_of(clock), now=now)
    return clock.due_at, clock.level, clock.next_level, clock.next_at


@settings(max_examples=examples(12, 300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_calendar(), any_calendar(), INSTANTS, BUDGETS, BUDGETS, PAUSES, st.integers(0, 28_800), LATER)
def test_rows_replanned_twice_are_those_replanned_once(
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
