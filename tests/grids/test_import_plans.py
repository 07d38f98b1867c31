"""Boundaries of others as a draft plan: read in any datum, held against the parent, nothing half-applied."""

import io
import json
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import ezdxf
import numpy as np
import pyogrio.raw
import pytest
import shapely
from django.contrib.gis.gdal import AxisOrder, CoordTransform, OGRGeometry, SpatialReference
from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import ValidationError
from django.utils import translation

from grids.actions import imports
from grids.division.document import shapes_of
from grids.geodata import read
from grids.geodata.datum import from_wgs84
from grids.geodata.reading import SUFFIXES
from grids.geodata.writing import Layer, write
from grids.models import Area, BoundaryPlan, BoundaryVersion, Building
from tests.grids.divided import cell, divide

DEFECTIVE = sorted((Path(__file__).resolve().parents[1] / "data" / "geometry").rglob("*.*json"))
CELLS = [cell(nth) for nth in range(6)]


@pytest.fixture
def spring(cast):
    return divide(cast).areas["spring"]


def drawn(shapes, **facts: list[str]) -> bytes:
    rows = [
        {
            "type": "Feature",
            "properties": {key: values[nth] for key, values in facts.items()},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for nth, shape in enumerate(shapes)
    ]
    return json.dumps({"type": "FeatureCollection", "features": rows}).encode()


def in_gcj02(shapes) -> list[shapely.Geometry]:
    return [shapely.transform(one, lambda points: from_wgs84(points, "gcj02")) for one in shapes]


def flipped(shapes) -> list[shapely.Geometry]:
    return [shapely.transform(one, lambda points: points[:, ::-1]) for one in shapes]


@pytest.fixture
def handed_in(spring, office_admin, now):
    """`handed_in(name, content, **options)` → the import, described; nothing is applied."""

    def hand_in(name: str, content: bytes, **more: str):
        said = {"parent": spring.pk, "kind": "grid", "plan_name": "导入的方案", "name_field": "name", **more}
        batch = imports.upload("plan", name, content, by=office_admin, now=now)
        return imports.choose_options(batch, said, by=office_admin, now=now)

    return hand_in


NAMES = ["甲", "乙", "丙", "丁", "戊", "己"]


def test_a_file_becomes_a_draft_and_changes_nothing_else(handed_in, spring, office_admin, now):
    before = list(BoundaryVersion.objects.order_by("pk").values_list("pk", "until"))
    batch = handed_in("a.geojson", drawn(CELLS, name=NAMES), rest="drop")
    played = imports.preview(batch, by=office_admin, now=now)
    assert not BoundaryPlan.objects.exists()
    assert [fit.percent for fit in played.fits if fit.said] == [100]
    assert not [fault for fault in played.findings if fault.code in ("overlap", "gap", "outside")]
    imports.apply_import(batch, by=office_admin, now=now)
    plan = BoundaryPlan.objects.get()
    assert (plan.status, plan.parent, plan.name) == ("draft", spring, "导入的方案")
    assert sorted(shape.name for shape in shapes_of(plan)) == sorted(NAMES)
    assert list(BoundaryVersion.objects.order_by("pk").values_list("pk", "until")) == before
    batch.refresh_from_db()
    imports.undo_import(batch, by=office_admin, now=now)
    assert BoundaryPlan.objects.get().status == "withdrawn"


def test_areas_of_the_same_code_are_redrawn_and_the_others_stay(handed_in, spring, all_grids, office_admin, now):
    batch = handed_in("a.geojson", drawn(CELLS[:1], code=[all_grids[0].code], name=["新名"]), code_field="code")
    imports.apply_import(batch, by=office_admin, now=now)
    shapes = shapes_of(BoundaryPlan.objects.get())
    assert len(shapes) == 6
    assert next(one for one in shapes if one.area_id == all_grids[0].pk).name == "新名"


def test_gcj_02_labelled_wgs_84_is_noticed(handed_in, office_admin, now, sign_in):
    batch = handed_in("a.geojson", drawn(in_gcj02(CELLS), name=NAMES), rest="drop")
    played = imports.preview(batch, by=office_admin, now=now)
    assert played.fits[0].crs == "gcj02"
    assert played.fits[0].percent == 100
    page = sign_in(office_admin, lang="en").get(f"/imports/{batch.pk}/").content.decode()
    assert "Read as GCJ-02, 100% lie inside" in page
    assert "&quot;kind&quot;: &quot;fault&quot;" in page or '"kind": "fault"' in page


@pytest.mark.parametrize("code", [4550, 4510, 4529, 4499])
def test_metres_without_a_system_are_recognised(handed_in, office_admin, now, code):
    there = SpatialReference(code, axis_order=AxisOrder.TRADITIONAL)
    change = CoordTransform(SpatialReference(4326, axis_order=AxisOrder.TRADITIONAL), there)
    moved = []
    for one in CELLS:
        geometry = OGRGeometry(memoryview(one.wkb))
        geometry.transform(change)
        moved.append(shapely.from_wkb(bytes(geometry.wkb)))
    layer = Layer("areas", ("name",), [(name,) for name in NAMES], moved)
    content = without_prj(write(layer, "shapefile", "EPSG:4326"))
    batch = handed_in("a.zip", content, rest="drop")
    played = imports.preview(batch, by=office_admin, now=now)
    best = [fit for fit in played.fits if fit.said]
    assert best[0].percent == 100
    assert best[0].crs.startswith("EPSG:45") or best[0].crs.startswith("EPSG:44")


def without_prj(content: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(kept, "w") as new:
        for name in old.namelist():
            if not name.endswith(".prj"):
                new.writestr(name, old.read(name))
    return kept.getvalue()


def zipped(name: str, body: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    return out.getvalue()


def test_kmz_and_dxf_are_read():
    layer = Layer("areas", ("name",), [(name,) for name in NAMES], [shapely.MultiPolygon([one]) for one in CELLS])
    kmz = read("a.kmz", zipped("doc.kml", write(layer, "kml", "EPSG:4326")))
    assert [one.properties["name"] for one in kmz.features] == NAMES
    drawing = ezdxf.new()
    space = drawing.modelspace()
    space.add_lwpolyline([(0, 0), (10, 0), (10, 10), (0, 10)], close=True, dxfattribs={"layer": "西片"})
    space.add_lwpolyline([(10, 0), (20, 0), (20, 10), (10, 10)], close=True, dxfattribs={"layer": "东片"})
    space.add_text("第二网格", dxfattribs={"insert": (15, 5)})
    space.add_line((0, 0), (5, 5))
    hatch = space.add_hatch(dxfattribs={"layer": "湖"})
    hatch.paths.add_polyline_path([(30, 0), (40, 0), (40, 10), (30, 10)], is_closed=True)
    text = io.StringIO()
    drawing.write(text)
    found = read("a.dxf", text.getvalue().encode(), crs="EPSG:3857").features
    assert [(one.properties["name"], one.properties["layer"]) for one in found] == [
        ("西片", "西片"), ("第二网格", "东片"), ("湖", "湖"),
    ]  # fmt: skip
    assert {one.geometry.geom_type for one in found} == {"Polygon"}


BOW = shapely.Polygon([(124, 29), (124.01, 29.01), (124.01, 29), (124, 29.01)])
LINE = shapely.LineString([(124, 29), (124.01, 29.01)])
TURNS = np.linspace(0, 2 * np.pi, 200_002, endpoint=False)
CIRCLE = shapely.Polygon(np.column_stack([124.006 + 0.003 * np.cos(TURNS), 29.004 + 0.003 * np.sin(TURNS)]))
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE k [<!ENTITY a "b">]><kml/>'
EMPTY_DXF = b"0\nSECTION\n2\nENTITIES\n0\nENDSEC\n0\nEOF\n"


def one(shape) -> bytes:
    return drawn([shape], name=["一"])


BAD = {
    "swapped": ("a.geojson", lambda: drawn(flipped(CELLS), name=NAMES), "swapped"),
    "another country": ("a.geojson", lambda: one(shapely.box(2.3, 48.8, 2.4, 48.9)), "file lies in 春风社区"),
    "crossing itself": ("a.geojson", lambda: one(BOW), "1: The ring crosses itself"),
    "too many points": ("a.geojson", lambda: one(CIRCLE), "1: The polygon has more than 200000 points"),
    "a line": ("a.geojson", lambda: one(LINE), "1: This is a line"),
    "nothing": ("a.geojson", lambda: drawn([]), "There is no polygon"),
    "a bomb": ("a.kmz", lambda: zipped("doc.kml", b" " * (201 * 1024 * 1024)), "“doc.kml” goes beyond the 200 MB"),
    "entities": ("a.kml", lambda: ENTITIES, "own XML entities"),
    "no drawing": ("a.dxf", lambda: EMPTY_DXF, "no closed line"),
    "half a drawing": ("a.dxf", lambda: b"0\nSECTION\n\xff\xfe garbage", "DXF"),
    "an empty archive": ("a.kmz", lambda: zipped("readme.txt", b"x"), "no KML file"),
}


@pytest.mark.parametrize("what", list(BAD))
def test_bad_files_say_what_is_wrong_and_leave_nothing(what, handed_in, office_admin, now):
    name, content, said = BAD[what]
    batch = handed_in(name, content())
    areas = list(Area.objects.order_by("pk").values_list("pk", "name"))
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        imports.apply_import(batch, by=office_admin, now=now)
    assert said in " ".join(refused.value.messages)
    assert not BoundaryPlan.objects.exists()
    assert list(Area.objects.order_by("pk").values_list("pk", "name")) == areas


def test_one_bad_feature_refuses_the_file_and_is_named(handed_in, office_admin, now):
    bow = shapely.Polygon([(124, 29), (124.01, 29.01), (124.01, 29), (124, 29.01)])
    batch = handed_in("a.geojson", drawn([*CELLS[:2], bow], name=NAMES[:3]))
    played = imports.preview(batch, by=office_admin, now=now)
    assert [(line.number, line.kind) for line in played.lines if line.kind == "refused"] == [(3, "refused")]
    with pytest.raises(ValidationError):
        imports.apply_import(batch, by=office_admin, now=now)
    assert not BoundaryPlan.objects.exists()


@pytest.mark.parametrize("path", DEFECTIVE, ids=lambda path: path.stem)
def test_the_defective_files_come_in_whole_or_are_refused_in_words(path, handed_in, office_admin, now):
    batch = handed_in(path.name, path.read_bytes())
    said: list[str] = []
    try:
        imports.apply_import(batch, by=office_admin, now=now)
    except ValidationError as error:
        said = error.messages
    assert [plan.revision for plan in BoundaryPlan.objects.all()] == ([] if said else [2])
    assert all(len(sentence) > 5 for sentence in said)


def test_names_in_gb18030_are_read(handed_in, office_admin, now):

    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.shp"
        pyogrio.raw.write(
            path, geometry=shapely.to_wkb(np.array(CELLS, dtype=object)), fields=np.array(["name"]),
            field_data=[np.array(NAMES, dtype=object)], driver="ESRI Shapefile", geometry_type="Polygon",
            crs="EPSG:4326", encoding="GB18030",
        )  # fmt: skip
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for part in Path(folder).iterdir():
                if part.suffix != ".cpg":
                    archive.write(part, part.name)
    imports.apply_import(handed_in("a.zip", out.getvalue(), rest="drop"), by=office_admin, now=now)
    assert sorted(one.name for one in shapes_of(BoundaryPlan.objects.get())) == sorted(NAMES)


def test_a_list_of_buildings_takes_a_place_in_any_datum(spring, all_grids, office_admin, now):
    there = GEOSGeometry("SRID=4326;POINT(124.001 29.001)")
    gcj = in_gcj02([shapely.Point(124.001, 29.001)])[0]
    lines = f"grid,name,lon,lat,datum\n{all_grids[0].code},新楼,{gcj.x:.9f},{gcj.y:.9f},GCJ-02\n"
    batch = imports.upload("building-list", "b.csv", lines.encode(), by=office_admin, now=now)
    imports.apply_import(batch, by=office_admin, now=now)
    assert Building.objects.get(name="新楼").point.distance(there) < 1e-7
    bad = imports.upload("building-list", "b.csv", lines.replace("GCJ-02", "火星").encode(), by=office_admin, now=now)
    with pytest.raises(ValidationError):
        imports.apply_import(bad, by=office_admin, now=now)


def test_every_ending_the_reader_knows_is_offered():
    from grids.imports.draft import PlanFromMap

    assert set(PlanFromMap.endings) == set(SUFFIXES)
