"""A plan on its way: who may do what when, what takes effect, what follows, and how it is taken back."""

from datetime import timedelta

import pytest
import shapely
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from grids import permissions
from grids.actions import plans
from grids.actions.plans import effect
from grids.division import ground
from grids.division.document import shapes_of
from grids.division.shapes import many
from grids.locate import locate
from grids.models import AreaLineage, BoundaryPlan, Building, FormerCode
from grids.permissions import Perm, forget
from grids.workflow import PLAN_MOVES, PlanStatus
from incidents.models import Custody, Duty, Incident
from residents import actions as residents
from teams.models import Assignment
from teams.roles import Role
from tests.factories import make_category, make_incident, make_post
from tests.grids.divided import CELL, SOUTH, WEST, cell, divide, set_polygon


@pytest.fixture
def draft(cast, spring, office_admin, now):
    divide(cast)
    return plans.create_plan(spring, kind="grid", name="春风重划", by=office_admin, now=now)


@pytest.fixture
def later(now):
    return now + timedelta(minutes=5)


def _save(plan, shapes, by, now):
    return plans.save_draft(plan, shapes, [], revision=plan.revision, by=by, now=now)


def _go(plan, office_admin, leader, now):
    """From a draft to its effect."""
    plans.submit(plan, effective_on=timezone.localdate(now), words="街道会议通过", by=office_admin, now=now)
    plans.approve(plan, by=leader, now=now)
    return plans.take_effect(plan, by=office_admin, now=now)


def _halves(nth):
    west, south, east, north = cell(nth).bounds
    middle = round((west + east) / 2, 7)
    return shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)


def _split_first(plan, cast, by, now):
    """The first grid becomes two; its northern and southern neighbours get the new corner."""
    shapes = [shape for shape in shapes_of(plan) if shape.area_id != cast.grids[0].pk]
    old = next(shape for shape in shapes_of(plan) if shape.area_id == cast.grids[0].pk)
    west, east = _halves(0)
    for name, half in (("春风西", west), ("春风东", east)):
        facts = {"area_id": None, "code": "", "sources": (cast.grids[0].pk,), "key": name.replace("春风", "n")}
        shapes.append(old.but(name=name, geometry=many(half), **facts))
    saved = _save(plan, shapes, by, now)
    return _save(saved, _fixed(saved), by, now)


def _fixed(plan):
    from grids.division.checks import check, division_of
    from grids.division.repair import repaired

    division = division_of(plan)
    return repaired(division, [fault for fault in check(division) if fault.fixable])


# ── States and rights ──


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
    from tests.factories import make_post

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
    saved = _save(draft, shapes, office_admin, now)
    with pytest.raises(ValidationError) as refused:
        plans.submit(saved, effective_on=timezone.localdate(now), words="好", by=office_admin, now=now)
    assert refused.value.code == "faults"


# ── Taking effect ──


def test_a_border_moves_and_its_building_with_all_that_hangs_from_it(
    draft, cast, grid, next_grid, worker, office_admin, leader, now, later
):
    moving = Building.objects.filter(area=grid).order_by("-pk").first()
    dwelling = residents.add_dwelling(moving, room="501", by=worker, now=now)
    household = residents.add_household(dwelling, by=worker, now=now)
    residents.add_resident(household, name="张三", living="living", by=worker, now=now)
    case = make_incident(moving, by=worker, now=now)
    ended = make_incident(moving, by=worker, now=now)
    Incident.objects.filter(pk=ended.pk).update(status="closed", ended_at=now)
    clocks = case.due_at
    west, east = _halves(0)
    shapes = {shape.area_id: shape for shape in shapes_of(draft)}
    shapes[grid.pk] = shapes[grid.pk].but(geometry=many(west))
    shapes[next_grid.pk] = shapes[next_grid.pk].but(geometry=many(shapely.union(cell(1), east)))
    saved = _save(draft, list(shapes.values()), office_admin, now)
    saved = _save(saved, _fixed(saved), office_admin, now)
    _go(saved, office_admin, leader, later)
    moving.refresh_from_db()
    dwelling.refresh_from_db()
    case.refresh_from_db()
    ended.refresh_from_db()
    assert (moving.area, moving.area_path) == (next_grid, next_grid.path)
    assert (dwelling.area, case.area, ended.area) == (next_grid, next_grid, grid)
    assert case.due_at == clocks
    assert Custody.objects.filter(incident=case, until=None).count() == 1
    point = moving.point
    assert locate(point.x, point.y).area == next_grid
    assert locate(point.x, point.y, at=now).area == grid
    assert not AreaLineage.objects.exists()


