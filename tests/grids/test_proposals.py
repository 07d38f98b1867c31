"""Proposed divisions: whatever the ground, in one piece, exact, no building cut, walls and kept grids respected."""

from datetime import timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.accounts.models import User
from gridgov.notices.models import Notice
from grids.actions import plans
from grids.actions import proposals as actions
from grids.division.checks import Division, check, division_of
from grids.division.document import shapes_of, step_of
from grids.division.numbers import House, assign
from grids.division.propose import Wishes, proposals
from grids.division.shapes import Shape, many
from grids.models import BoundaryPlan, Building, DivisionLimits, DivisionProposal
from tests.examples import examples
from tests.grids.divided import divide

WEST, SOUTH = 124.0, 29.0


class Parent:
    name = "Community"


def ground_of(seed, count, *, lock=False, wall=False, footprints=True):
    """A crooked community with `count` buildings at random places; perhaps a kept grid in a corner, perhaps a wall."""
    chance = np.random.default_rng(seed)
    houses, taken = [], []
    while len(houses) < count:
        x, y = WEST + chance.uniform(0.0002, 0.0098), SOUTH + chance.uniform(0.0002, 0.0078)
        wide, high = chance.uniform(0.00005, 0.0002, 2)
        outline = shapely.affinity.rotate(shapely.box(x - wide, y - high, x + wide, y + high), chance.uniform(0, 90))
        if any(shapely.intersects(outline, one) for one in taken):
            continue
        taken.append(outline)
        footprint = shapely.MultiPolygon([outline]) if footprints else None
        load = int(chance.integers(5, 60))
        facts = (load, 2 * load, 1, shapely.Point(x, y), footprint)
        houses.append(House(len(houses), f"{len(houses)}号楼", *facts))
    corners = [(0, 0), (0.005, -0.0004), (0.01, 0), (0.0103, 0.004), (0.01, 0.008), (0.004, 0.0083), (0, 0.008)]
    outline = shapely.MultiPolygon([shapely.Polygon([(WEST + x, SOUTH + y) for x, y in corners])])
    shapes = []
    if lock:
        corner = shapely.box(WEST - 1, SOUTH - 1, WEST + 0.0031, SOUTH + 0.0027)
        cut = shapely.union_all([h.footprint for h in houses if shapely.intersects(h.footprint, corner)])
        kept = many(shapely.intersection(outline, shapely.union(corner, shapely.buffer(cut, 0.00001))))
        shapes.append(Shape("a1", "学校网格", kept, area_id=1, grid_kind="dedicated", locked=True, borders=("路",) * 4))
    walls = []
    if wall:
        line = [[WEST + 0.006, SOUTH - 0.001], [WEST + 0.0063, SOUTH + chance.uniform(0.004, 0.01)]]
        walls = [{"type": "Feature", "geometry": {"type": "LineString", "coordinates": line}, "properties": {}}]
    limits = DivisionLimits.of_default("grid")
    return Division(Parent(), "grid", shapes, outline, houses, {}, limits), walls


@given(
    seed=st.integers(0, 10_000), count=st.integers(12, 60), lock=st.booleans(), wall=st.booleans(), drawn=st.booleans()
)
@settings(max_examples=examples(12, 400), deadline=None)
def test_every_proposal_keeps_what_it_promises(seed, count, lock, wall, drawn):
    division, walls = ground_of(seed, count, lock=lock and drawn, wall=wall, footprints=drawn)
    ways = list(proposals(division, walls, Wishes()))
    assert ways
    for way in ways:
        named = [s.but(name=s.name or s.key) for s in way.shapes]
        faults = check(Division(**{**vars(division), "shapes": named}))
        assert [fault.words for fault in faults if fault.level == "error"] == []
        if not wall and not lock:
            assert not [f for f in faults if f.code in ("in_parts", "building_cut")]
        _covers(division, named)
        _keeps(division, named)
        _stays_on_its_side(division, named, walls)


def _covers(division, shapes):
    """Exactly: the same corners on both sides of each border, and nothing left."""
    polygons = np.array([shape.geometry for shape in shapes])
    assert shapely.coverage_is_valid(polygons)
    rest = shapely.difference(division.outline, shapely.coverage_union_all(polygons))
    assert rest.area < 1e-14
    assert set(assign(shapes, division.houses)) == {house.pk for house in division.houses}


def _keeps(division, shapes):
    for kept in (shape for shape in division.shapes if shape.locked):
        new = next(shape for shape in shapes if shape.key == kept.key)
        assert shapely.symmetric_difference(new.geometry, kept.geometry).area < 1e-14
        corners = {tuple(place) for place in shapely.get_coordinates(kept.geometry)}
        assert corners <= {tuple(place) for place in shapely.get_coordinates(new.geometry)}


