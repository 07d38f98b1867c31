"""What approved pauses, extensions, hand-overs and new calendars do to a running clock."""

from datetime import timedelta

import pytest

from gridgov.audit.models import AuditEvent
from gridgov.clock import actions, calendars
from gridgov.clock.actions import Refused
from gridgov.clock.levels import Level
from gridgov.clock.models import CalendarVersion, Escalation, Pause
from gridgov.clock.seed import OFFICE
from gridgov.clock.sweep import sweep
from tests.clock.conftest import HOUR, KIND
from tests.clock.test_worked_cases import local


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def pause(clock, office, *, now, at_most):
    return actions.pause(clock, at_most=at_most, reason="等材料", requested_by=office, by=office, now=now)


def test_time_stands_while_paused_and_runs_on_after(begin, office, now):
    clock = begin(now)
    pause(clock, office, now=now + hours(2), at_most=now + hours(50))
    resumed = actions.resume(clock, by=office, now=now + hours(5))
    assert resumed.due_at == now + hours(13)
    assert Pause.objects.get().end == now + hours(5)


def test_an_extension_during_a_pause_leaves_it_paused(begin, office, now):
    clock = begin(now)
    pause(clock, office, now=now + hours(2), at_most=now + hours(50))
    extended = actions.extend(clock, seconds=3 * HOUR, reason="面积大", by=office, now=now + hours(3))
    assert (extended.due_at, extended.next_at) == (None, now + hours(50))
    assert actions.resume(clock, by=office, now=now + hours(4)).due_at == now + hours(15)


def test_what_is_late_stays_late_when_it_is_paused_afterwards(begin, things, office, now):
    clock = begin(now)
    sweep(now=now + hours(10.1))
    pause(clock, office, now=now + hours(11), at_most=now + hours(20))
    actions.resume(clock, by=office, now=now + hours(12))
    clock.refresh_from_db()
    assert (clock.level, clock.due_at) == (Level.LATE, now + hours(10))
    assert clock.next_at == now + hours(16)  # 15 hours used: the pause does move what had not been reached


def test_an_extension_lowers_the_level_with_an_audit_row_and_fires_again_later(begin, things, office, now):
    clock = begin(now)
    sweep(now=now + hours(10.1))
    extended = actions.extend(clock, seconds=10 * HOUR, reason="面积大", by=office, now=now + hours(10.2))
    assert (extended.level, extended.due_at) == (Level.ON_TIME, now + hours(20))
    assert AuditEvent.objects.get(action="clock.extended").data["level"] == [Level.LATE, Level.ON_TIME]
    sweep(now=now + hours(20.1))
    fired = Escalation.objects.filter(level=Level.LATE).values_list("revision", flat=True)
    assert sorted(fired) == [1, 2]


def test_stopping_after_the_maximum_of_a_pause_ends_it_at_its_maximum(begin, office, now):
    clock = begin(now)
    pause(clock, office, now=now + hours(1), at_most=now + hours(3))
    actions.stop(KIND, clock.subject_id, outcome="done", now=now + hours(4))
    clock.refresh_from_db()
    assert Pause.objects.get().end == now + hours(3)
    assert clock.due_at == now + hours(12)


def test_stopping_while_paused_writes_down_the_due_time_that_counted(begin, office, now):
    clock = begin(now)
    pause(clock, office, now=now + hours(1), at_most=now + hours(30))
    actions.stop(KIND, clock.subject_id, outcome="done", now=now + hours(2))
    clock.refresh_from_db()
    assert clock.due_at == now + hours(11)


def test_a_hand_over_keeps_the_time_used(begin, office, now, django_assert_num_queries):
    clock = begin(now, unit_id=1)
    pause(clock, office, now=now + hours(1), at_most=now + hours(9))
    actions.resume(clock, by=office, now=now + hours(2))
    clock.refresh_from_db()
    due, level, revision = clock.due_at, clock.level, clock.revision
    actions.hand_over(clock, unit_id=2, by=office, now=now + hours(3))
    clock.refresh_from_db()
    assert (clock.unit_id, clock.due_at, clock.level, clock.revision) == (2, due, level, revision)
    row = clock.hand_overs.get()
    assert (row.from_unit_id, row.to_unit_id, row.at) == (1, 2, now + hours(3))


