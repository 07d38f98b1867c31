"""Roads and water: brought in by the wizard, replaced whole, followed by proposals, and said in words."""

import io
import json

import ezdxf
import numpy as np
import pytest
import shapely
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from grids.actions import plans
from grids.actions import proposals as asking
from grids.actions.ways import replace_ways, take_back_ways
from grids.division.checks import check, division_of
from grids.division.document import document, shapes_of
from grids.division.propose import Wishes, proposals
from grids.division.ways import Line, borders_in_words, sides_of
from grids.geodata import read
from grids.imports.ways import lines_of
from grids.models import Area, ImportBatch, Way, WaySet
from tests.grids.divided import CELL, SOUTH, WEST, cell, divide
from tests.grids.test_proposals import ground_of

MIDDLE = SOUTH + CELL  # the border between the two rows


def across(latitude=MIDDLE, name="中街", kind="main"):
    return (kind, name, shapely.MultiLineString([[(WEST - 0.001, latitude), (WEST + 3 * CELL + 0.001, latitude)]]))


@pytest.fixture
def ground(cast):
    return divide(cast)


def _file(*features):
    return json.dumps({"type": "FeatureCollection", "features": list(features)}, ensure_ascii=False).encode()


def _feature(geometry, **properties):
    return {"type": "Feature", "geometry": json.loads(shapely.to_geojson(geometry)), "properties": properties}


def _imported(client, street, content, **said):
    page = client.post("/imports/", {"kind": "ways", "file": SimpleUploadedFile("ways.geojson", content)})
    address = page["Location"]
    facts = {"area": street.pk, "name_field": "name", "class_field": "class", "kind": "road", "crs": "", "encoding": ""}
    client.post(address, facts | said)
    return address


def test_a_file_of_roads_replaces_those_before_and_can_be_taken_back(ground, sign_in, office_admin):
    office, street = sign_in(office_admin, lang="en"), ground.areas["street"]
    line, point = across()[2], shapely.Point(WEST, SOUTH)
    first = _file(_feature(line, name="中街", **{"class": "主干路"}), _feature(point, name="红绿灯"))
    address = _imported(office, street, first)
    page = office.get(address).content.decode()
    assert "中街 · Main road" in page
    assert "left out: there is no line" in page
    assert not Way.objects.exists()
    office.post(f"{address}apply/")
    assert [(way.name, way.kind) for way in Way.objects.all()] == [("中街", "main")]
    second = _imported(office, street, _file(_feature(line, name="新街", **{"class": "河"})))
    office.post(f"{second}apply/")
    current = Way.objects.filter(set__until=None)
    assert list(current.values_list("name", "kind")) == [("新街", "water")]
    office.post(f"{address}undo/")  # not while a later file stands
    assert current.get().name == "新街"
    office.post(f"{second}undo/")
    assert current.get().name == "中街"
    office.post(f"{address}undo/")
    assert not current.exists()
    assert ImportBatch.objects.filter(undone_at=None).count() == 0


def test_a_file_without_lines_says_so(ground, sign_in, office_admin):
    office = sign_in(office_admin, lang="en")
    cover = _feature(shapely.Point(WEST, SOUTH), name="井盖", **{"class": "部件"})
    address = _imported(office, ground.areas["street"], _file(cover))
    assert "There is no line in this file." in office.get(address).content.decode()


def test_open_lines_of_a_drawing_are_read_where_lines_are_asked_for():
    drawing = ezdxf.new()
    drawing.modelspace().add_lwpolyline([(0, 0), (100, 0), (200, 50)], dxfattribs={"layer": "道路"})
    out = io.StringIO()
    drawing.write(out)
    found = read("a.dxf", out.getvalue().encode(), crs="EPSG:3857", lines=True)
    assert [(one.properties["layer"], one.geometry.geom_type) for one in found.features] == [("道路", "LineString")]
    with pytest.raises(ValidationError):
        read("a.dxf", out.getvalue().encode(), crs="EPSG:3857")


def test_of_ground_the_outline_is_taken_and_of_points_nothing():
    assert lines_of(shapely.box(0, 0, 1, 1)).length == 4
    assert lines_of(shapely.Point(0, 0)) is None