def test_a_split_founds_areas_numbered_by_place_and_moves_people(
    draft, cast, grid, lead, worker, office_admin, leader, team_unit, now, later
):
    duty = Duty.objects.create(category=make_category(), area=grid, unit=cast.units["sanitation"])
    plan = _go(_split_first(draft, cast, office_admin, now), office_admin, leader, later)
    grid.refresh_from_db()
    made = {area.name: area for area in ground.children_of(plan.parent, "grid")}
    west, east = made["春风西"], made["春风东"]
    assert grid.retired_at == later
    assert (west.code[-3:], east.code[-3:]) == ("006", "007")
    assert set(AreaLineage.objects.values_list("old_id", "new_id")) == {(grid.pk, west.pk), (grid.pk, east.pk)}
    team_unit.refresh_from_db()
    heir = team_unit.area
    duty.refresh_from_db()
    assert heir in (west, east)
    assert (duty.area, duty.area_path) == (heir, heir.path)
    assert set(Assignment.objects.filter(until=None, area=heir).values_list("user", flat=True)) >= {lead.pk, worker.pk}
    assert Building.objects.filter(area=west).count() == Building.objects.filter(area=east).count() == 1


def test_who_holds_a_post_on_a_successor_sees_the_past_of_what_it_came_from(
    draft, cast, grid, worker, neighbour, office_admin, leader, now, later
):
    case = make_incident(Building.objects.filter(area=grid).first(), by=worker, now=now)
    Incident.objects.filter(pk=case.pk).update(status="closed", ended_at=now)
    _go(_split_first(draft, cast, office_admin, now), office_admin, leader, later)
    for person in (worker, neighbour):
        permissions.forget(person)
    assert case in Incident.objects.visible_to(worker)
    assert permissions.allows(worker, Perm.VIEW_AREAS, grid)
    assert case not in Incident.objects.visible_to(neighbour)
    assert not permissions.allows(worker, Perm.REPORT_INCIDENTS, grid)


def test_a_plan_can_be_taken_back_by_another(draft, cast, grid, office_admin, leader, now, later):
    plan = _go(_split_first(draft, cast, office_admin, now), office_admin, leader, later)
    back = plans.revert(plan, name="恢复", by=office_admin, now=later)
    _go(back, office_admin, leader, later + timedelta(minutes=5))
    grid.refresh_from_db()
    assert grid.retired_at is None
    assert {area.pk for area in ground.children_of(plan.parent, "grid")} == {area.pk for area in cast.grids[:6]}
    assert Building.objects.filter(area=grid).count() == 2
    assert AreaLineage.objects.filter(old__name="春风西", new=grid).exists()


def test_numbering_anew_keeps_the_old_codes(draft, cast, sign_in, office_admin, leader, now, later):
    facts = {"name": draft.name, "note": "", "renumber": True}
    plans.describe_plan(draft, by=office_admin, now=now, **facts)
    old = [area.code for area in cast.grids[:6]]
    plan = _go(draft, office_admin, leader, later)
    new = [area.code for area in ground.children_of(plan.parent, "grid")]
    assert sorted(FormerCode.objects.values_list("code", flat=True)) == old
    assert not set(new) & set(old)
    page = sign_in(office_admin, lang="en").get(f"/areas/plans/{plan.pk}/").content.decode()
    assert all(f">{code}<" in page for code in new)
    assert all(f"formerly {code}" in page for code in old)


def test_two_plans_of_one_parent_cannot_break_it_together(draft, cast, spring, office_admin, leader, now, later):
    other = plans.create_plan(spring, kind="grid", name="另一个", by=office_admin, now=now)
    _go(_split_first(draft, cast, office_admin, now), office_admin, leader, later)
    with pytest.raises(ValidationError) as refused:
        plans.submit(other, effective_on=timezone.localdate(now), words="好", by=office_admin, now=later)
    assert refused.value.code == "rebase"
    assert "春风第一网格" in refused.value.messages[0]
    plans.rebase(other, by=office_admin, now=later)
    other.refresh_from_db()
    assert {shape.name for shape in shapes_of(other)} >= {"春风西", "春风东"}
    assert _go(other, office_admin, leader, later + timedelta(minutes=1)).status == PlanStatus.EFFECTIVE


def _named(plan, old: str, new: str, *, by, now):
    shapes = [shape.but(name=new) if shape.name == old else shape for shape in shapes_of(plan)]
    plan.refresh_from_db()
    return plans.save_draft(plan, shapes, [], revision=plan.revision, by=by, now=now)


