"""The main path end to end: reported, taken in, signed, resolved, verified, closed; and late on the way."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError

from gridgov.audit.models import AuditEvent
from gridgov.clock.levels import Level
from gridgov.clock.models import Clock
from gridgov.clock.sweep import sweep
from gridgov.impossible import Impossible
from gridgov.notices.models import Notice
from incidents import actions
from incidents.actions.report import Report
from incidents.models import Custody, Incident, Supervision
from incidents.workflow import Status
from tests import factories


def test_report_is_routed_at_once(incident, cast):
    assert incident.area == cast.areas["grid"]
    assert incident.holder == cast.units["spring"]
    assert (incident.responsible, incident.handling_unit) == (cast.units["enforcement"], None)
    assert incident.status == Status.REPORTED
    assert incident.number.startswith("990101-")
    stages = Clock.objects.of("incidents.incident", incident.pk).running().values_list("stage", flat=True)
    assert sorted(stages) == ["accept", "promise"]


def test_from_report_to_close(incident, cast, now, office, unit_staff, worker, lead, desk):
    enforcement = cast.units["enforcement"]
    moved = actions.move(incident, "take_in", by=desk, now=now, unit=enforcement)
    assert (moved.status, moved.holder) == (Status.DISPATCHED, cast.units["spring"])
    moved = actions.move(moved, "sign", by=unit_staff, now=now + timedelta(minutes=5))
    assert (moved.status, moved.holder) == (Status.IN_PROGRESS, enforcement)
    moved = actions.move(moved, "resolve", by=unit_staff, now=now + timedelta(minutes=50), words="已清理")
    assert (moved.status, moved.holder) == (Status.RESOLVED, cast.units["team"])
    moved = actions.move(moved, "verify", by=lead, now=now + timedelta(minutes=60))
    assert moved.holder == cast.units["spring"]
    moved = actions.move(moved, "close", by=desk, now=now + timedelta(minutes=61))
    assert moved.status == Status.CLOSED
    assert moved.ended_at == now + timedelta(minutes=61)
    chain = list(Custody.objects.filter(incident=moved).order_by("seq"))
    assert [c.unit for c in chain] == [cast.units["spring"], enforcement, cast.units["team"], cast.units["spring"]]
    assert all(a.until == b.since for a, b in pairwise(chain))
    assert chain[-1].until is None
    assert not Clock.objects.of("incidents.incident", moved.pk).running().exists()
    names = AuditEvent.objects.filter(subject_id=str(moved.pk)).order_by("id").values_list("action", flat=True)
    assert list(names) == [f"incidents.{n}" for n in ("report", "take_in", "sign", "resolve", "verify", "close")]
    assert Notice.objects.filter(user=unit_staff, code="incidents.moved").count() == 1


@pytest.mark.parametrize("name", ["take_in", "sign", "resolve", "close"])
def test_steps_out_of_order_or_without_right_change_nothing(incident, cast, now, part_time, name):
    with pytest.raises((Impossible, PermissionDenied)):
        actions.move(incident, name, by=part_time, now=now, unit=cast.units["enforcement"], words="x")
    assert Incident.objects.get(pk=incident.pk).status == Status.REPORTED


def test_nobody_verifies_what_they_fixed(incident, cast, now, desk, worker, lead):
    moved = actions.move(incident, "take_in", by=desk, now=now, unit=cast.units["team"])
    moved = actions.move(moved, "sign", by=worker, now=now)
    moved = actions.move(moved, "resolve", by=worker, now=now, words="搬走了")
    with pytest.raises(ValidationError) as refused:
        actions.move(moved, "verify", by=worker, now=now)
    assert refused.value.code == "same_person"
    assert actions.move(moved, "verify", by=lead, now=now).status == Status.VERIFIED


def test_late_incident_climbs_the_ladder_once(incident, now, desk, adviser, leader, office):
    for _round in range(3):
        sweep(now=now + timedelta(days=40))
    found = Incident.objects.get(pk=incident.pk)
    assert found.level == Level.CRITICAL
    assert sorted(Supervision.objects.values_list("stage", "level")) == [("accept", 4), ("promise", 4)]
    assert Notice.objects.filter(user=leader, code="incidents.escalated").count() == 1
    assert not Notice.objects.filter(user=adviser, code="incidents.escalated").exists()


def test_orange_tells_community_and_opens_supervision(incident, now, desk, adviser, leader, office):
    due = Clock.objects.get(subject_id=incident.pk, stage="accept").due_at
    sweep(now=due + timedelta(seconds=1))
    assert Incident.objects.get(pk=incident.pk).level == Level.LATE
    assert Notice.objects.filter(user=adviser, code="incidents.escalated").count() == 1
    assert not Notice.objects.filter(user=leader).exists()
    assert Supervision.objects.get().stage == "accept"


def test_level_after_a_lift_opens_a_new_supervision_and_leaves_the_lifted_one(incident, now, desk, office):
    due = Clock.objects.get(subject_id=incident.pk, stage="accept").due_at
    sweep(now=due + timedelta(seconds=1))
    first = Supervision.objects.get(stage="accept")
    actions.lift_supervision(first, words="已说明", by=office, now=due + timedelta(seconds=2))
    lifted = Supervision.objects.filter(pk=first.pk).values().get()
    for days in (20, 40):
        sweep(now=now + timedelta(days=days))
    assert Supervision.objects.filter(pk=first.pk).values().get() == lifted
    (again,) = Supervision.objects.filter(stage="accept").exclude(pk=first.pk)
    assert (again.level, again.number, again.lifted_at) == (Level.CRITICAL, 0, None)


def test_rework_is_a_new_cycle_and_keeps_the_old_clock(incident, cast, now, desk, unit_staff, lead):
    moved = actions.move(incident, "take_in", by=desk, now=now, unit=cast.units["enforcement"])
    moved = actions.move(moved, "sign", by=unit_staff, now=now)
    moved = actions.move(moved, "resolve", by=unit_staff, now=now, words="好了")
    moved = actions.move(moved, "rework", by=lead, now=now, words="还有一半")
    handling = Clock.objects.filter(subject_id=moved.pk, stage="handle").order_by("id")
    assert [c.cycle for c in handling] == [1, 2]
    assert handling[0].stopped_at is not None
    assert moved.holder == cast.units["enforcement"]


def test_return_needs_approval_and_goes_back_to_the_desk(incident, cast, now, desk, office, unit_staff):
    moved = actions.move(incident, "take_in", by=desk, now=now, unit=cast.units["enforcement"])
    moved = actions.move(moved, "sign", by=unit_staff, now=now)
    request = actions.ask(moved, "return", reason="不属本队职责", by=unit_staff, now=now)
    with pytest.raises(PermissionDenied):
        actions.answer(request, approve=True, by=unit_staff, now=now)
    actions.answer(request, approve=True, by=office, now=now)
    found = Incident.objects.get(pk=moved.pk)
    assert (found.status, found.holder) == (Status.FILED, cast.units["spring"])


def test_extension_moves_the_due_time(incident, cast, now, desk, office, unit_staff):
    moved = actions.move(incident, "take_in", by=desk, now=now, unit=cast.units["enforcement"])
    moved = actions.move(moved, "sign", by=unit_staff, now=now)
    request = actions.ask(moved, "extension", reason="等配件", seconds=8 * 3600, by=unit_staff, now=now)
    actions.answer(request, approve=True, by=office, now=now)
    assert Incident.objects.get(pk=moved.pk).due_at > moved.due_at


def test_suspension_stops_the_clock_and_ends_by_itself(incident, cast, now, desk, office, unit_staff):
    moved = actions.move(incident, "take_in", by=desk, now=now, unit=cast.units["enforcement"])
    moved = actions.move(moved, "sign", by=unit_staff, now=now)
    waited = timedelta(days=10)  # longer than any holiday: office hours pass in it, whatever day this runs
    seconds = int(waited.total_seconds())
    request = actions.ask(moved, "suspension", reason="等汛期过去", seconds=seconds, by=unit_staff, now=now)
    actions.answer(request, approve=True, by=office, now=now)
    assert Incident.objects.get(pk=moved.pk).due_at is None
    sweep(now=now + waited + timedelta(seconds=1))
    clock = Clock.objects.get(subject_id=moved.pk, stage="handle")
    assert clock.due_at > moved.due_at
    assert clock.level == Level.ON_TIME


def test_outside_goes_to_triage_and_can_be_placed(category, worker, desk, cast, now, office):
    found = actions.report(Report(category=category, point=Point(10, 10), description="海上"), by=worker, now=now)
    assert found.needs_triage
    assert found.area == cast.areas["street"]
    placed = actions.move(found, "place", by=office, now=now, area=cast.areas["grid"])
    assert (placed.area, placed.needs_triage, placed.holder) == (cast.areas["grid"], False, cast.units["spring"])


def test_search_finds_chinese_of_any_length(incident, category, office, now):
    from incidents.search import search

    for text in ("纸箱", "箱", "堆满纸箱", "3号楼", incident.number):
        assert list(search(Incident.objects.visible_to(office), text)) == [incident], text
    assert not search(Incident.objects.visible_to(office), "水管").exists()


def test_what_becomes_confidential_goes_to_the_desk_that_sees_it(incident, desk, office_unit, office, now):
    secret = factories.make_category("未成年人保护", is_confidential=True)
    moved = actions.move(incident, "recategorise", by=desk, now=now, category=secret)
    assert (moved.is_confidential, moved.holder) == (True, office_unit)
    assert [row.unit for row in moved.custody.order_by("seq")][-1] == office_unit
    assert not Incident.objects.visible_to(desk).exists()
    assert Incident.objects.visible_to(office).get() == moved


def test_confidential_is_for_the_street_desk_and_the_unit_that_holds_it(
    category, building, cast, now, worker, lead, desk, office, unit_staff, leader
):
    what = Report(category=category, building=building, description="当事人不愿公开", is_confidential=True)
    secret = actions.report(what, by=lead, now=now)
    assert secret.holder == cast.units["office"]

    def seen_by(*people):
        return [Incident.objects.visible_to(person).filter(pk=secret.pk).exists() for person in people]

    assert seen_by(office, lead, desk, worker, leader, unit_staff) == [True, True, False, False, False, False]
    moved = actions.move(secret, "take_in", by=office, now=now, unit=cast.units["enforcement"])
    assert seen_by(unit_staff, desk, worker) == [True, False, False]
    assert actions.move(moved, "sign", by=unit_staff, now=now).status == Status.IN_PROGRESS


def test_a_case_is_put_into_a_grid_of_its_own_street_only(category, worker, office, cast, now):
    """The form offers no other; neither may a number that was typed into it."""
    found = actions.report(Report(category, description="河边堆物", point=Point(10, 10)), by=worker, now=now)
    assert found.needs_triage
    with pytest.raises(ValidationError) as refused:
        actions.move(found, "place", by=office, now=now, area=cast.areas["other_grid"])
    assert "area" in refused.value.message_dict
