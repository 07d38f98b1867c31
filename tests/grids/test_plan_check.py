"""What a check finds in a draft, and what a repair proposes."""

import json

import pytest
import shapely
from django.contrib.gis.geos import Point

from grids.actions import plans
from grids.division.change import change_of
from grids.division.checks import check, division_of
from grids.division.document import shapes_of
from grids.division.faults import Level
from grids.division.preview import collect, posts_faults
from grids.division.repair import repaired
from grids.division.shapes import many
from grids.geodata.measure import square_metres
from grids.models import Building
from tests.factories import make_building
from tests.grids.divided import CELL, SOUTH, WEST, cell, divide
from tests.grids.planning import split_first


@pytest.fixture
def plan(cast, spring, office_admin, now):
    divide(cast)
    return plans.create_plan(spring, kind="grid", name="春风重划", by=office_admin, now=now)


@pytest.fixture
def client(sign_in, office_admin):
    return sign_in(office_admin, lang="en")


def _redraw(plan, nth, polygon, by, now):
    shapes = sorted(shapes_of(plan), key=lambda shape: shape.code)
    shapes[nth] = shapes[nth].but(geometry=many(polygon))
    return plans.save_draft(plan, shapes, [], revision=plan.revision, by=by, now=now)


def _found(plan):
    return {(fault.code, fault.level) for fault in check(division_of(plan))}


def _box(west, south, east, north):
    return shapely.box(WEST + west * CELL, SOUTH + south * CELL, WEST + east * CELL, SOUTH + north * CELL)


def test_areas_as_they_stand_have_no_errors(plan):
    assert not [fault for fault in check(division_of(plan)) if fault.level == Level.ERROR]


NORTH, EAST = SOUTH + CELL, WEST + CELL
BOW = shapely.Polygon([(WEST, NORTH), (EAST, NORTH + CELL), (EAST, NORTH), (WEST, NORTH + CELL)])  # crosses itself
BAD = [
    (_box(0, 1, 1.2, 2), ("overlap", "error"), 0.2),
    (_box(0, 1, 0.8, 2), ("gap", "warning"), 0.2),
    (_box(0, 1, 0.999, 2), ("sliver", "error"), 0.001),
    (_box(-0.2, 1, 1, 2), ("outside", "error"), 0.2),
    (BOW, ("invalid", "error"), None),
]


@pytest.mark.parametrize(("polygon", "finding", "share"), BAD)
def test_each_fault_is_found_with_its_size_and_can_be_mended(plan, office_admin, now, polygon, finding, share):
    saved = _redraw(plan, 0, polygon, office_admin, now)
    division = division_of(saved)
    faults = check(division)
    found = next(fault for fault in faults if (fault.code, fault.level) == finding)
    if share is not None:
        assert found.size == pytest.approx(share * float(square_metres(cell(0))), rel=0.02)
        assert found.where is not None
    mended = repaired(division, [fault for fault in faults if fault.fixable])
    after = check(division_of(saved, mended))
    assert not [fault for fault in after if fault.fixable]
    assert shapely.coverage_is_valid([shape.geometry for shape in mended])


def test_a_corner_that_the_neighbour_lacks_is_found(plan, office_admin, now):
    more = shapely.segmentize(cell(0), CELL / 3)
    assert ("edges", "error") in _found(_redraw(plan, 0, more, office_admin, now))
    bent = shapely.Polygon([(WEST, SOUTH + CELL), (WEST, SOUTH + 2 * CELL), (WEST + CELL, SOUTH + 2 * CELL),
                            (WEST + CELL + 1e-9, SOUTH + 1.5 * CELL), (WEST + CELL, SOUTH + CELL)])  # fmt: skip
    plan.refresh_from_db()
    assert ("edges", "error") in _found(_redraw(plan, 0, bent, office_admin, now))


@pytest.mark.parametrize(
    ("households", "finding"),
    [
        (90, ("few_households", "warning")),
        (130, ("small", "notice")),
        (300, ("many_households", "warning")),
        (320, ("many_persons", "warning")),
    ],
)
def test_sizes_are_held_against_the_standard(cast, spring, office_admin, now, households, finding):
    divide(cast, households=households)
    made = plans.create_plan(spring, kind="grid", name="x", by=office_admin, now=now)
    assert finding in _found(made)
    plans.set_limits(spring, "grid", by=office_admin, now=now, households_least=1, households_good=1,
                     households_most=9999, persons_most=9999, ratio_most=99)  # fmt: skip
    assert finding not in _found(made)


