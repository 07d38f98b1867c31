"""The workflow as a truth table: from every status every step, and who of the cast may take it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from gridgov.impossible import Impossible
from grids.permissions import Perm
from incidents import actions
from incidents.models import Custody, Incident
from incidents.permissions import leading, own_until, steps_open
from incidents.workflow import ENDED, MOVES, OPEN, STAGE_OF, Status, possible

S = Status
# status → the steps that lead on, in the order of the buttons (docs/domain.md §1.4)
POSSIBLE = {
    S.UNCONFIRMED: "confirm place recategorise urge raise instruct reject withdraw",
    S.REPORTED: "take_in accept place recategorise self_resolve urge raise instruct reject withdraw",
    S.ACCEPTED: "take_in file place recategorise self_resolve urge raise instruct reject",
    S.FILED: "take_in dispatch place recategorise self_resolve urge raise instruct",
    S.DISPATCHED: "redispatch sign urge raise instruct",
    S.IN_PROGRESS: "note pass_on resolve urge raise instruct",
    S.RESOLVED: "verify verify_and_close rework urge raise instruct",
    S.VERIFIED: "rework close urge raise instruct",
    S.CLOSED: "reopen",
    S.SELF_RESOLVED: "reopen",
    S.REJECTED: "reopen",
    S.VOID: "reopen",
}
# a report at the worker's grid, new: who is offered what
OFFERED = {
    "worker": "self_resolve urge raise withdraw",
    "lead": "self_resolve urge raise",
    "neighbour": "",
    "part_time": "",
    "adviser": "urge raise",
    "desk": "take_in place recategorise urge raise reject",
    "autumn_desk": "",
    "office": "take_in self_resolve place recategorise urge raise reject",
    "leader": "urge instruct",
    "officer": "take_in place recategorise urge raise reject",
    "unit_staff": "",
    "office_admin": "",
    "security_admin": "",
    "other_office": "",
    "outsider": "",
}


@pytest.mark.parametrize("status", list(Status))
def test_table_says_which_steps_lead_on(status):
    assert " ".join(possible(status)) == POSSIBLE[status]


def test_every_open_status_has_a_stage_with_a_clock_and_a_way_on():
    assert set(STAGE_OF) == set(OPEN)
    assert set(Status) == ENDED | OPEN
    for status in OPEN:
        assert any(move.to not in (None, status) for move in possible(status).values()), status


def test_every_status_can_be_reached_from_a_report():
    reached, found = {S.REPORTED, S.UNCONFIRMED, S.VOID}, True  # voiding is approved, not a step
    while found:
        found = {m.to for s in reached for m in possible(s).values() if m.to} - reached
        reached |= found
    assert reached == set(Status)


def test_every_right_of_a_step_exists():
    assert {perm for move in MOVES.values() for perm in move.needs} <= set(Perm)


@pytest.mark.parametrize("who", OFFERED)
def test_who_is_offered_what_on_a_new_report(incident, cast, who, now):
    assert " ".join(steps_open(cast.people[who], incident, now=now)) == OFFERED[who]


def test_only_the_unit_signs_and_gives_back_what_it_was_sent(incident, cast, now, desk, office, unit_staff):
    sent = actions.move(incident, "take_in", by=desk, now=now, unit=cast.units["enforcement"])
    for who in (desk, office):
        assert "sign" not in steps_open(who, sent, now=now)
        with pytest.raises(PermissionDenied):
            actions.move(sent, "sign", by=who, now=now)
        with pytest.raises(PermissionDenied):
            actions.ask(sent, "return", reason="不归我们管", by=who, now=now)
    assert "sign" in steps_open(unit_staff, sent, now=now)
    assert actions.ask(sent, "return", reason="不归我们管", by=unit_staff, now=now).asked_by == unit_staff


def test_a_report_is_taken_back_within_half_an_hour_and_offered_no_longer(incident, worker, now, sign_in):
    for minutes, offered in ((30, True), (31, False)):
        at = now + timedelta(minutes=minutes)
        assert ("withdraw" in steps_open(worker, incident, now=at)) is offered
    with pytest.raises(ValidationError):
        actions.move(incident, "withdraw", by=worker, now=now + timedelta(minutes=31))
    page = sign_in(worker).get(reverse("incidents:field_case", args=[incident.pk]))
    assert page.context["take_back_until"] == own_until(incident)


def test_whoever_does_all_three_gets_one_form(incident, desk, now):
    assert leading(steps_open(desk, incident, now=now)) == "take_in"


@pytest.mark.parametrize("name", sorted(MOVES))
@pytest.mark.parametrize("who", ["outsider", "neighbour", "autumn_desk", "other_office"])
def test_nobody_from_elsewhere_takes_any_step(incident, cast, now, who, name):
    facts = {"unit": cast.units["enforcement"], "area": cast.areas["grid"], "category": incident.category}
    with pytest.raises((PermissionDenied, Impossible)):
        actions.move(incident, name, by=cast.people[who], now=now, words="试", **facts)
    assert Incident.objects.get(pk=incident.pk).status == Status.REPORTED
    assert Custody.objects.filter(incident=incident).count() == 1


def test_words_are_asked_for_where_they_matter(incident, desk, now):
    with pytest.raises(ValidationError) as refused:
        actions.move(incident, "reject", by=desk, now=now)
    assert "words" in refused.value.error_dict


def test_dispatch_to_a_unit_of_another_street_is_refused(incident, desk, cast, now):
    with pytest.raises(ValidationError) as refused:
        actions.move(incident, "take_in", by=desk, now=now, unit=cast.units["other_office"])
    assert "unit" in refused.value.error_dict
    assert Incident.objects.get(pk=incident.pk).handling_unit is None


def test_take_back_is_the_reporters_and_ends_after_half_an_hour(incident, worker, lead, now):
    from datetime import timedelta

    with pytest.raises(PermissionDenied):
        actions.move(incident, "withdraw", by=lead, now=now)
    with pytest.raises(Impossible):
        actions.move(incident, "withdraw", by=worker, now=now + timedelta(minutes=31))
    assert actions.move(incident, "withdraw", by=worker, now=now + timedelta(minutes=29)).status == Status.VOID


def test_another_category_is_another_one(incident, desk, now):
    with pytest.raises(ValidationError) as refused:
        actions.move(incident, "recategorise", by=desk, now=now, category=incident.category)
    assert "category" in refused.value.error_dict
