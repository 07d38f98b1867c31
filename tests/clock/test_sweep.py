"""Firing: once, in order, whatever fails and whoever else is at it (docs/clock.md, "Firing")."""

import gc
import threading
from datetime import timedelta

import pytest
from django.db import connection, connections

from gridgov.audit.models import AuditEvent
from gridgov.clock import sweep as module
from gridgov.clock.levels import Level
from gridgov.clock.models import Clock, Escalation, Pause
from gridgov.clock.sweep import sweep
from tests.clock.conftest import KIND

LEVELS = [Level.WARNING, Level.LATE, Level.VERY_LATE, Level.CRITICAL]


def test_each_level_fires_at_its_own_time(begin, things, now):
    clock = begin(now)
    for hours, level in ((7.6, Level.WARNING), (10.1, Level.LATE), (15.1, Level.VERY_LATE), (40, Level.CRITICAL)):
        sweep(now=now + timedelta(hours=hours))
        clock.refresh_from_db()
        assert clock.level == level
    assert [levels for _thing, levels, _highest in things.told] == [[level] for level in LEVELS]
    assert (clock.next_level, clock.next_at) == (None, None)
    assert AuditEvent.objects.filter(action="clock.escalated").count() == 4


def test_after_an_outage_all_levels_are_recorded_in_order_and_one_notice_is_told(begin, things, now):
    clock = begin(now - timedelta(days=30))
    assert sweep(now=now) == 1
    rows = list(clock.escalations.order_by("level"))
    assert [row.level for row in rows] == LEVELS
    assert [row.planned_at for row in rows] == sorted(row.planned_at for row in rows)
    assert all(row.fired_at == now and row.late_by == now - row.planned_at for row in rows)
    assert things.told == [(clock.subject_id, LEVELS, Level.CRITICAL)]


def test_a_second_sweep_of_the_same_instant_does_nothing(begin, things, now):
    begin(now - timedelta(hours=11))
    assert [sweep(now=now), sweep(now=now), sweep(now=now)] == [1, 0, 0]
    assert len(things.told) == 1


def test_a_poison_row_waits_with_its_error_and_the_others_go_on(begin, things, now):
    good, bad, other = (begin(now - timedelta(hours=11)) for _ in range(3))
    things.poison.add(bad.subject_id)
    assert sweep(now=now) == 3
    bad.refresh_from_db()
    assert (bad.attempts, bad.level, bad.next_at) == (1, Level.ON_TIME, now + timedelta(seconds=20))
    assert "cannot be escalated" in bad.error
    assert {thing for thing, *_rest in things.told} == {good.subject_id, other.subject_id}
    things.poison.clear()
    assert sweep(now=now + timedelta(seconds=10)) == 0
    assert sweep(now=now + timedelta(seconds=21)) == 1
    bad.refresh_from_db()
    assert (bad.attempts, bad.error, bad.level) == (0, "", Level.LATE)


def test_one_poison_row_in_a_large_batch_costs_a_few_savepoints(begin, things, now, monkeypatch):
    clocks = [begin(now - timedelta(hours=11)) for _ in range(40)]
    things.poison |= {clocks[7].subject_id, clocks[31].subject_id}
    tries, fire = [], module._fire
    monkeypatch.setattr(module, "_fire", lambda some, at: (tries.append(len(some)), fire(some, at))[1])
    assert sweep(now=now) == 40
    assert len(things.told) == 38
    assert set(Clock.objects.filter(attempts=1).values_list("pk", flat=True)) == {clocks[7].pk, clocks[31].pk}
    assert tries[0] == 40
    assert len(tries) < 25  # halves of halves, not forty rows


def test_a_batch_leaves_the_planner_and_the_collector_as_they_were(begin, things, now):
    begin(now - timedelta(hours=11))
    seen = []
    things.escalated = lambda fired, now: seen.append(setting("enable_bitmapscan"))
    sweep(now=now)
    assert seen == ["on"]
    assert gc.isenabled()