def test_a_building_in_no_area_is_an_error_and_one_off_the_map_is_told(plan, cast, office_admin, now):
    make_building(cast.grids[0], "无位置")
    saved = _redraw(plan, 0, _box(0, 1, 0.1, 2), office_admin, now)
    found = _found(saved)
    assert ("building_nowhere", "error") in found
    assert ("building_unplaced", "notice") in found


@pytest.mark.parametrize(
    ("finding", "facts"),
    [
        (("not_drawn", "error"), {"geometry": None}),
        (("no_name", "error"), {"name": ""}),
        (("name_twice", "error"), {"name": "春风第二网格"}),
        (("no_borders", "warning"), {"borders": ("东街", "", "西街", "北街")}),
        (("in_parts", "notice"), {"geometry": shapely.MultiPolygon([_box(0, 1, 0.4, 2), _box(0.6, 1, 1, 2)])}),
        (("building_twice", "error"), {"geometry": many(_box(0, 1, 1.5, 2))}),
        (("building_nowhere", "error"), {"geometry": many(_box(0, 1, 0.1, 2))}),
    ],
)
def test_what_a_shape_lacks_or_shares_is_found(plan, office_admin, now, finding, facts):
    shapes = [shape.but(borders=("东街", "南街", "西街", "北街")) for shape in shapes_of(plan)]
    assert finding not in {(fault.code, fault.level) for fault in check(division_of(plan, shapes))}
    shapes[0] = shapes[0].but(**facts)
    assert finding in {(fault.code, fault.level) for fault in check(division_of(plan, shapes))}


def test_uneven_grids_a_building_outside_and_a_parent_without_border_are_told(plan, cast, spring):
    told = {("uneven", "notice"), ("building_outside", "warning"), ("no_outline", "warning")}
    assert not told & _found(plan)
    Building.objects.filter(area=cast.grids[0]).update(households=700)  # 1,400 to 400
    outside = make_building(cast.grids[1], "界外", point=Point(WEST - CELL, SOUTH, srid=4326))
    assert _found(plan) & told == {("uneven", "notice"), ("building_outside", "warning")}
    outside.delete()
    spring.boundaries.all().delete()
    assert ("no_outline", "warning") in _found(plan)


def test_a_grid_that_would_have_nobody_is_a_warning(plan, cast, lead, worker, office_admin, now):
    """The people of a grid that goes follow its one heir: the other half has neither head nor worker."""
    split = split_first(plan, cast, office_admin, now)
    faults = posts_faults(collect(change_of(split), by=office_admin))
    alone = {
        code: {name for fault in faults if fault.code == code for name in fault.names}
        for code in ("no_head", "no_worker")
    }
    assert all(fault.level == Level.WARNING for fault in faults)
    for names in alone.values():
        assert len(names & {"春风西", "春风东"}) == 1
    plans.set_limits(cast.areas["spring"], "grid", by=office_admin, now=now, needs_head=False, needs_worker=False)
    assert posts_faults(collect(change_of(split), by=office_admin)) == []


def test_the_page_of_the_editor_gets_faults_and_a_proposal(client, plan, office_admin, now):
    saved = _redraw(plan, 0, _box(0, 1, 1.2, 2), office_admin, now)
    answer = client.post(f"/areas/plans/{plan.pk}/check/").json()
    assert (answer["revision"], answer["ok"]) == (2, False)
    overlap = next(fault for fault in answer["faults"] if fault["code"] == "overlap")
    assert "春风第一网格" in overlap["words"]
    assert overlap["where"]["type"] == "MultiPolygon"
    body = {"revision": saved.revision, "faults": [overlap["id"]]}
    address = f"/areas/plans/{plan.pk}/fix/"
    proposal = client.post(address, json.dumps(body), content_type="application/json").json()
    sizes = {change["name"]: change["after_m2"] - change["before_m2"] for change in proposal["changes"]}
    assert set(sizes) <= {"春风第一网格", "春风第二网格", "春风第五网格"}  # the last gets the new corner only
    assert sizes.get("春风第五网格", 0) == 0
    assert sizes["春风第二网格"] + sizes.get("春风第一网格", 0) < 0
    assert shapes_of(saved)[0].geometry != proposal["shapes"]["features"][0]["geometry"]
    stale = client.post(address, json.dumps(body | {"revision": 1}), content_type="application/json")
    assert stale.status_code == 409
    nonsense = client.post(address, json.dumps({"revision": 2}), content_type="application/json")
    assert nonsense.status_code == 422