@pytest.mark.parametrize("step", ["pause", "resume", "extend", "hand_over"])
def test_a_stopped_clock_takes_no_step(begin, office, now, step):
    clock = begin(now)
    actions.stop(KIND, clock.subject_id, outcome="done", now=now)
    more = {
        "pause": {"at_most": now + hours(1), "reason": "x", "requested_by": office},
        "resume": {},
        "extend": {"seconds": 60, "reason": "x"},
        "hand_over": {"unit_id": 3},
    }[step]
    with pytest.raises(Refused):
        getattr(actions, step)(clock, by=office, now=now, **more)


def test_one_pause_at_a_time_and_never_without_end(begin, office, now):
    clock = begin(now)
    with pytest.raises(Refused):
        pause(clock, office, now=now, at_most=now)
    pause(clock, office, now=now, at_most=now + hours(1))
    with pytest.raises(Refused):
        pause(clock, office, now=now, at_most=now + hours(2))


# ── A new version of the calendar ───────────────────────────────────────────────────────────────────────


def next_version(exceptions, now) -> CalendarVersion:
    old = calendars.current(OFFICE)
    merged = old.exceptions | exceptions
    return CalendarVersion.objects.create(
        calendar=old.calendar,
        number=old.number + 1,
        weekly=old.weekly,
        exceptions=merged,
        years=old.years,
        created_at=now,
    )


def test_a_new_calendar_moves_what_still_runs(begin, things, office, now):
    start = local("2026-11-20 16:30")
    clock = begin(start, budget=4 * HOUR, calendar=OFFICE)
    assert clock.due_at == local("2026-11-23 10:30")
    version = next_version({"2026-11-23": {"segments": [], "label": "停电"}}, now)
    actions.replan([clock], calendar=version, by=office, now=start + hours(1))
    clock.refresh_from_db()
    assert (clock.due_at, clock.revision, clock.calendar_version) == (local("2026-11-24 10:30"), 2, version)
    assert things.moved == [clock.subject_id]
    assert AuditEvent.objects.filter(action="clock.replanned").count() == 1


def test_a_new_calendar_keeps_pauses_and_leaves_the_stopped_alone(begin, things, office, now):
    start = local("2026-11-16 09:00")
    stopped, paused = (begin(start, budget=4 * HOUR, calendar=OFFICE) for _ in range(2))
    actions.stop(KIND, stopped.subject_id, outcome="done", now=start + hours(1))
    pause(paused, office, now=start + hours(1), at_most=local("2026-11-18 09:00"))
    version = next_version({"2026-11-19": {"segments": []}}, now)
    actions.replan([stopped, paused], calendar=version, by=office, now=start + hours(2))
    stopped.refresh_from_db()
    paused.refresh_from_db()
    assert (stopped.revision, stopped.calendar_version.number) == (1, 1)
    assert (paused.due_at, paused.next_at) == (None, local("2026-11-18 09:00"))
    assert actions.resume(paused, by=office, now=local("2026-11-18 08:00")).due_at == local("2026-11-18 11:00")


def test_a_shorter_limit_that_is_over_already_fires_at_the_next_sweep(begin, things, office, now):
    clock = begin(now - hours(5))
    actions.replan([clock], budget=HOUR, by=office, now=now)
    clock.refresh_from_db()
    assert (clock.due_at, clock.level) == (now - hours(4), Level.ON_TIME)
    assert sweep(now=now) == 1
    assert things.told[0][2] >= Level.LATE


def test_replanning_takes_as_many_statements_for_three_as_for_one(begin, office, now, django_assert_num_queries):
    start = local("2026-11-20 16:30")
    clocks = [begin(start, calendar=OFFICE) for _ in range(3)]
    version = next_version({"2030-01-01": {"segments": []}}, now)
    with django_assert_num_queries(9):  # kinds, clocks, versions, pauses, extensions, audit, history, update
        actions.replan(clocks, calendar=version, by=office, now=start)
