"""The pages of plans: list, one plan through all its steps, the past, the limits."""

from datetime import timedelta

import pytest
import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from grids.actions import plans
from grids.actions.plans.limits import LIMITS
from grids.division.document import shapes_of
from grids.division.shapes import many
from grids.models import AreaLineage, BoundaryPlan, DivisionLimits
from tests.grids.divided import CELL, cell, divide, set_polygon, whole


@pytest.fixture
def ground(cast):
    return divide(cast)


def _plan(ground, now, name="春风重划"):
    """One in which the first grid joins the second."""
    by = ground.people["office_admin"]
    plan = plans.create_plan(ground.areas["spring"], kind="grid", name=name, by=by, now=now)
    shapes = {shape.area_id: shape for shape in shapes_of(plan)}
    first, second = ground.grids[0].pk, ground.grids[1].pk
    shapes[second] = shapes[second].but(geometry=many(shapely.coverage_union_all([cell(0), cell(1)])))
    del shapes[first]
    return plans.save_draft(plan, list(shapes.values()), [], revision=1, by=by, now=now)


def _post(client, plan, step, **said):
    return client.post(f"/areas/plans/{plan.pk}/{step}/", said, follow=True).content.decode()


def test_a_plan_goes_all_its_way_by_pages(ground, sign_in, office_admin, leader, lead, now):
    office, chief = sign_in(office_admin, lang="en"), sign_in(leader, lang="en")
    plan = _plan(ground, now)
    seen = office.get(f"/areas/plans/{plan.pk}/").content.decode()
    assert "What moves" in seen
    assert "Submit for approval" in seen
    today = timezone.localdate(now) + timedelta(days=1)
    assert "Submitted" in _post(office, plan, "submit", effective_on=today, words="两格合并")
    assert "does not approve it" not in _post(chief, plan, "approve", words="同意")
    row = plan.hand_overs.get(user=lead)
    mine = sign_in(lead, lang="en")
    assert "Confirm the hand-over" in mine.get(f"/areas/plans/{plan.pk}/").content.decode()
    assert "Thank you" in _post(mine, plan, f"confirm/{row.pk}", words="钥匙")
    held = _post(office, plan, "take-effect")
    assert "applies from now on" in held
    assert f'<span class="nowrap">{timezone.localdate(now)}</span>' in held  # not the day it was meant for
    assert "Published" in _post(office, plan, "publish")
    assert AreaLineage.objects.filter(old=ground.grids[0], new=ground.grids[1]).exists()
    past = office.get(f"/areas/plans/{plan.pk}/compare/").content.decode()
    assert ground.grids[0].name in past
    history = office.get(f"/areas/{ground.grids[1].pk}/?tab=history").content.decode()
    assert "Came from" in history
    assert "earlier boundaries" in _post(office, plan, "revert", name="恢复")
    assert BoundaryPlan.objects.filter(reverts=plan).count() == 1


def test_what_is_refused_is_said_on_the_page(ground, sign_in, office_admin, leader, now):
    office = sign_in(office_admin, lang="en")
    plan = _plan(ground, now)
    assert "Choose today or a later day" in _post(office, plan, "submit", effective_on="2020-01-01", words="x")
    assert "is “Draft” by now (" in _post(office, plan, "publish")
    assert "taken up again" in _post(office, plan, "withdraw")
    assert "draft again" in _post(office, plan, "take-up")
    assert "nothing in between is lost" in _post(office, plan, "restore/1")
    assert "Saved" in _post(office, plan, "describe", name="新名", note="", renumber="on")


