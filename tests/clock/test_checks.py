"""The hourly check finds each fault and is silent when all is well."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from gridgov.clock import actions, checks
from gridgov.clock.models import Clock, Escalation, Pause
from gridgov.clock.sweep import sweep
from gridgov.clock.tasks import check_clocks


def codes(now) -> list[str]:
    return [found.code for found in checks.check(now=now)]


@pytest.fixture
def late(begin, now):
    """A clock that is past its due time and was swept."""
    clock = begin(now - timedelta(hours=11))
    sweep(now=now)
    return clock


def test_nothing_is_found_where_all_is_well(late, begin, office, now):
    paused = begin(now)
    actions.pause(paused, at_most=now + timedelta(hours=1), reason="x", requested_by=office, by=office, now=now)
    assert codes(now) == []
    assert checks.last() == (now, [])


def test_a_sweep_that_stands_still_is_found_after_a_minute(begin, now):
    clock = begin(now - timedelta(hours=11))
    due = clock.next_at
    assert codes(due + timedelta(seconds=59)) == []
    assert codes(due + timedelta(seconds=61)) == ["late_sweep"]
    assert checks.last()[1][0].ids == (str(clock.pk),)


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        ({"attempts": 3, "error": "x"}, ["poison"]),
        ({"subject_kind": "tests.unknown"}, ["no_handler"]),
        ({"due_at": None}, ["never_due"]),
        ({"level": 3}, ["level_unfired"]),
    ],
)
def test_each_fault_of_a_row_is_found(late, now, broken, expected):
    Clock.objects.filter(pk=late.pk).update(**broken)
    assert codes(now) == expected


def test_a_level_without_its_escalation_is_found(late, now):
    Escalation.objects.filter(clock=late, level=1).delete()
    assert codes(now) == ["level_skipped"]


def test_a_pause_must_leave_nothing_due(begin, office, now):
    clock = begin(now)
    actions.pause(clock, at_most=now + timedelta(hours=1), reason="x", requested_by=office, by=office, now=now)
    Clock.objects.update(due_at=now)
    assert codes(now) == ["paused_but_due"]


def test_an_app_adds_its_own_question(begin, now, monkeypatch):
    monkeypatch.setattr(checks, "_checks", [])
    checks.register(lambda at: checks.finding("made_up", Clock.objects.all()))
    begin(now)
    assert codes(now) == ["made_up"]


def test_the_task_counts_what_it_found(begin, now):
    begin(now - timedelta(days=1))
    assert check_clocks() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"begin": -1},  # before it was approved
        {"at_most": 0},  # without a maximum ahead
        {"end": 51},  # beyond its maximum
        {"end": -1},  # before it began
    ],
)
def test_the_database_itself_refuses_such_a_pause(begin, office, now, wrong):
    times = {"approved_at": 0, "begin": 0, "at_most": 50} | wrong
    facts = {name: now + timedelta(hours=hour) for name, hour in times.items()}
    who = {"requested_by": office, "approved_by": office}
    with pytest.raises(IntegrityError), transaction.atomic():
        Pause.objects.create(clock=begin(now), seq=1, reason="x", **who, **facts)


def test_what_is_due_is_found_by_the_index_of_what_runs(begin, now):
    begin(now)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        assert "clock_next" in Clock.objects.due_for_sweep(now).explain()
