"""What must hold when work is handed from one calendar to another, and when a ladder is edited."""

from datetime import UTC, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.clock.arithmetic import NeverOpen, Relay, between, due, instant_of, target, used, worked
from gridgov.clock.ladder import DAYS, HOURS, MINUTES, Rung, as_json, from_json, thresholds
from gridgov.clock.levels import Level
from tests.clock.any_calendar import INSTANTS, calendars
from tests.clock.test_properties import BUDGETS, PAUSES
from tests.clock.test_worked_cases import HOUR
from tests.examples import examples

pytestmark = pytest.mark.nightly
many = settings(max_examples=examples(40, 10_000), deadline=None)
LATER = st.integers(0, 60 * 86_400).map(lambda seconds: timedelta(seconds=seconds))


def handed(first, second, at):
    return Relay(((first, at.timestamp()),), second)


@many
@given(calendars(), calendars(), INSTANTS, LATER, LATER)
def test_time_is_additive_across_a_hand_over(first, second, start, before, after):
    at = start + before
    relay = handed(first, second, at)
    whole = worked(relay, at + after) - worked(relay, start)
    assert whole == pytest.approx(between(first, start, at) + between(second, at, at + after), abs=1e-3)


@many
@given(calendars(), calendars(), INSTANTS, LATER, INSTANTS, INSTANTS)
def test_time_never_runs_backwards_across_a_hand_over(first, second, start, before, one, other):
    relay = handed(first, second, start + before)
    low, high = sorted([one, other])
    assert worked(relay, low) <= worked(relay, high) + 1e-6


@many
@given(calendars(), calendars(), INSTANTS, LATER, BUDGETS, PAUSES)
def test_exactly_the_budget_is_used_when_it_is_due_after_a_hand_over(first, second, start, before, budget, pauses):
    relay = handed(first, second, start + before)
    try:
        at = due(relay, start, budget, pauses=pauses)
    except NeverOpen:
        return
    assert used(relay, start, at, pauses) == pytest.approx(budget, abs=1e-3)


@many
@given(calendars(), calendars(), INSTANTS, LATER, BUDGETS)
def test_a_hand_over_keeps_the_time_used(first, second, start, before, budget):
    at = start + before
    spent = between(first, start, at)
    relay = handed(first, second, at)
    try:
        found = due(relay, start, budget)
        if spent >= budget:
            assert found == due(first, start, budget)
        else:
            assert between(second, at, found) == pytest.approx(budget - spent, abs=1e-3)
    except NeverOpen:
        return


@many
@given(calendars(), INSTANTS, LATER, BUDGETS)
def test_a_hand_over_to_the_same_hours_changes_nothing(calendar, start, before, budget):
    relay = handed(calendar, calendar, start + before)
    try:
        assert due(relay, start, budget) == due(calendar, start, budget)
    except NeverOpen:
        with pytest.raises(NeverOpen):
            due(calendar, start, budget)


@many
@given(calendars(), calendars(), INSTANTS, LATER, BUDGETS)
def test_w_and_its_inverse_agree_across_a_hand_over(first, second, start, before, budget):
    relay = handed(first, second, start + before)
    wanted = target(relay, start, budget)
    try:
        at = instant_of(relay, wanted)
    except NeverOpen:
        return
    assert worked(relay, at) == pytest.approx(wanted, abs=1e-3)
    assert at.tzinfo is UTC


AMOUNT = st.none() | st.integers(0, 40)
UNIT = st.sampled_from([MINUTES, HOURS, DAYS])


@st.composite
def rungs(draw):
    def rung(percent):
        return Rung(draw(percent), draw(AMOUNT), draw(UNIT), draw(st.integers(0, 8)), draw(UNIT))

    return {
        Level.WARNING: Rung(draw(st.integers(1, 100)), draw(st.none() | st.integers(-8, -1)), draw(UNIT)),
        Level.LATE: Rung(100),
        Level.VERY_LATE: rung(st.integers(100, 400)),
        Level.CRITICAL: rung(st.integers(100, 400)),
    }


@many
@given(rungs(), st.integers(1, 200 * HOUR), st.sampled_from([4 * HOUR, 8 * HOUR, 24 * HOUR]))
def test_levels_of_any_ladder_come_in_order_and_late_is_the_limit(table, limit, day):
    found = thresholds(table, limit, day)
    assert list(found) == sorted(found)
    assert list(found.values()) == sorted(found.values())
    assert found[Level.LATE] == limit
    assert found[Level.WARNING] > 0


@many
@given(rungs())
def test_a_ladder_survives_its_row(table):
    assert from_json(as_json(table)) == table