def test_an_approved_plan_that_no_longer_fits_says_why_and_what_to_do(ground, sign_in, office_admin, leader, now):
    office, chief = sign_in(office_admin, lang="en"), sign_in(leader, lang="en")
    plan = _plan(ground, now)
    day = timezone.localdate(now) + timedelta(days=3)
    plans.submit(plan, effective_on=day, words="两格合并", by=office_admin, now=now)
    plans.approve(plan, by=leader, now=now)
    address = f"/areas/plans/{plan.pk}/"
    assert "no longer fits" not in chief.get(address).content.decode()
    ground.grids[4].boundaries.filter(until=None).update(until=now)
    ground.areas["spring"].boundaries.filter(until=None).update(until=now)
    set_polygon(ground.areas["spring"], shapely.difference(whole(), cell(5).buffer(-CELL / 4)), now)
    seen = chief.get(address).content.decode()
    assert "This plan no longer fits the ground" in seen
    assert f"since this draft began: {ground.grids[4].name}." in seen
    assert "1 error stands in the way" in seen
    assert "Send it back: its drafters" in seen
    assert f"it goes back automatically on {day}" in seen
    assert "takes effect automatically" not in seen
    drafter = office.get(address).content.decode()
    assert "Ask whoever approves to send it back" in drafter
    assert "take-effect/" not in drafter
    plans.send_back(plan, words="现状已变", by=leader, now=now)
    drafter = office.get(address).content.decode()
    assert "fix them first" in drafter  # nothing is handed in that would be refused
    assert "submit/" not in drafter


def test_what_moves_is_summed_by_kind_and_its_first_lines_are_shown(ground, sign_in, office_admin, now, monkeypatch):
    monkeypatch.setattr("grids.views.plan_page.FEW", 1)
    plan = _plan(ground, now)
    shapes = {shape.area_id: shape for shape in shapes_of(plan)}
    del shapes[ground.grids[4].pk]
    joined = many(shapely.coverage_union_all([cell(4), cell(5)]))
    shapes[ground.grids[5].pk] = shapes[ground.grids[5].pk].but(geometry=joined)
    plans.save_draft(plan, list(shapes.values()), [], revision=2, by=office_admin, now=now)
    client, address = sign_in(office_admin, lang="en"), f"/areas/plans/{plan.pk}/"
    few, everything = (client.get(address + more).content.decode() for more in ("", "?all=1"))
    assert "buildings <b>4</b>" in few
    assert (few.count("<td>buildings"), everything.count("<td>buildings")) == (1, 2)
    assert 'href="?all=1#moves"' in few
    assert 'href="?all=1#moves"' not in everything


def test_what_was_typed_stays_when_a_step_is_refused(ground, sign_in, office_admin, leader, now):
    office = sign_in(office_admin, lang="en")
    plan = _plan(ground, now)
    again = office.post(
        f"/areas/plans/{plan.pk}/submit/", {"effective_on": "2020-01-01", "words": "Two estates merged"}
    )
    assert again.status_code == 422
    assert "Two estates merged</textarea>" in again.content.decode()
    plan.status = "withdrawn"  # somebody was faster
    plan.save(update_fields=["status"])
    late = office.post(f"/areas/plans/{plan.pk}/submit/", {"effective_on": "2030-01-01", "words": "Two estates merged"})
    assert "is “Withdrawn” by now" in late.content.decode()
    assert "What you typed: Two estates merged" in late.content.decode()


def test_what_two_people_write_about_a_plan_is_not_written_over(ground, sign_in, office_admin, now):
    office = sign_in(office_admin, lang="en")
    plan = _plan(ground, now)
    seen = {"initial-name": plan.name, "initial-note": plan.note, "initial-renumber": "False"}
    assert "Saved" in _post(office, plan, "describe", name=plan.name, note="Said first", **seen)
    kept = _post(office, plan, "describe", name="Another name", note="", **seen)  # never saw the note, leaves it
    plan.refresh_from_db()
    assert ("Saved" in kept, plan.name, plan.note) == (True, "Another name", "Said first")
    refused = _post(office, plan, "describe", name="Another name", note="Said second", **seen)
    assert "Somebody changed this meanwhile to “Said first”" in refused
    assert "Said second</textarea>" in refused
    plan.refresh_from_db()
    assert plan.note == "Said first"