def test_names_that_two_plans_change_are_not_written_over(draft, spring, office_admin, leader, now, later):
    other = plans.create_plan(spring, kind="grid", name="另一个", by=office_admin, now=now)
    third = plans.create_plan(spring, kind="grid", name="第三个", by=office_admin, now=now)
    first = _go(_named(draft, "春风第一网格", "甲", by=office_admin, now=now), office_admin, leader, later)
    _go(
        _named(other, "春风第二网格", "乙", by=office_admin, now=now),
        office_admin,
        leader,
        later + timedelta(minutes=1),
    )
    assert {area.name for area in ground.children_of(spring, "grid")} >= {"甲", "乙"}
    with pytest.raises(ValidationError, match="甲"):  # the third calls the same grid something else
        _go(_named(third, "春风第一网格", "丙", by=office_admin, now=later), office_admin, leader, later)
    plans.rebase(third, by=office_admin, now=later)
    third.refresh_from_db()
    assert {shape.name for shape in shapes_of(third)} >= {"丙", "乙"}
    _go(third, office_admin, leader, later + timedelta(minutes=2))
    first.refresh_from_db()
    back = plans.revert(first, name="恢复", by=office_admin, now=later + timedelta(minutes=3))
    assert {shape.name for shape in shapes_of(back)} >= {"丙", "乙"}  # named anew since: kept


def test_going_back_gives_back_the_names(draft, spring, office_admin, leader, now, later):
    plan = _go(_named(draft, "春风第一网格", "甲", by=office_admin, now=now), office_admin, leader, later)
    back = plans.revert(plan, name="恢复", by=office_admin, now=later + timedelta(minutes=1))
    _go(back, office_admin, leader, later + timedelta(minutes=2))
    assert "春风第一网格" in {area.name for area in ground.children_of(spring, "grid")}


def test_the_day_comes_once_and_a_plan_that_no_longer_fits_goes_back(
    draft, cast, spring, office_admin, leader, now, later
):
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    plans.submit(draft, effective_on=tomorrow, words="好", by=office_admin, now=now)
    plans.approve(draft, by=leader, now=now)
    assert plans.take_effect_today(now=now) == 0
    assert plans.take_effect_today(now=now + timedelta(days=1)) == 1
    assert plans.take_effect_today(now=now + timedelta(days=1)) == 0
    other = plans.create_plan(spring, kind="grid", name="另一个", by=office_admin, now=later)
    plans.submit(other, effective_on=tomorrow, words="好", by=office_admin, now=later)
    plans.approve(other, by=leader, now=later)
    cast.grids[5].boundaries.filter(until=None).update(until=later)
    set_polygon(cast.grids[5], cell(5).buffer(-1e-4), later)
    assert plans.take_effect_today(now=now + timedelta(days=2)) == 0
    other.refresh_from_db()
    assert other.status == PlanStatus.DRAFT
    assert "第六" in other.notes.last().words or "和平实验学校" in other.notes.last().words


def test_those_concerned_confirm_with_words(draft, cast, lead, desk, worker, office_admin, leader, now, later):
    saved = _split_first(draft, cast, office_admin, now)
    plans.submit(saved, effective_on=timezone.localdate(now), words="好", by=office_admin, now=later)
    asked = {row.user_id: row for row in saved.hand_overs.all()}
    assert set(asked) == {lead.pk, desk.pk}
    with pytest.raises(PermissionDenied):
        plans.confirm_hand_over(asked[lead.pk], words="好", by=worker, now=later)
    done = plans.confirm_hand_over(asked[lead.pk], words="钥匙已交", by=lead, now=later)
    assert (done.words, done.confirmed_at) == ("钥匙已交", later)
    assert BoundaryPlan.objects.visible_to(lead).filter(pk=saved.pk).exists()


def test_a_plan_that_fails_does_not_hold_up_the_others(draft, office_admin, leader, now, later, monkeypatch, caplog):
    plans.submit(draft, effective_on=timezone.localdate(now), words="好", by=office_admin, now=now)
    plans.approve(draft, by=leader, now=now)
    real, calls = effect.take_effect, []

    def first_fails(plan, **facts):
        calls.append(plan.pk)
        if len(calls) == 1:
            raise RuntimeError("poison")
        return real(plan, **facts)

    monkeypatch.setattr(effect, "take_effect", first_fails)
    assert plans.take_effect_today(now=later) == 0
    assert "could not take effect" in caplog.text
    draft.refresh_from_db()
    assert draft.status == PlanStatus.APPROVED
    assert plans.take_effect_today(now=later) == 0
    assert plans.take_effect_today(now=later + effect.AGAIN_AFTER) == 1


