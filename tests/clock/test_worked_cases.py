"""The worked cases of docs/domain.md §5.4 and the properties of docs/clock.md, against a walker minute by minute."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.clock.arithmetic import Calendar, NeverOpen, always_open, between, due, instant_of, union, worked
from gridgov.clock.seed import OFFICE_HOURS, _exceptions
from tests.clock.any_calendar import FIRST, INSTANTS, calendars
from tests.examples import examples

ZONE = ZoneInfo("Asia/Shanghai")
HOUR, DAY = 3600, 8 * 3600
many = settings(max_examples=examples(100, 10_000), deadline=None)
HOURS = tuple((begin, end) for begin, end in OFFICE_HOURS)
OFFICE = Calendar(
    weekly=(HOURS,) * 5 + ((), ()),
    exceptions={
        date.fromisoformat(day): tuple((b, e) for b, e in entry["segments"]) for day, entry in _exceptions().items()
    },
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "budget", "expected"),
    [
        ("2026-11-20 16:30", 4 * HOUR, "2026-11-23 10:30"),
        ("2026-11-20 17:50", 2 * HOUR, "2026-11-23 09:50"),
        ("2026-11-21 10:00", DAY, "2026-11-23 18:00"),
        ("2026-11-23 12:30", HOUR, "2026-11-23 15:00"),
        ("2026-09-30 17:00", 2 * DAY, "2026-10-09 17:00"),
        ("2026-02-13 17:00", DAY, "2026-02-14 17:00"),
    ],
)
def test_worked_case_of_the_facts(start, budget, expected):
    assert due(OFFICE, local(start), budget) == local(expected)


@pytest.mark.nightly
@settings(max_examples=examples(60, 10_000), deadline=None)
@given(calendars(), INSTANTS, st.integers(0, 3 * 1440))
def test_worked_time_equals_counting_every_minute(calendar, start, minutes):
    counted = 0
    for offset in range(minutes):
        moment = (start + timedelta(minutes=offset)).astimezone(calendar.tz)
        at = moment.hour * 60 + moment.minute
        counted += any(begin <= at < end for begin, end in calendar.segments(moment.date()))
    measured = between(calendar, start, start + timedelta(minutes=minutes))
    assert abs(measured - counted * 60) <= _shifted(calendar, start, minutes)


def _shifted(calendar, start, minutes) -> float:
    """Seconds by which a change of the clocks inside the stretch may make wall time ambiguous."""
    offsets = {(start + timedelta(minutes=m)).astimezone(calendar.tz).utcoffset() for m in range(0, minutes + 1, 30)}
    return (max(offsets) - min(offsets)).total_seconds() if offsets else 0


@pytest.mark.nightly
@many
@given(calendars(), INSTANTS, INSTANTS, INSTANTS)
def test_working_time_is_additive_and_monotone(calendar, a, b, c):
    a, b, c = sorted([a, b, c])
    assert between(calendar, a, b) + between(calendar, b, c) == pytest.approx(between(calendar, a, c))
    assert worked(calendar, a) <= worked(calendar, b) <= worked(calendar, c)


@pytest.mark.nightly
@many
@given(calendars(), INSTANTS, st.integers(1, 20 * HOUR))
def test_due_uses_the_budget_exactly_and_never_falls_into_closed_time(calendar, start, budget):
    try:
        at = due(calendar, start, budget)
    except NeverOpen:
        assert calendar.day_seconds == 0
        return
    assert worked(calendar, at) - worked(calendar, start) == pytest.approx(budget, abs=1e-3)
    assert between(calendar, at - timedelta(seconds=1), at) > 0


@pytest.mark.nightly
@many
@given(INSTANTS, st.integers(1, 40 * HOUR), st.lists(st.tuples(INSTANTS, INSTANTS), max_size=4))
def test_pauses_count_as_their_union_and_empty_ones_not_at_all(start, budget, pauses):
    merged = union(pauses)
    assert due(OFFICE, start, budget, pauses=pauses) == due(OFFICE, start, budget, pauses=merged)
    assert due(OFFICE, start, budget, pauses=[*pauses, (start, start)]) == due(OFFICE, start, budget, pauses=pauses)
    assert due(OFFICE, start, budget, pauses=pauses) >= due(OFFICE, start, budget)


def test_all_closed_calendar_has_no_due_instant():
    with pytest.raises(NeverOpen):
        due(Calendar(weekly=((),) * 7), FIRST, 60)


def test_one_open_hour_a_week_is_found_year_after_year():
    calendar = Calendar(weekly=((), ((540, 600),), (), (), (), (), ()))
    at = due(calendar, local("2026-12-29 09:30"), 2 * HOUR)
    assert at == local("2027-01-12 09:30")


def test_natural_time_counts_nights():
    assert due(always_open(), local("2026-11-20 23:00"), 2 * HOUR) == local("2026-11-21 01:00")


def test_instant_of_is_the_inverse_at_the_end_of_a_segment():
    noon = local("2026-11-23 12:00")
    assert instant_of(OFFICE, worked(OFFICE, noon)) == noon
