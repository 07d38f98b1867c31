"""A plan on its way: which step leads where, who may take it, and what it asks for."""

from datetime import timedelta

import pytest
import shapely
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone, translation

from grids import permissions
from grids.actions import plans
from grids.division.document import shapes_of
from grids.division.shapes import many
from grids.models import BoundaryPlan
from grids.permissions import Perm, forget
from grids.workflow import PLAN_MOVES, PlanStatus
from teams.roles import Role
from tests.factories import make_post
from tests.grids.divided import CELL, SOUTH, WEST, divide, set_polygon
from tests.grids.planning import save, split_first

MORE = {"submit": {"words": "好"}, "send_back": {"words": "改"}}


def _more(move, now):
    return MORE.get(move, {}) | ({"effective_on": timezone.localdate(now)} if move == "submit" else {})


def _from(draft, status, now):
    """The plan as if it had come so far."""
    effective = now if status in ("effective", "published") else None
    facts = {"status": status, "effective_at": effective, "effective_on": timezone.localdate(now)}
    BoundaryPlan.objects.filter(pk=draft.pk).update(**facts)
    return draft


@pytest.mark.parametrize("move", sorted(PLAN_MOVES))
def test_each_step_leads_on_only_from_its_states(draft, office_admin, leader, now, move):
    spec, act = PLAN_MOVES[move], getattr(plans, move)
    by = leader if spec.needs == Perm.APPROVE_BOUNDARIES else office_admin
    for status in PlanStatus.values:
        with transaction.atomic():
            plan = _from(draft, status, now)
            if status in spec.froms:
                assert act(plan, by=by, now=now, **_more(move, now)).status == spec.to
            else:
                with pytest.raises(ValidationError):
                    act(plan, by=by, now=now, **_more(move, now))
            transaction.set_rollback(True)


def test_only_who_plans_or_approves_takes_a_step(draft, cast, now):
    for move in PLAN_MOVES:
        for who in ("worker", "desk", "office", "system_admin", "other_office"):
            with pytest.raises(PermissionDenied):
                getattr(plans, move)(draft, by=cast.people[who], now=now, **_more(move, now))


def test_whoever_drew_it_does_not_approve_it(draft, cast, office_admin, leader, now):
    make_post(office_admin, "leader", cast.areas["street"])
    permissions.forget(office_admin)
    plans.submit(draft, effective_on=timezone.localdate(now), words="好", by=office_admin, now=now)
    with pytest.raises(PermissionDenied):
        plans.approve(draft, by=office_admin, now=now)
    assert plans.approve(draft, by=leader, now=now).status == PlanStatus.APPROVED


def test_warnings_ask_for_a_reason_and_errors_for_a_repair(draft, office_admin, now):
    with pytest.raises(ValidationError) as refused:
        plans.submit(draft, effective_on=timezone.localdate(now), by=office_admin, now=now)
    assert "words" in refused.value.error_dict  # borders in words are missing
    shapes = shapes_of(draft)
    shapes[0] = shapes[0].but(geometry=many(shapely.box(WEST, SOUTH + CELL, WEST + 2 * CELL, SOUTH + 2 * CELL)))
    saved = save(draft, shapes, office_admin, now)
    with pytest.raises(ValidationError) as refused:
        plans.submit(saved, effective_on=timezone.localdate(now), words="好", by=office_admin, now=now)
    assert refused.value.code == "faults"


def test_those_concerned_confirm_with_words(draft, cast, lead, desk, worker, office_admin, leader, now, later):
    saved = split_first(draft, cast, office_admin, now)
    plans.submit(saved, effective_on=timezone.localdate(later), words="好", by=office_admin, now=later)
    asked = {row.user_id: row for row in saved.hand_overs.all()}
    assert set(asked) == {lead.pk, desk.pk}
    with pytest.raises(PermissionDenied):
        plans.confirm_hand_over(asked[lead.pk], words="好", by=worker, now=later)
    done = plans.confirm_hand_over(asked[lead.pk], words="钥匙已交", by=lead, now=later)
    assert (done.words, done.confirmed_at) == ("钥匙已交", later)
    assert BoundaryPlan.objects.visible_to(lead).filter(pk=saved.pk).exists()


def test_who_drew_long_ago_does_not_approve(draft, office_admin, leader, now, monkeypatch):
    monkeypatch.setattr("grids.actions.plans.draft.KEPT_STEPS", 2)
    make_post(leader, Role.OFFICE_ADMIN, draft.parent.parent)
    forget(leader)
    save(draft, shapes_of(draft), leader, now)
    for _step in range(4):
        draft.refresh_from_db()
        save(draft, shapes_of(draft), office_admin, now)
    assert sorted(draft.steps.values_list("revision", flat=True)) == [1, 2, 5, 6]  # the leader's only one stays
    plans.submit(draft, effective_on=timezone.localdate(now), words="好", by=office_admin, now=now)
    with translation.override("en"), pytest.raises(PermissionDenied, match="drew"):
        plans.approve(draft, by=leader, now=now)


def test_ground_that_has_levels_in_between_is_not_divided_past_them(draft, street, spring, office_admin, now):
    with pytest.raises(ValidationError, match=spring.name) as refused:
        plans.create_plan(street, kind="grid", name="直接分格", by=office_admin, now=now)
    assert refused.value.code == "level"
    assert plans.create_plan(street, kind="community", name="重划社区", by=office_admin, now=now).revision == 1


def test_a_plan_that_cuts_what_lies_below_needs_words(cast, street, office_admin, now):
    divide(cast)
    south = shapely.box(WEST, SOUTH, WEST + 3 * CELL, SOUTH + 1.5 * CELL)
    north = shapely.box(WEST, SOUTH + 1.5 * CELL, WEST + 3 * CELL, SOUTH + 2 * CELL)
    set_polygon(street, shapely.union(south, north), now - timedelta(days=9))
    plan = plans.create_plan(street, kind="community", name="社区重划", by=office_admin, now=now)
    shapes = [
        shape.but(geometry=many(half), borders=("东", "南", "西", "北"))
        for shape, half in zip(shapes_of(plan), (south, north), strict=True)
    ]
    saved = save(plan, shapes, office_admin, now)
    with pytest.raises(ValidationError) as refused:
        plans.submit(saved, effective_on=timezone.localdate(now), by=office_admin, now=now)
    assert "words" in refused.value.message_dict