def setting(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        return cursor.fetchone()[0]


def test_a_poison_row_is_tried_less_and_less_often_but_never_dropped(begin, things, now):
    bad = begin(now - timedelta(hours=11))
    things.poison.add(bad.subject_id)
    at, waits = now, []
    for _ in range(12):
        sweep(now=at)
        bad.refresh_from_db()
        waits.append((bad.next_at - at).total_seconds())
        at = bad.next_at
    assert waits == sorted(waits)
    assert waits[-1] == 3600
    assert bad.attempts == 12


def test_a_clock_nobody_answers_for_is_poison(begin, now):
    clock = begin(now - timedelta(hours=11))
    Clock.objects.update(subject_kind="tests.unknown")
    sweep(now=now)
    clock.refresh_from_db()
    assert "No clock handler" in clock.error


def test_a_subject_somebody_works_on_is_left_to_the_next_sweep(begin, things, now):
    free, busy = begin(now - timedelta(hours=11)), begin(now - timedelta(hours=11))
    things.busy.add(busy.subject_id)
    assert sweep(now=now) == 1
    assert [thing for thing, *_rest in things.told] == [free.subject_id]
    things.busy.clear()
    assert sweep(now=now) == 1


def test_many_more_than_a_batch_are_dealt_with_in_one_sweep(begin, things, now, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 3)
    for _ in range(8):
        begin(now - timedelta(hours=11))
    assert sweep(now=now) == 8
    assert Escalation.objects.count() == 16


def test_the_clock_of_an_ended_subject_is_stopped_not_fired(begin, things, now):
    clock = begin(now - timedelta(hours=11))
    things.ended.add(clock.subject_id)
    sweep(now=now)
    clock.refresh_from_db()
    assert (clock.outcome, clock.stopped_at, clock.next_at) == ("orphan", now, None)
    assert things.told == []


def test_a_sweep_costs_the_same_for_one_clock_and_for_three(begin, now, django_assert_num_queries):
    begin(now - timedelta(hours=11))
    with django_assert_num_queries(9):  # claim, the planner's leave, escalations, clocks, audit; four of transactions
        sweep(now=now)
    for _ in range(3):
        begin(now - timedelta(hours=11))
    with django_assert_num_queries(9):
        sweep(now=now)


# ── Two sweeps at once, over connections of their own ───────────────────────────────────────────────────


def together(*acts) -> list:
    """Run each in a thread of its own, all starting at once; what they answer, in order."""
    gate, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index, act):
        try:
            gate.wait()
            answers[index] = act()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            answers[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_fire_each_level_once(transactional_db, begin, things, now, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 5)
    clocks = [begin(now - timedelta(hours=11)) for _ in range(40)]
    counts = together(lambda: sweep(now=now), lambda: sweep(now=now))
    assert sum(counts) + sweep(now=now) == 40
    assert sorted(thing for thing, *_rest in things.told) == sorted(clock.subject_id for clock in clocks)
    assert Escalation.objects.count() == 80
    assert not Clock.objects.filter(attempts__gt=0).exists()


@pytest.mark.django_db(transaction=True)
def test_a_claimed_row_is_passed_over_not_waited_for(transactional_db, begin, things, now):
    clock = begin(now - timedelta(hours=11))
    held, looked = threading.Event(), threading.Event()

    def hold():
        from django.db import transaction

        with transaction.atomic():
            Clock.objects.select_for_update().get(pk=clock.pk)
            held.set()
            looked.wait(30)

    def look():
        held.wait(30)
        try:
            return sweep(now=now)
        finally:
            looked.set()

    assert together(hold, look) == [None, 0]
    assert sweep(now=now) == 1


@pytest.mark.django_db(transaction=True)
def test_the_sweep_goes_by_the_clock_of_the_database(transactional_db, begin, things, now):
    begin(now - timedelta(hours=11))
    begin(now + timedelta(hours=1))
    assert sweep() == 1
    assert Clock.objects.get(level=Level.LATE).subject_kind == KIND


def test_a_pause_ends_by_itself_at_its_maximum(begin, things, now, office):
    from gridgov.clock import actions

    start = now - timedelta(hours=2)
    clock = begin(start)
    paused = actions.pause(
        clock, at_most=now + timedelta(hours=5), reason="等待材料", requested_by=office, by=office, now=now
    )
    assert (paused.due_at, paused.next_at) == (None, now + timedelta(hours=5))
    assert sweep(now=now + timedelta(hours=4)) == 0
    assert sweep(now=now + timedelta(hours=5, minutes=1)) == 1
    clock.refresh_from_db()
    assert Pause.objects.get().end == now + timedelta(hours=5)
    assert clock.due_at == start + timedelta(hours=15)
    assert things.moved == [clock.subject_id]
    assert things.told == []


def test_the_idle_sweep_is_one_question(begin, now, django_assert_num_queries):
    begin(now)
    with django_assert_num_queries(3):  # and the transaction's two words
        assert sweep(now=now) == 0
