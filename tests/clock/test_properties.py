"""What must hold for any calendar in any zone (docs/clock.md, "Properties"), and for the ladder built on it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.clock.arithmetic import EPOCH, Calendar, NeverOpen, always_open, between, due, union, used, worked
from gridgov.clock.ladder import DEFAULTS, STANDARD, planned, thresholds
from gridgov.clock.levels import Level
from tests.clock.any_calendar import INSTANTS, calendars
from tests.clock.test_worked_cases import HOUR, OFFICE, local
from tests.examples import examples

pytestmark = pytest.mark.nightly
PAUSES = st.lists(st.tuples(INSTANTS, st.integers(0, 30 * 86_400)), max_size=4).map(
    lambda found: [(begin, begin + timedelta(seconds=length)) for begin, length in found]
)
BUDGETS = st.integers(1, 60 * HOUR)
many = settings(max_examples=examples(100, 10_000), deadline=None)
BERLIN = ZoneInfo("Europe/Berlin")


def found(act, *args, **more):
    """The instant, or None where the calendar is never open."""
    try:
        return act(*args, **more)
    except NeverOpen:
        return None


@many
@given(calendars(), INSTANTS, BUDGETS, PAUSES)
def test_exactly_the_budget_is_used_when_it_is_due(calendar, start, budget, pauses):
    at = found(due, calendar, start, budget, pauses=pauses)
    if at is not None:
        assert used(calendar, start, at, pauses) == pytest.approx(budget, abs=1e-3)


@many
@given(calendars(), INSTANTS, BUDGETS, PAUSES)
def test_nothing_is_due_in_closed_time_nor_in_a_pause(calendar, start, budget, pauses):
    at = found(due, calendar, start, budget, pauses=pauses)
    if at is not None:
        just_before = at - timedelta(seconds=1)
        assert between(calendar, just_before, at) > 0
        assert not any(begin < at <= end and begin <= just_before for begin, end in union(pauses))


@many
@given(calendars(), INSTANTS, BUDGETS, BUDGETS)
def test_a_larger_budget_is_never_due_earlier(calendar, start, one, other):
    first, second = (found(due, calendar, start, budget) for budget in sorted([one, other]))
    assert second is None or first <= second


@many
@given(calendars(), INSTANTS, INSTANTS, BUDGETS)
def test_who_starts_later_is_never_due_earlier(calendar, one, other, budget):
    first, second = (found(due, calendar, start, budget) for start in sorted([one, other]))
    assert second is None or first <= second


@many
@given(calendars(), INSTANTS, BUDGETS, st.lists(st.integers(0, 10 * HOUR), max_size=3))
def test_extensions_are_the_same_as_a_larger_budget(calendar, start, budget, extensions):
    at = found(due, calendar, start, budget, extensions=extensions)
    assert at == found(due, calendar, start, budget + sum(extensions))


@many
@given(INSTANTS, BUDGETS, PAUSES)
def test_a_pause_without_length_changes_nothing(start, budget, pauses):
    empty = [(begin, begin) for begin, _end in pauses]
    assert due(OFFICE, start, budget, pauses=empty) == due(OFFICE, start, budget)


@many
@given(INSTANTS, BUDGETS, st.integers(0, 20 * 86_400), st.integers(1, 86_400))
def test_a_pause_begun_too_late_does_not_undo_that_time_ran_out(start, budget, delay, length):
    at = due(OFFICE, start, budget)
    begin = at + timedelta(seconds=delay)
    assert due(OFFICE, start, budget, pauses=[(begin, begin + timedelta(seconds=length))]) == at


@many
@given(INSTANTS, INSTANTS)
def test_time_is_continuous_where_the_clocks_change(one, other):
    """Segments that touch the missing hour of 2025-03-30: never more working time than time."""
    calendar = Calendar(weekly=(((60, 150), (150, 165), (180, 240)),) * 7, zone="Europe/Berlin")
    start, end = sorted([one, other])
    assert 0 <= between(calendar, start, end) <= (end - start).total_seconds()


def test_the_missing_hour_of_spring_is_not_worked():
    calendar = Calendar(weekly=(((60, 150), (180, 240)),) * 7, zone="Europe/Berlin")
    midnight = datetime(2025, 3, 30, tzinfo=BERLIN)
    assert between(calendar, midnight, midnight + timedelta(days=1)) == 2 * HOUR  # 01–02 and 03–04; 02–03 is not there
    assert due(calendar, midnight, HOUR) == datetime(2025, 3, 30, 1, 0, tzinfo=UTC)
    assert due(calendar, midnight, 1.5 * HOUR) == datetime(2025, 3, 30, 3, 30, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Asia/Shanghai", date(2026, 3, 29), 24),
    ],
)
def test_a_day_open_all_round_has_as_many_hours_as_the_zone_gives_it(zone, day, hours):
    calendar = Calendar(weekly=(((0, 1440),),) * 7, zone=zone)
    begin = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    assert between(calendar, begin, begin + timedelta(days=1)) == hours * HOUR


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_office_hours_keep_to_the_wall_clock_across_a_change(zone):
    calendar = Calendar(weekly=(((480, 720), (840, 1080)),) * 7, zone=zone)
    tz = ZoneInfo(zone)
    for day in (date(2026, 3, 8), date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1)):
        eve = datetime(day.year, day.month, day.day, 17, tzinfo=tz) - timedelta(days=1)
        assert due(calendar, eve, 8 * HOUR) == datetime(day.year, day.month, day.day, 17, tzinfo=tz)


@many
@given(calendars(), st.integers(2020, 2030))
def test_years_join_without_gap_or_overlap(calendar, year):
    turn = datetime(year + 1, 1, 1, tzinfo=calendar.tz)
    before, after = turn - timedelta(seconds=1), turn + timedelta(seconds=1)
    assert between(calendar, before, after) == between(calendar, before, turn) + between(calendar, turn, after)
    assert 0 <= between(calendar, before, after) <= 2


def test_the_year_turns_over_open_nights():
    calendar = Calendar(weekly=(((0, 120), (1320, 1440)),) * 7)
    assert due(calendar, local("2026-12-31 23:00"), 2 * HOUR) == local("2027-01-01 01:00")


def test_an_all_closed_month_is_passed_over():
    closed = {date(2026, 2, 1) + timedelta(days=n): () for n in range(28)}
    calendar = Calendar(weekly=OFFICE.weekly, exceptions=closed)
    assert due(calendar, local("2026-01-30 17:00"), 2 * HOUR) == local("2026-03-02 09:00")


@many
@given(st.integers(1, 3 * HOUR))
def test_one_open_hour_a_week_takes_a_week_for_each_hour(budget):
    calendar = Calendar(weekly=((), ((540, 600),), (), (), (), (), ()))
    weeks, rest = divmod(budget - 1, HOUR)
    expected = local("2026-12-29 09:00") + timedelta(weeks=weeks, seconds=rest + 1)
    assert due(calendar, local("2026-12-28 00:00"), budget) == expected


def test_nothing_used_yet_at_the_very_beginning():
    start = local(f"{EPOCH} 00:00")
    assert worked(OFFICE, start) == 0
    assert due(OFFICE, start, 0) == start


@pytest.mark.parametrize("wrong", [datetime(2026, 1, 1), datetime(2009, 12, 30, tzinfo=UTC)])  # noqa: DTZ001
def test_an_instant_without_zone_or_before_the_epoch_is_refused(wrong):
    with pytest.raises(ValueError, match=r"zone|counted"):
        worked(OFFICE, wrong)


@many
@given(calendars(), st.sampled_from(sorted(DEFAULTS)), INSTANTS, BUDGETS, PAUSES)
def test_levels_are_reached_in_order_and_late_is_the_due_time(calendar, ladder, start, limit, pauses):
    plan = planned(calendar, DEFAULTS[ladder], start, limit, pauses)
    assert [plan[level] for level in sorted(plan)] == sorted(plan.values())
    assert plan.get(Level.LATE) == found(due, calendar, start, limit, pauses=pauses)


@many
@given(st.integers(1, 60 * HOUR))
def test_the_standard_ladder_keeps_its_distances(limit):
    day = OFFICE.day_seconds
    steps = thresholds(STANDARD, limit, day)
    assert 0.5 * limit <= steps[Level.WARNING] <= 0.75 * limit
    assert steps[Level.LATE] == limit
    assert steps[Level.VERY_LATE] >= limit + 4 * HOUR
    assert steps[Level.VERY_LATE] <= max(limit + day, limit + 4 * HOUR)
    assert steps[Level.CRITICAL] >= steps[Level.VERY_LATE] + day


@many
@given(INSTANTS, BUDGETS)
def test_natural_time_counts_every_second(start, budget):
    assert due(always_open(), start, budget) == start + timedelta(seconds=budget)
