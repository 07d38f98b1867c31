"""Editing a ladder: what runs climbs by it where the office says so, and what was reached stays reached."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from gridgov.clock.actions import Refused, pause, resume
from gridgov.clock.ladder import STANDARD, Rung
from gridgov.clock.ladders import current
from gridgov.clock.levels import Level
from gridgov.clock.models import Clock, Escalation
from gridgov.clock.sweep import sweep
from incidents.actions.ladders import change_ladder
from incidents.audience import audiences
from incidents.what_if import ladder_impact
from incidents.workflow import Stage


def accept(incident) -> Clock:
    return Clock.objects.running().get(subject_id=incident.pk, stage=Stage.ACCEPT)


def fired(clock) -> list[int]:
    return list(Escalation.objects.filter(clock=clock).order_by("fired_at", "level").values_list("level", flat=True))


def change(rungs, *, by, now, running=True, base=None):
    version = current()
    audience = audiences([version.pk])[version.pk]
    number = version.number if base is None else base
    return change_ladder(version.ladder, rungs=rungs, audience=audience, base=number, running=running, by=by, now=now)


EARLY = {**STANDARD, Level.WARNING: Rung(10)}
PATIENT = {**STANDARD, Level.WARNING: Rung(95), Level.VERY_LATE: Rung(400), Level.CRITICAL: Rung(900)}


def test_new_thresholds_arm_the_levels_ahead_of_what_runs(incident, office_admin, now):
    clock = accept(incident)
    assert clock.next_level == Level.WARNING
    found = ladder_impact(current().ladder, EARLY, now=now)
    mine = next(one for one in found.shown if one.clock.pk == clock.pk)
    assert (mine.incident, mine.level, mine.before, mine.at_once) == (incident, Level.WARNING, clock.next_at, None)
    version, count = change(EARLY, by=office_admin, now=now)
    after = accept(incident)
    assert (count, after.ladder_version) == (found.climbing, version)
    assert after.next_at == mine.after < clock.next_at
    assert after.due_at == clock.due_at


def test_without_saying_so_what_runs_keeps_its_ladder(incident, office_admin, now):
    before = accept(incident)
    version, count = change(EARLY, by=office_admin, now=now, running=False)
    assert (count, version.number) == (0, before.ladder_version.number + 1)
    assert (accept(incident).ladder_version, accept(incident).next_at) == (before.ladder_version, before.next_at)


def test_what_was_reached_stays_reached_and_is_told_once(incident, office_admin, now):
    late = accept(incident).due_at + timedelta(minutes=1)
    sweep(now=late)
    assert accept(incident).level == Level.LATE
    change(PATIENT, by=office_admin, now=late)
    clock = accept(incident)
    assert (clock.level, clock.next_level) == (Level.LATE, Level.VERY_LATE)
    sweep(now=late + timedelta(minutes=1))
    assert fired(clock) == [Level.WARNING, Level.LATE]


def test_a_level_that_the_new_ladder_puts_off_does_not_fall_nor_fire_again(incident, office_admin, office, now):
    soon = accept(incident).next_at
    sweep(now=soon)
    assert accept(incident).level == Level.WARNING
    change(PATIENT, by=office_admin, now=soon)
    clock = accept(incident)
    assert (clock.level, clock.next_level, clock.next_at) == (Level.WARNING, Level.LATE, clock.due_at)
    pause(clock, at_most=soon + timedelta(hours=30), reason="等料", requested_by=office, by=office, now=soon)
    resume(clock, by=office, now=soon + timedelta(minutes=5))
    assert accept(incident).level == Level.WARNING
    incident.refresh_from_db()
    assert incident.level == Level.WARNING
    sweep(now=accept(incident).due_at)
    assert fired(clock) == [Level.WARNING, Level.LATE]


def test_a_threshold_that_has_passed_is_reached_at_once_and_nobody_swept_late(incident, office_admin, now):
    later = accept(incident).next_at - timedelta(minutes=1)
    found = ladder_impact(current().ladder, EARLY, now=later)
    assert [one.at_once for one in found.shown if one.clock.pk == accept(incident).pk] == [Level.WARNING]
    change(EARLY, by=office_admin, now=later)
    sweep(now=later + timedelta(seconds=2))
    row = Escalation.objects.get(clock=accept(incident))
    assert (row.level, row.planned_at, row.late_by) == (Level.WARNING, later, timedelta(seconds=2))


def test_a_preview_saves_nothing(incident, now):
    before = accept(incident)
    ladder_impact(current().ladder, EARLY, now=now)
    again = ladder_impact(current().ladder, PATIENT, now=now)
    assert next(one for one in again.shown if one.clock.pk == before.pk).before == before.next_at
    assert (current().number, accept(incident).next_at, accept(incident).revision) == (1, before.next_at, 1)


def test_of_two_who_save_the_second_is_refused_and_workers_save_nothing(incident, office_admin, worker, now):
    change(EARLY, by=office_admin, now=now)
    with pytest.raises(Refused):
        change(PATIENT, by=office_admin, now=now, base=1)
    with pytest.raises(PermissionDenied):
        change(PATIENT, by=worker, now=now)
    for percent in (50, 0):
        too_early = {**STANDARD, Level.CRITICAL: replace(STANDARD[Level.CRITICAL], percent=percent)}
        with pytest.raises(Refused):
            change(too_early, by=office_admin, now=now)


def typed(client, **more) -> dict:
    form = client.get(reverse("limits:ladder", args=["standard"])).context["form"]
    data = {name: field.initial for name, field in form.fields.items() if field.initial not in (None, [], False)}
    return {**data, "returned": 3, "base": current().number, **more}


def test_the_editor_shows_what_moves_before_it_saves(incident, sign_in, office_admin, now):
    client, url = sign_in(office_admin), reverse("limits:ladder", args=["standard"])
    data = typed(client, **{f"{int(Level.WARNING)}_percent": 10})
    page = client.post(url, data, headers={"HX-Request": "true"})
    assert incident.short_number in page.content.decode()
    assert current().number == 1
    assert client.post(url, data | {"save": "1"}).status_code == 302
    assert accept(incident).ladder_version.number == 2
    for nonsense in ("x", "²", "9" * 30):
        refused = client.post(url, data | {"save": "1", "base": nonsense})
        assert refused.context["form"].non_field_errors()
        assert client.get(url, {"like": nonsense}).status_code in (200, 404)
    restored = client.get(url, {"like": "1"})
    assert [one.incident for one in restored.context["impact"].shown if one.clock.stage == Stage.ACCEPT] == [incident]
    client.post(url, typed(client) | {"save": "1", "running": "stay"})
    assert (current().number, accept(incident).ladder_version.number) == (3, 2)