def _stays_on_its_side(division, shapes, walls):
    """Nobody has to cross a wall on the way between two buildings of one grid."""
    for wall in walls:
        line = shapely.LineString(wall["geometry"]["coordinates"])
        where = assign(shapes, division.houses)
        for shape in shapes:
            parts = shapely.get_parts(shapely.difference(shape.geometry, shapely.buffer(line, 1e-9)))
            points = [house.point for house in division.houses if where[house.pk] == shape.key]
            points = [point for point in points if shapely.distance(point, line) > 0.0003]
            assert sum(any(shapely.intersects(part, point) for point in points) for part in parts) <= 1


def test_the_same_ground_gives_the_same_proposals():
    division, walls = ground_of(7, 40, lock=True, wall=True)
    first, second = (list(proposals(division, walls, Wishes())) for _again in range(2))
    assert [w.figures for w in first] == [w.figures for w in second]
    assert [s.geometry.wkb for w in first for s in w.shapes] == [s.geometry.wkb for w in second for s in w.shapes]


def test_each_way_is_best_at_its_aim():
    division, walls = ground_of(3, 60)
    ways = {way.aim: way.figures for way in proposals(division, walls, Wishes())}
    assert ways["equal"]["ratio"] == min(figures["ratio"] for figures in ways.values())
    assert all(figures["outside"] == 0 and figures["cut"] == 0 for figures in ways.values())


def test_a_number_of_grids_can_be_asked_for():
    division, walls = ground_of(3, 40)
    assert {way.figures["grids"] for way in proposals(division, walls, Wishes(count=5))} == {5}


@pytest.fixture
def ground(cast):
    return divide(cast)


def test_a_proposal_becomes_a_draft_by_pages_and_can_be_withdrawn(ground, sign_in, office_admin):
    office, area = sign_in(office_admin, lang="en"), ground.areas["spring"]
    asked = office.post(f"/areas/plans/propose/{area.pk}/", {"old_estate": "0"}, follow=True)
    page = asked.content.decode()
    assert "Even sizes first" in page
    assert "Buildings cut" in page
    made = DivisionProposal.objects.get()
    assert (made.done, made.fault) == (3, "")
    taken = office.post(f"/areas/plans/proposals/{made.pk}/take/1/", follow=True).content.decode()
    assert "It is a draft now" in taken
    plan = made.ways.get(nth=1).draft
    assert [fault for fault in check(_division(plan)) if fault.level == "error"] == []
    office.post(f"/areas/plans/{plan.pk}/withdraw/")
    plan.refresh_from_db()
    assert plan.status == "withdrawn"


def test_a_way_that_another_beats_at_its_own_aim_says_so(ground, sign_in, office_admin, now):
    """The first takes what is best for it, though it be the most compact, too: the second is then the next best."""
    office, area = sign_in(office_admin, lang="en"), ground.areas["spring"]
    office.post(f"/areas/plans/propose/{area.pk}/", {"old_estate": "0"})
    made = DivisionProposal.objects.get()
    first, second = made.ways.order_by("nth")[:2]
    for way, mean in ((first, 0.99), (second, 0.7)):
        way.figures["round_mean"] = mean
        way.save(update_fields=["figures"])
    assert (
        "“Even sizes first” does even better at this"
        in office.get(f"/areas/plans/proposals/{made.pk}/").content.decode()
    )


def _division(plan):
    return division_of(plan)


def test_walls_and_kept_grids_of_a_draft_count(ground, office_admin, now):
    plan = plans.create_plan(ground.areas["spring"], kind="grid", name="春风重划", by=office_admin, now=now)
    shapes = [s.but(locked=s.area_id == ground.grids[0].pk) for s in shapes_of(plan)]
    line = {"type": "LineString", "coordinates": [[WEST - 1, SOUTH + 0.004], [WEST + 1, SOUTH + 0.004]]}
    walls = [{"type": "Feature", "geometry": line, "properties": {}}]
    plan = plans.save_draft(plan, shapes, walls, revision=1, by=office_admin, now=now)
    made = actions.propose(plan.parent, plan=plan, wishes=Wishes(), by=office_admin, now=now)
    assert actions.work_out_waiting(now=now) == 1
    made.refresh_from_db()
    way = made.ways.get(nth=1)
    saved = actions.take_proposal(way, name="", by=office_admin, now=now)
    assert (saved.pk, saved.revision) == (plan.pk, 3)
    assert step_of(saved).walls == walls
    kept = next(shape for shape in shapes_of(saved) if shape.area_id == ground.grids[0].pk)
    assert kept.locked
    middle = SOUTH + 0.004
    for shape in shapes_of(saved):
        _west, south, _east, north = shape.geometry.bounds
        assert north <= middle + 1e-9 or south >= middle - 1e-9
    with pytest.raises(plans.Meanwhile):
        plans.save_draft(saved, shapes, walls, revision=2, by=office_admin, now=now)


