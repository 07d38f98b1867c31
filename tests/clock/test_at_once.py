"""Of two who act at once one waits for the other, and may know an earlier now: nothing breaks and none is lost."""

import threading

import pytest
from django.db import connection, transaction

from gridgov.clock import actions, calendars
from gridgov.clock.actions import Refused
from gridgov.clock.arithmetic import Relay
from gridgov.clock.calendar_actions import change_calendar, create_calendar
from gridgov.clock.explain import explain
from gridgov.clock.ladder import STANDARD
from gridgov.clock.ladder_actions import create_ladder
from gridgov.clock.latecomers import catch_up
from gridgov.clock.levels import Level
from gridgov.clock.models import Clock, HandOver, Ladder, Pause, WorkCalendar
from gridgov.clock.proposals import Proposal
from gridgov.clock.seed import OFFICE, seed_calendars
from tests.clock.conftest import HOUR, KIND
from tests.clock.test_clock_actions import hours, pause
from tests.clock.test_worked_cases import local


def second_of_two(act):
    """What becomes of `act` on another connection, begun while this one has done the same and not committed yet."""
    answers: list = []

    def other():
        try:
            answers.append(act())
        except Exception as error:  # noqa: BLE001 - the test looks at it
            answers.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        act()
        waiting = threading.Thread(target=other)
        waiting.start()
        waiting.join(timeout=0.5)  # long enough to end, if nothing made it wait
        assert not answers
    waiting.join(timeout=30)
    return answers[0]


@pytest.mark.django_db(transaction=True)
def test_of_two_calendars_or_ladders_of_one_name_the_second_is_refused_in_words(transactional_db, now):
    seed_calendars(now=now)
    like, made = calendars.current(OFFICE), {"by": None, "now": now}
    assert isinstance(second_of_two(lambda: create_calendar(name="夜班", like=like, **made)), Refused)
    assert isinstance(second_of_two(lambda: create_ladder(name="夜间", rungs=STANDARD, **made)), Refused)
    assert (WorkCalendar.objects.filter(name="夜班").count(), Ladder.objects.filter(name="夜间").count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_calendars_of_different_names_both_are_made(transactional_db, now):
    seed_calendars(now=now)
    like, names = calendars.current(OFFICE), iter(("早班", "晚班"))
    second = second_of_two(lambda: create_calendar(name=next(names), like=like, by=None, now=now))
    assert second.calendar.name == "晚班"


@pytest.mark.parametrize("name", ["", "  ", " 街道办公时间", "街道办公时间　"])
def test_a_calendar_has_a_name_of_its_own(db, now, name):
    seed_calendars(now=now)
    with pytest.raises(Refused):
        create_calendar(name=name, like=calendars.current(OFFICE), by=None, now=now)


def test_hand_overs_in_one_second_and_in_the_wrong_order_lose_no_time(begin, office):
    start = local("2026-11-23 09:00")
    clock = begin(start, calendar=OFFICE, budget=8 * HOUR)
    for unit, calendar, after in ((2, calendars.always(), 2), (3, calendars.current(OFFICE), 2), (4, None, 1)):
        terms = actions.Terms(calendar=calendar) if calendar else None
        handed = actions.hand_over(clock, unit_id=unit, terms=terms, by=office, now=start + hours(after))
    assert list(HandOver.objects.order_by("seq").values_list("at", flat=True)) == [start + hours(2)] * 3
    assert isinstance(calendars.counting(handed), Relay)
    assert handed.due_at == local("2026-11-24 09:00")
    told = explain(handed, now=start + hours(3))
    assert sum(one.counted for one in told.stretches) == 8 * HOUR
    assert [one.used for one in told.hand_overs] == [2 * HOUR] * 3


def test_who_ends_a_pause_with_an_earlier_now_ends_it_where_it_began(begin, office, now):
    clock = begin(now)
    pause(clock, office, now=now + hours(2), at_most=now + hours(50))
    assert actions.resume(clock, by=office, now=now + hours(1)).due_at == now + hours(10)
    pause(clock, office, now=now + hours(3), at_most=now + hours(50))
    actions.stop(KIND, clock.subject_id, outcome="done", now=now + hours(2))
    assert [one.end == one.begin for one in Pause.objects.all()] == [True, True]


def test_what_ran_late_between_the_look_and_the_saving_keeps_its_limit(begin, things, office, now):
    late, on_time = begin(now), begin(now)
    Clock.objects.filter(pk=late.pk).update(level=Level.LATE)
    terms = {clock.pk: actions.Terms(budget=20 * HOUR) for clock in (late, on_time)}
    found = actions.replan_each(terms, by=office, now=now, below=Level.LATE)
    assert [clock.pk for clock in found] == [on_time.pk]
    late.refresh_from_db()
    assert (late.budget, late.level) == (10 * HOUR, Level.LATE)


@pytest.mark.parametrize("count", [1, 3])
def test_a_clock_begun_while_its_calendar_was_changed_is_brought_under_it(
    begin, things, office, now, count, django_assert_num_queries
):
    start = local("2026-11-20 16:30")
    seen = [begin(start, calendar=OFFICE, budget=4 * HOUR) for _n in range(count)]
    old = calendars.current(OFFICE)
    closed = Proposal.of(old).with_day(local("2026-11-23 00:00").date(), [], "停电")
    change_calendar(old.calendar, proposal=closed, by=office, now=start)
    with django_assert_num_queries(3):  # two for calendars, one for limits
        assert catch_up(start) == 0
    Clock.objects.filter(pk=seen[0].pk).update(calendar_version=old, due_at=seen[0].due_at)  # as who read it before
    assert (catch_up(start), catch_up(start)) == (1, 0)
    assert set(Clock.objects.values_list("due_at", flat=True)) == {local("2026-11-24 10:30")}
    assert set(Clock.objects.values_list("calendar_version__number", flat=True)) == {2}