def test_the_list_costs_the_same_at_one_and_three(ground, sign_in, office_admin, now, django_assert_num_queries):
    client = sign_in(office_admin)
    _plan(ground, now)
    with django_assert_num_queries(6):
        client.get("/areas/plans/")
    _plan(ground, now, "二")
    _plan(ground, now, "三")
    with django_assert_num_queries(6):
        assert "三" in client.get("/areas/plans/").content.decode()


def test_the_page_of_a_plan_costs_the_same_however_much_is_drawn(ground, sign_in, office_admin, now):
    client, by = sign_in(office_admin), office_admin
    plan = plans.create_plan(ground.areas["spring"], kind="grid", name="现状", by=by, now=now)
    client.get(f"/areas/plans/{plan.pk}/")
    with CaptureQueriesContext(connection) as many_shapes:
        client.get(f"/areas/plans/{plan.pk}/")
    plans.save_draft(plan, shapes_of(plan)[:1], [], revision=1, by=by, now=now)
    with CaptureQueriesContext(connection) as one_shape:
        client.get(f"/areas/plans/{plan.pk}/")
    assert len(many_shapes) == len(one_shape) <= 30


def test_a_new_plan_begins_from_the_page(ground, sign_in, office_admin, spring):
    client = sign_in(office_admin, lang="en")
    assert client.get(f"/areas/plans/new/?parent={spring.pk}").status_code == 200
    said = {"parent": spring.pk, "kind": "grid", "name": "重划", "note": ""}
    assert "begins with the areas" in client.post("/areas/plans/new/", said, follow=True).content.decode()
    wrong = client.post("/areas/plans/new/", said | {"kind": "street"})
    assert "Choose a level below" in wrong.content.decode()


def test_two_days_are_compared(ground, sign_in, office_admin, spring, now):
    client = sign_in(office_admin, lang="en")
    assert "Nothing differs" in client.get(f"/areas/plans/days/{spring.pk}/?before={now:%Y-%m-%d}").content.decode()
    assert ground.grids[0].name in client.get(f"/areas/plans/days/{spring.pk}/?before=2001-01-01").content.decode()
    assert client.get(f"/areas/plans/days/{spring.pk}/?before=nonsense").status_code == 200
    unsaid = client.get(f"/areas/plans/days/{spring.pk}/").content.decode()  # then a year ago and today, and it says so
    assert f'value="{timezone.localdate(now)}"' in unsaid
    assert f'value="{timezone.localdate(now) - timedelta(days=365)}"' in unsaid


def test_limits_are_changed_and_given_back(ground, sign_in, office_admin, spring):
    client = sign_in(office_admin, lang="en")
    address = f"/areas/plans/limits/?parent={spring.pk}&kind=grid"
    assert "standard" in client.get(address).content.decode()
    said = {"overlap_m2": 2, "gap_m2": 500, "gap_percent": 0.5, "sliver_m": 1, "households_most": 600}
    assert "next check" in client.post(address, said, follow=True).content.decode()
    assert DivisionLimits.for_division(spring, "grid").households_most == 600
    client.post(f"/areas/plans/limits/{spring.pk}/grid/forget/")
    assert DivisionLimits.for_division(spring, "grid").households_most == 500


def test_limits_of_an_area_that_cannot_be_meant_change_no_other(ground, sign_in, office_admin, cast):
    limits = dict.fromkeys(LIMITS, "") | {"households_most": "444"}
    for meant in (cast.areas["grid"].pk, 999_999, "x"):
        answer = sign_in(office_admin).post(f"/areas/plans/limits/?parent={meant}&kind=grid", limits)
        assert answer.status_code == 404
    assert not DivisionLimits.objects.exists()


def test_limits_that_fall_are_refused(ground, sign_in, office_admin, spring):
    limits = dict.fromkeys(LIMITS, "") | {"overlap_m2": "1", "gap_m2": "1", "gap_percent": "1", "sliver_m": "1"}
    said = limits | {"households_least": "300", "households_most": "200"}
    address = f"/areas/plans/limits/?parent={spring.pk}&kind=grid"
    page = sign_in(office_admin, lang="en").post(address, said).content.decode()
    assert "must rise" in page
    assert not DivisionLimits.objects.exists()