def test_plans_that_fail_again_and_again_are_set_aside_and_never_fill_the_batch(
    draft, spring, office_admin, leader, sign_in, now, later, monkeypatch
):
    bad = [draft, plans.create_plan(spring, kind="grid", name="也坏", by=office_admin, now=now)]
    good = plans.create_plan(spring, kind="grid", name="好的", by=office_admin, now=now)
    for plan in (*bad, good):
        plans.submit(plan, effective_on=timezone.localdate(now), words="好", by=office_admin, now=now)
        plans.approve(plan, by=leader, now=now)
    real, calls = effect.take_effect, []

    def poisoned(plan, **facts):
        calls.append(plan.name)
        if plan in bad:
            raise RuntimeError("the map broke")
        return real(plan, **facts)

    monkeypatch.setattr(effect, "take_effect", poisoned)
    assert plans.take_effect_today(now=later, limit=2) == 0
    assert plans.take_effect_today(now=later, limit=2) == 1  # the third, though the first two are still due
    for nth in range(1, effect.MOST_TRIES + 3):
        plans.take_effect_today(now=later + nth * effect.AGAIN_AFTER, limit=2)
    assert calls.count("也坏") == effect.MOST_TRIES
    draft.refresh_from_db()
    assert (draft.status, draft.tries, draft.stuck) == (PlanStatus.APPROVED, 6, "RuntimeError: the map broke")
    client = sign_in(office_admin, lang="en")
    assert "failed 6 times and is set aside" in client.get(f"/areas/plans/{draft.pk}/").content.decode()
    assert "set aside" in client.get("/areas/plans/").content.decode()
    assert "it could not take effect and is set aside" in client.get("/notices/").content.decode()
    done = real(draft, by=office_admin, now=later + timedelta(days=1))  # by hand, once the fault is mended
    assert (done.status, done.stuck) == (PlanStatus.EFFECTIVE, "")


def test_a_plan_that_takes_the_worker_with_it_is_set_aside_too(draft, office_admin, leader, now, later, monkeypatch):
    plans.submit(draft, effective_on=timezone.localdate(now), words="好", by=office_admin, now=now)
    plans.approve(draft, by=leader, now=now)

    def killed(plan, **_facts):
        raise SystemExit

    monkeypatch.setattr(effect, "take_effect", killed)
    for nth in range(effect.MOST_TRIES):
        with pytest.raises(SystemExit):
            plans.take_effect_today(now=later + nth * effect.AGAIN_AFTER)
    assert plans.take_effect_today(now=later + effect.MOST_TRIES * effect.AGAIN_AFTER) == 0
    draft.refresh_from_db()
    assert "broken off" in draft.stuck or "中断" in draft.stuck
    back = plans.send_back(draft, words="再画", by=leader, now=later)
    plans.submit(back, effective_on=timezone.localdate(now), words="好", by=office_admin, now=later)
    fresh = plans.approve(back, by=leader, now=later)
    assert (fresh.tries, fresh.stuck) == (0, "")


def test_ground_that_has_levels_in_between_is_not_divided_past_them(draft, street, spring, office_admin, now):
    with pytest.raises(ValidationError, match=spring.name) as refused:
        plans.create_plan(street, kind="grid", name="直接分格", by=office_admin, now=now)
    assert refused.value.code == "level"
    assert plans.create_plan(street, kind="community", name="重划社区", by=office_admin, now=now).revision == 1


def test_who_drew_long_ago_does_not_approve(draft, office_admin, leader, now, monkeypatch):
    monkeypatch.setattr("grids.actions.plans.draft.KEPT_STEPS", 2)
    make_post(leader, Role.OFFICE_ADMIN, draft.parent.parent)
    forget(leader)
    _save(draft, shapes_of(draft), leader, now)
    for _step in range(4):
        draft.refresh_from_db()
        _save(draft, shapes_of(draft), office_admin, now)
    assert sorted(draft.steps.values_list("revision", flat=True)) == [1, 2, 5, 6]  # the leader's only one stays
    plans.submit(draft, effective_on=timezone.localdate(now), words="好", by=office_admin, now=now)
    with pytest.raises(PermissionDenied, match="drew"):
        plans.approve(draft, by=leader, now=now)


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
    saved = _save(plan, shapes, office_admin, now)
    with pytest.raises(ValidationError) as refused:
        plans.submit(saved, effective_on=timezone.localdate(now), by=office_admin, now=now)
    assert "words" in refused.value.message_dict
