"""A plan takes effect: what moves with a border, what follows, how it is taken back, and two plans of one ground."""

from datetime import timedelta

import pytest
import shapely
from django.core.exceptions import ValidationError
from django.utils import timezone

from grids import permissions
from grids.actions import plans
from grids.division import ground
from grids.division.document import shapes_of
from grids.division.shapes import many
from grids.locate import locate
from grids.models import AreaLineage, Building, FormerCode
from grids.permissions import Perm
from grids.workflow import PlanStatus
from incidents.models import Custody, Duty, Incident
from residents import actions as residents
from teams.models import Assignment
from tests.factories import make_category, make_incident
from tests.grids.divided import cell
from tests.grids.planning import fixed, go, halves, save, split_first


def _named(plan, old: str, new: str, *, by, now):
    shapes = [shape.but(name=new) if shape.name == old else shape for shape in shapes_of(plan)]
    plan.refresh_from_db()
    return plans.save_draft(plan, shapes, [], revision=plan.revision, by=by, now=now)


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
    west, east = halves(0)
    shapes = {shape.area_id: shape for shape in shapes_of(draft)}
    shapes[grid.pk] = shapes[grid.pk].but(geometry=many(west))
    shapes[next_grid.pk] = shapes[next_grid.pk].but(geometry=many(shapely.union(cell(1), east)))
    saved = save(draft, list(shapes.values()), office_admin, now)
    saved = save(saved, fixed(saved), office_admin, now)
    go(saved, office_admin, leader, later)
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
    plan = go(split_first(draft, cast, office_admin, now), office_admin, leader, later)
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
    draft, cast, grid, worker, neighbour, office_admin, leader, now
):
    case = make_incident(Building.objects.filter(area=grid).first(), by=worker, now=now)
    Incident.objects.filter(pk=case.pk).update(status="closed", ended_at=now)
    go(split_first(draft, cast, office_admin, now), office_admin, leader, now)
    for person in (worker, neighbour):
        permissions.forget(person)
    assert case in Incident.objects.visible_to(worker)
    assert permissions.allows(worker, Perm.VIEW_AREAS, grid)
    assert case not in Incident.objects.visible_to(neighbour)
    assert not permissions.allows(worker, Perm.REPORT_INCIDENTS, grid)


def test_a_plan_can_be_taken_back_by_another(draft, cast, grid, office_admin, leader, now, later):
    plan = go(split_first(draft, cast, office_admin, now), office_admin, leader, later)
    back = plans.revert(plan, name="恢复", by=office_admin, now=later)
    go(back, office_admin, leader, later + timedelta(minutes=5))
    grid.refresh_from_db()
    assert grid.retired_at is None
    assert {area.pk for area in ground.children_of(plan.parent, "grid")} == {area.pk for area in cast.grids[:6]}
    assert Building.objects.filter(area=grid).count() == 2
    assert AreaLineage.objects.filter(old__name="春风西", new=grid).exists()


def test_numbering_anew_keeps_the_old_codes(draft, cast, sign_in, office_admin, leader, now, later):
    facts = {"name": draft.name, "note": "", "renumber": True}
    plans.describe_plan(draft, by=office_admin, now=now, **facts)
    old = [area.code for area in cast.grids[:6]]
    plan = go(draft, office_admin, leader, later)
    new = [area.code for area in ground.children_of(plan.parent, "grid")]
    assert sorted(FormerCode.objects.values_list("code", flat=True)) == old
    assert not set(new) & set(old)
    page = sign_in(office_admin, lang="en").get(f"/areas/plans/{plan.pk}/").content.decode()
    assert all(f">{code}<" in page for code in new)
    assert all(f"formerly {code}" in page for code in old)


def test_two_plans_of_one_parent_cannot_break_it_together(draft, cast, spring, office_admin, leader, now, later):
    other = plans.create_plan(spring, kind="grid", name="另一个", by=office_admin, now=now)
    go(split_first(draft, cast, office_admin, now), office_admin, leader, later)
    with pytest.raises(ValidationError) as refused:
        plans.submit(other, effective_on=timezone.localdate(later), words="好", by=office_admin, now=later)
    assert refused.value.code == "rebase"
    assert "春风第一网格" in refused.value.messages[0]
    plans.rebase(other, by=office_admin, now=later)
    other.refresh_from_db()
    assert {shape.name for shape in shapes_of(other)} >= {"春风西", "春风东"}
    assert go(other, office_admin, leader, later + timedelta(minutes=1)).status == PlanStatus.EFFECTIVE


def test_names_that_two_plans_change_are_not_written_over(draft, spring, office_admin, leader, now, later):
    other = plans.create_plan(spring, kind="grid", name="另一个", by=office_admin, now=now)
    third = plans.create_plan(spring, kind="grid", name="第三个", by=office_admin, now=now)
    first = go(_named(draft, "春风第一网格", "甲", by=office_admin, now=now), office_admin, leader, later)
    go(
        _named(other, "春风第二网格", "乙", by=office_admin, now=now),
        office_admin,
        leader,
        later + timedelta(minutes=1),
    )
    assert {area.name for area in ground.children_of(spring, "grid")} >= {"甲", "乙"}
    with pytest.raises(ValidationError, match="甲"):  # the third calls the same grid something else
        go(_named(third, "春风第一网格", "丙", by=office_admin, now=later), office_admin, leader, later)
    plans.rebase(third, by=office_admin, now=later)
    third.refresh_from_db()
    assert {shape.name for shape in shapes_of(third)} >= {"丙", "乙"}
    go(third, office_admin, leader, later + timedelta(minutes=2))
    first.refresh_from_db()
    back = plans.revert(first, name="恢复", by=office_admin, now=later + timedelta(minutes=3))
    assert {shape.name for shape in shapes_of(back)} >= {"丙", "乙"}  # named anew since: kept


def test_going_back_gives_back_the_names(draft, spring, office_admin, leader, now, later):
    plan = go(_named(draft, "春风第一网格", "甲", by=office_admin, now=now), office_admin, leader, later)
    back = plans.revert(plan, name="恢复", by=office_admin, now=later + timedelta(minutes=1))
    go(back, office_admin, leader, later + timedelta(minutes=2))
    assert "春风第一网格" in {area.name for area in ground.children_of(spring, "grid")}