def test_roads_belong_to_no_grid_and_only_editors_replace_them(ground, office_admin, worker, now):
    with pytest.raises(ValidationError):
        replace_ways(ground.grids[0], [across()], source="", by=office_admin, now=now)
    with pytest.raises(PermissionDenied):
        replace_ways(ground.areas["street"], [across()], source="", by=worker, now=now)
    made = replace_ways(ground.areas["street"], [across()], source="", by=office_admin, now=now)
    take_back_ways(made, by=office_admin, now=now)
    with pytest.raises(ValidationError):
        take_back_ways(made, by=office_admin, now=now)
    assert not WaySet.objects.current().exists()


@pytest.mark.parametrize("seed", [3, 11])
def test_a_proposal_follows_the_roads_and_crosses_no_main_one(seed):
    """A road through random buildings: nearly all of the border on it, and no building cut by it."""
    division, walls = ground_of(seed, 50, lock=False, wall=False)
    west, south, east, north = division.outline.bounds
    middle = float(np.median([house.point.x for house in division.houses]))
    road = Line("main", "中街", shapely.MultiLineString([[(middle, south - 0.001), (middle, north + 0.001)]]))
    side = Line("road", "", shapely.MultiLineString([[(west, (south + north) / 2), (east, (south + north) / 2)]]))
    beside = [h for h in division.houses if not any(h.footprint.intersects(line.geometry) for line in (road, side))]
    division = type(division)(**{**vars(division), "houses": beside})
    with_roads = type(division)(**{**vars(division), "ways": [road, side]})
    ways = list(proposals(with_roads, walls, Wishes()))
    assert ways
    best = ways[0].figures
    assert best["cut"] == 0
    assert best["roads"]["across"] == 0
    assert best["roads"]["names"][0] == "中街"
    without = next(iter(proposals(division, walls, Wishes())))
    assert without.figures["roads"] == {"known": False, "share": None, "names": [], "across": 0}
    for way in ways:
        polygons = [shape.geometry for shape in way.shapes]
        assert shapely.coverage_is_valid(polygons)
        assert shapely.difference(division.outline, shapely.coverage_union_all(polygons)).area < 1e-14


def test_the_sides_of_a_grid_are_named_by_its_roads(ground, office_admin, now):
    lines = [
        Line(*across()),
        Line("lane", "东巷", shapely.MultiLineString([[(WEST + CELL, SOUTH), (WEST + CELL, SOUTH + 2 * CELL)]])),
    ]
    assert sides_of(cell(0), lines) == {"east": "东巷", "south": "中街", "west": "", "north": ""}
    assert sides_of(cell(4), lines) == {"east": "", "south": "", "west": "东巷", "north": "中街"}
    replace_ways(ground.areas["street"], [across()], source="", by=office_admin, now=now)
    grid = ground.grids[0]
    Area.objects.filter(pk=grid.pk).update(south="", north="老城墙")
    grid.refresh_from_db()
    assert borders_in_words(grid)["south"] == "中街"
    assert borders_in_words(grid)["north"] == "老城墙"


def test_a_draft_shows_roads_and_notes_what_lies_across_one(ground, office_admin, now):
    spring = ground.areas["spring"]
    replace_ways(spring, [across(SOUTH + CELL / 2, "横街")], source="", by=office_admin, now=now)
    plan = plans.create_plan(spring, kind="grid", name="重划", by=office_admin, now=now)
    said = document(plan, may_edit=True)
    assert [way["properties"] for way in said["ways"]["features"]] == [{"kind": "main", "name": "横街"}]
    notes = [fault for fault in check(division_of(plan)) if fault.code == "across"]
    assert [note.names[0] for note in notes] == [grid.name for grid in ground.grids[3:6]]
    assert {note.level for note in notes} == {"notice"}


def test_a_taken_proposal_has_its_borders_in_words(ground, office_admin, now):
    spring = ground.areas["spring"]
    replace_ways(ground.areas["street"], [across()], source="", by=office_admin, now=now)
    Area.objects.filter(parent=spring).update(east="", south="", west="", north="")
    made = asking.propose(spring, plan=None, wishes=Wishes(count=2), by=office_admin, now=now)
    asking.work_out(made.pk, now=now)
    made.refresh_from_db()
    plan = asking.take_proposal(made.ways.get(nth=1), name="两格", by=office_admin, now=now)
    fresh = [shape for shape in shapes_of(plan) if shape.grid_kind != "dedicated"]
    north, south = sorted(fresh, key=lambda shape: -shape.geometry.centroid.y)
    assert (north.borders[1], south.borders[3]) == ("中街", "中街")
    said = made.ways.get(nth=1).figures["roads"]
    assert (said["names"], said["across"]) == (["中街"], 0)