def test_what_cannot_be_divided_says_why(ground, sign_in, office_admin):
    Building.objects.update(point=None)
    office, area = sign_in(office_admin, lang="en"), ground.areas["spring"]
    page = office.post(f"/areas/plans/propose/{area.pk}/", {"old_estate": "0"}, follow=True).content.decode()
    assert "Import the buildings first" in page
    assert office.get(f"/areas/plans/propose/{ground.grids[0].pk}/").status_code == 404  # nothing lies below a grid


def test_a_lost_worker_s_proposal_is_taken_up_again(ground, office_admin, now):
    made = actions.propose(ground.areas["spring"], plan=None, wishes=Wishes(), by=office_admin, now=now)
    DivisionProposal.objects.filter(pk=made.pk).update(started_at=now, done=1)
    assert actions.work_out_waiting(now=now + timedelta(minutes=5, seconds=10)) == 0  # its task may not have ended yet
    assert actions.work_out_waiting(now=now + timedelta(minutes=6)) == 1
    assert actions.work_out_waiting(now=now + timedelta(minutes=12)) == 0
    made.refresh_from_db()
    assert made.done == 3


def test_one_task_begins_only_as_many_as_leave_each_its_time(ground, office_admin, now, monkeypatch):
    ticks = iter([0, 0, 20, 40, 0, 0, 40])
    monkeypatch.setattr(actions, "monotonic", lambda: next(ticks))
    monkeypatch.setattr(actions, "_work_out", lambda proposal: None)
    for _nth in range(3):
        actions.propose(ground.areas["spring"], plan=None, wishes=Wishes(), by=office_admin, now=now)
    assert actions.work_out_waiting(now=now) == 2
    assert actions.work_out_waiting(now=now + timedelta(seconds=45)) == 1
    begun = [one.started_at - now for one in DivisionProposal.objects.order_by("id")]
    assert begun == [timedelta(), timedelta(seconds=20), timedelta(seconds=45)]


def test_a_proposal_that_takes_too_long_is_set_aside_with_what_it_had(ground, office_admin, sign_in, now, monkeypatch):
    User.objects.filter(pk=office_admin.pk).update(language="en")
    made = actions.propose(ground.areas["spring"], plan=None, wishes=Wishes(), by=office_admin, now=now)
    full = actions._work_out

    def killed(proposal):
        """All three ways, and then no end."""
        full(proposal)
        DivisionProposal.objects.filter(pk=proposal.pk).update(finished_at=None)

    monkeypatch.setattr(actions, "_work_out", killed)
    other = actions.propose(ground.areas["spring"], plan=None, wishes=Wishes(), by=office_admin, now=now)
    DivisionProposal.objects.filter(pk=other.pk).update(finished_at=now)
    for minute, worked in ((0, 1), (6, 1), (12, 0), (18, 0)):
        assert actions.work_out_waiting(now=now + timedelta(minutes=minute)) == worked
    made.refresh_from_db()
    assert (made.tries, made.finished_at, made.ways.count()) == (2, now + timedelta(minutes=12), 3)
    told = Notice.objects.filter(user=office_admin, code="grids.proposal_ended")
    assert [one.subject_id for one in told] == [str(made.pk)]
    page = sign_in(office_admin, lang="en").get(f"/areas/plans/proposals/{made.pk}/").content.decode()
    assert "It took longer than 5 minutes, 2 times over." in page
    assert "Take as a draft" in page


@pytest.mark.parametrize("who", ["worker", "lead", "neighbour", "office", "leader", "audit_admin", "system_admin"])
def test_only_who_plans_boundaries_asks_for_proposals(ground, sign_in, now, office_admin, who):
    made = actions.propose(ground.areas["spring"], plan=None, wishes=Wishes(), by=office_admin, now=now)
    client = sign_in(ground.people[who])
    assert client.get(f"/areas/plans/proposals/{made.pk}/").status_code == 404
    assert client.post(f"/areas/plans/propose/{ground.areas['spring'].pk}/", {"old_estate": "0"}).status_code == 404
    assert client.post(f"/areas/plans/proposals/{made.pk}/take/1/").status_code == 404


def test_a_way_taken_twice_is_one_draft(ground, office_admin, now):
    made = actions.propose(ground.areas["spring"], plan=None, wishes=Wishes(), by=office_admin, now=now)
    assert actions.work_out_waiting(now=now) == 1
    pressed = [made.ways.get(nth=1), made.ways.get(nth=1)]  # both read before the first was taken
    drafts = {actions.take_proposal(way, name="再划", by=office_admin, now=now).pk for way in pressed}
    assert len(drafts) == BoundaryPlan.objects.count() == 1
    plans.withdraw(BoundaryPlan.objects.get(), by=office_admin, now=now)
    assert actions.take_proposal(made.ways.get(nth=1), name="再划", by=office_admin, now=now).pk not in drafts
