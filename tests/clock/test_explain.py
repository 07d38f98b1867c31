"""An explanation leaves no second out and adds up (docs/clock.md, "Explaining")."""

from datetime import timedelta
from itertools import pairwise

import pytest

from gridgov.clock import actions, calendars
from gridgov.clock.explain import MOST_LINES, explain
from gridgov.clock.levels import Level
from gridgov.clock.seed import OFFICE
from gridgov.clock.sweep import sweep
from tests.clock.conftest import HOUR
from tests.clock.test_worked_cases import DAY, local

NIGHT, BREAK, WEEKEND, HOLIDAY, PAUSE = "night", "break", "weekend", "holiday", "pause"
TWO_HALVES = [("", 4 * HOUR), (BREAK, 0), ("", 4 * HOUR)]


def whole(found, clock):
    """No gap, no overlap, and the sum is the limit."""
    lines = found.stretches
    assert (lines[0].begin, lines[-1].end) == (clock.started_at, found.latest)
    assert all(one.end == other.begin for one, other in pairwise(lines))
    assert sum(line.counted for line in lines) == pytest.approx(found.budget + found.extra)
    assert lines[-1].total == pytest.approx(found.budget + found.extra)
    return [(line.reason, line.counted) for line in lines]


@pytest.mark.parametrize(
    ("start", "budget", "due", "expected"),
    [
        ("2026-11-20 16:30", 4 * HOUR, "2026-11-23 10:30", [("", 5400), (WEEKEND, 0), ("", 9000)]),
        ("2026-11-20 17:50", 2 * HOUR, "2026-11-23 09:50", [("", 600), (WEEKEND, 0), ("", 6600)]),
        (
            "2026-11-21 10:00",
            DAY,
            "2026-11-23 18:00",
            [(WEEKEND, 0), ("", 4 * HOUR), (BREAK, 0), ("", 4 * HOUR)],
        ),
        ("2026-11-23 12:30", HOUR, "2026-11-23 15:00", [(BREAK, 0), ("", HOUR)]),
        (
            "2026-09-30 17:00",
            2 * DAY,
            "2026-10-09 17:00",
            [("", HOUR), (HOLIDAY, 0), *TWO_HALVES, (NIGHT, 0), ("", 4 * HOUR), (BREAK, 0), ("", 3 * HOUR)],
        ),
        (
            "2026-02-13 17:00",
            DAY,
            "2026-02-14 17:00",
            [("", HOUR), (NIGHT, 0), ("make_up", 4 * HOUR), (BREAK, 0), ("make_up", 3 * HOUR)],
        ),
    ],
)
def test_worked_cases_of_the_facts_are_explained(begin, start, budget, due, expected):
    clock = begin(local(start), budget=budget, calendar=OFFICE)
    found = explain(clock, now=local(start))
    assert found.due_at == local(due)
    assert whole(found, clock) == expected


def test_holidays_are_named_and_counted_in_days(begin):
    clock = begin(local("2026-09-30 17:00"), budget=2 * DAY, calendar=OFFICE)
    holiday = explain(clock, now=local("2026-10-01 00:00")).stretches[1]
    assert (holiday.label, holiday.days) == ("放假", 7)


def test_a_pause_is_cut_out_and_an_extension_added(begin, office):
    start = local("2026-11-23 08:00")
    clock = begin(start, budget=4 * HOUR, calendar=OFFICE)
    at_most = local("2026-11-30 08:00")
    actions.pause(
        clock, at_most=at_most, reason="等材料", requested_by=office, by=office, now=start + timedelta(hours=1)
    )
    open_still = explain(_fresh(clock), now=start + timedelta(hours=2))
    assert (open_still.due_at, open_still.latest, open_still.used) == (None, local("2026-11-30 11:00"), HOUR)
    whole(open_still, clock)
    actions.resume(clock, by=office, now=local("2026-11-24 09:00"))
    actions.extend(clock, seconds=HOUR, reason="面积大", by=office, now=local("2026-11-24 09:10"))
    found = explain(_fresh(clock), now=local("2026-11-24 10:00"))
    assert whole(found, clock) == [("", HOUR), (PAUSE, 0), ("", 3 * HOUR), (BREAK, 0), ("", HOUR)]
    assert (found.budget, found.extra, found.used) == (4 * HOUR, HOUR, 2 * HOUR)
    assert [(p.seconds, p.reason) for p in found.pauses] == [(8 * HOUR, "等材料")]


def _fresh(clock):
    return type(clock).objects.select_related("calendar_version__calendar").get(pk=clock.pk)


def test_hand_overs_say_how_much_was_used(begin, office):
    start = local("2026-11-23 08:00")
    clock = begin(start, budget=DAY, calendar=OFFICE, unit_id=1)
    actions.hand_over(clock, unit_id=2, by=office, now=local("2026-11-23 14:30"))
    hand_over = explain(_fresh(clock), now=start).hand_overs[0]
    assert (hand_over.from_unit_id, hand_over.to_unit_id, hand_over.used) == (1, 2, 4.5 * HOUR)


def test_the_ladder_tells_planned_and_fired(begin, things):
    start = local("2026-11-23 08:00")
    clock = begin(start, budget=DAY, calendar=OFFICE)
    sweep(now=local("2026-11-23 18:00") + timedelta(seconds=3))
    found = explain(_fresh(clock), now=start)
    assert [step.level for step in found.levels] == [Level.WARNING, Level.LATE, Level.VERY_LATE, Level.CRITICAL]
    late = found.levels[1]
    assert (late.seconds, late.at, late.reached) == (DAY, local("2026-11-23 18:00"), True)
    assert late.late_by == timedelta(seconds=3)
    assert (found.levels[2].reached, found.levels[2].fired_at) == (False, None)


def test_a_long_deadline_is_folded_and_still_adds_up(begin):
    clock = begin(local("2026-01-05 09:00"), budget=90 * DAY, calendar=OFFICE)
    found = explain(clock, now=clock.started_at)
    whole(found, clock)
    assert len(found.stretches) == MOST_LINES
    assert sum(line.reason == "folded" for line in found.stretches) == 1


def test_natural_time_is_one_line(begin):
    clock = begin(local("2026-11-20 23:00"), budget=2 * HOUR, calendar=calendars.NATURAL)
    found = explain(clock, now=clock.started_at)
    assert found.natural
    assert whole(found, clock) == [("", 2 * HOUR)]


def test_a_year_without_arrangement_on_the_way_is_named(begin, office):
    start = local("2026-12-31 17:00")
    clock = begin(start, budget=DAY, calendar=OFFICE)
    assert explain(clock, now=start).unknown == (2027,)
    assert explain(begin(start, budget=HOUR, calendar=OFFICE), now=start).unknown == ()
    assert explain(begin(start, budget=DAY), now=start).unknown == ()  # natural time needs none
    terms = actions.Terms(calendar=calendars.always())
    actions.hand_over(clock, unit_id=2, terms=terms, by=office, now=local("2027-01-01 10:00"))
    clock.refresh_from_db()
    assert explain(clock, now=start).unknown == (2027,)
