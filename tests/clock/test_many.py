"""Columns count as one by one does: every instant, to the microsecond, on any calendar."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.clock import actions, calendars
from gridgov.clock.arithmetic import NeverOpen, Relay, instant_of, union, worked
from gridgov.clock.calendar_actions import change_calendar, impact
from gridgov.clock.ladder import EMERGENCY, STANDARD, planned
from gridgov.clock.levels import Level
from gridgov.clock.many import Columns, Timeline, _micros, _padded, instant, micros
from gridgov.clock.models import Clock
from gridgov.clock.proposals import Proposal
from gridgov.clock.seed import OFFICE
from tests.clock.any_calendar import INSTANTS
from tests.clock.any_calendar import calendars as any_calendar
from tests.clock.conftest import HOUR
from tests.clock.test_clock_actions import hours, local, pause
from tests.clock.test_hand_over_properties import LATER
from tests.clock.test_properties import BUDGETS, PAUSES
from tests.examples import examples


@pytest.mark.nightly
@settings(max_examples=examples(60, 10_000), deadline=None)
@given(any_calendar(), st.lists(st.tuples(INSTANTS, BUDGETS), min_size=1, max_size=6))
def test_whole_columns_are_worked_out_as_one_by_one(calendar, asked):
    line = Timeline(calendar)
    begun = line.passed(np.array([at.timestamp() for at, _budget in asked]))
    assert list(begun) == [worked(calendar, at) for at, _budget in asked]
    goals = begun + np.array([float(budget) for _at, budget in asked])
    expected = []
    for goal in goals:
        try:
            expected.append(instant_of(calendar, float(goal)))
        except NeverOpen:
            expected.append(None)
    assert [instant(one) for one in _micros(line.reach(goals))] == expected


def test_an_instant_survives_a_column(now):
    for at in (now, now + timedelta(microseconds=1), local("2026-02-13 17:00")):
        assert instant(micros(at)) == at
    assert instant(micros(None)) is None


@pytest.fixture
def all_sorts(begin, office, now):
    """Clocks as they come: plain, extended, paused, handed over between calendars, re-planned."""
    at = local("2026-11-20 16:30")
    plain = [begin(at + timedelta(minutes=7 * n), calendar=OFFICE, budget=4 * HOUR) for n in range(3)]
    actions.extend(begin(at, calendar=OFFICE, budget=2 * HOUR), seconds=HOUR, reason="x", by=office, now=at)
    pause(begin(at, calendar=OFFICE), office, now=at + hours(1), at_most=at + hours(70))
    actions.resume(pause(begin(at), office, now=at + hours(1), at_most=at + hours(9)), by=office, now=at + hours(2))
    terms = actions.Terms(calendar=calendars.always())
    actions.hand_over(begin(at, calendar=OFFICE), unit_id=2, terms=terms, by=office, now=at + hours(1))
    actions.replan(plain[:1], budget=6 * HOUR, by=office, now=at)
    return at


def test_the_plan_of_every_sort_of_clock_is_that_of_its_rows(all_sorts):
    rows = Clock.objects.running()
    found = Columns.of(rows)
    assert (len(found.ways), len(found.begins[0])) == (2, 1)  # one was handed over, some were paused
    for clock in rows:
        place = np.array([found.keys.index(clock.pk)])
        line, limits = Timeline(calendars.value_of(clock.calendar_version)), (found.budgets + found.extra)[place]
        for rungs in (STANDARD, EMERGENCY):
            plan = found.plan(place, line, rungs, limits)
            assert {level: instant(column[0]) for level, column in plan.items()} == actions.plan_of(clock, rungs)


def test_what_a_calendar_would_move_is_what_saving_it_moves(all_sorts, office, now):
    version = calendars.current(OFFICE)
    proposal = Proposal.of(version).with_day(local("2026-11-23 00:00").date(), [], "停电")
    rows = Clock.objects.running().filter(calendar_version__calendar=version.calendar)
    before = {clock.pk: actions.plan_of(clock)[Level.LATE] for clock in rows}
    found = impact(version.calendar, proposal, now=all_sorts)
    change_calendar(version.calendar, proposal=proposal, by=office, now=all_sorts)
    after = {clock.pk: actions.plan_of(clock)[Level.LATE] for clock in Clock.objects.running() if clock.pk in before}
    moved = {pk for pk in before if before[pk] != after[pk]}
    assert (found.running, found.moved, found.shift.later) == (len(before), len(moved), len(moved))
    assert found.moved > 0
    assert {(one.clock.pk, one.before, one.after) for one in found.shown} == {
        (pk, before[pk], after[pk]) for pk in moved
    }


@pytest.mark.parametrize("count", [1, 3])
def test_reading_takes_as_many_statements_for_three_as_for_one(begin, now, count, django_assert_num_queries):
    for _n in range(count):
        begin(now)
    with django_assert_num_queries(3):  # clocks, extensions, pauses
        Columns.of(Clock.objects.running())


@pytest.mark.nightly
@settings(max_examples=examples(60, 10_000), deadline=None)
@given(
    any_calendar(), any_calendar(), any_calendar(),
    st.lists(st.tuples(INSTANTS, BUDGETS, PAUSES, st.integers(0, 2), LATER, LATER), min_size=1, max_size=4),
)  # fmt: skip
def test_hand_overs_and_pauses_are_counted_in_columns_as_one_by_one(first, second, last, asked):
    rows, expected = [], []
    for start, budget, pauses, legs, one, other in asked:
        untils = [(start + one).timestamp(), (start + one + other).timestamp()][2 - legs :]
        before = (first, second)[2 - legs :]
        calendar = Relay(tuple(zip(before, untils, strict=True)), last) if legs else last
        found = planned(calendar, STANDARD, start, budget, pauses)
        expected.append({level: found.get(level) for level in STANDARD})
        rows.append((start.timestamp(), (-1, -2)[2 - legs :], untils, union(pauses)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calendars, "_values", {-1: first, -2: second})
        columns = columns_of(rows)
        plan = columns.plan(columns.everywhere, Timeline(last), STANDARD, np.array([float(one[1]) for one in asked]))
    for n, one in enumerate(expected):
        assert {level: instant(column[n]) for level, column in plan.items()} == one


def columns_of(rows):
    """Columns of clocks of which only these facts matter: begun, who had it before and until when, pauses."""
    none = [None] * len(rows)
    started, had, untils, spans = zip(*rows, strict=True)
    ways = list(dict.fromkeys(had))
    times = [_padded([[pair[n].timestamp() for pair in one] for one in spans]) for n in (0, 1)]
    before = np.array([ways.index(one) for one in had])
    return Columns(none, *[none] * 5, np.array(started), *[none] * 5, before, ways, _padded(untils), *times)
