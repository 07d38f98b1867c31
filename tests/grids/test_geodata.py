"""Files of others: read by content and extension, turned to WGS-84, and refused in words when they are not right."""

import io
import json
import sqlite3
import struct
import zipfile

import numpy as np
import pytest
import shapely
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation

from grids.geodata import datum, limits, polygonal, read, shapefile
from grids.geodata.limits import refuse_dtd, unpack
from grids.geodata.writing import FORMATS, Layer, write

DATA = settings.BASE_DIR / "tests" / "data"
SQUARE = shapely.box(114.0, 30.0, 114.01, 30.01)


def code_of(error: pytest.ExceptionInfo[ValidationError]) -> str:
    return error.value.error_list[0].code


def geojson(*shapes: shapely.Geometry, **more) -> bytes:
    features = [{"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(s))} for s in shapes]
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def test_a_shapefile_comes_in_its_own_system():
    found = read("boroughs.zip", (DATA / "boundaries" / "nyc_boroughs_epsg2263.zip").read_bytes())
    assert found.crs == "EPSG:2263"
    manhattan = next(f for f in found.features if f.properties["BoroName"] == "Manhattan")
    assert shapely.contains(polygonal(manhattan.geometry).geometry, shapely.Point(-73.9857, 40.7484))


def repacked(without: str = "", **extra: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(DATA / "boundaries" / "nyc_boroughs_epsg2263.zip") as old, zipfile.ZipFile(kept, "w") as new:
        for name in old.namelist():
            if not (without and name.endswith(without)):
                new.writestr(name, old.read(name))
        for name, body in extra.items():
            new.writestr(name.replace("_dot_", "."), body)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("without", "code"), [(".prj", "no_prj"), (".dbf", "part_missing"), (".shx", "part_missing"), (".shp", "no_shp")]
)
def test_a_shapefile_without_a_part_says_which(without, code):
    with pytest.raises(ValidationError) as refused:
        read("boroughs.zip", repacked(without))
    assert code_of(refused) == code


def test_a_named_system_stands_in_for_the_prj():
    assert len(read("boroughs.zip", repacked(".prj"), crs="epsg:2263").features) == 5


def test_text_of_a_dbf_without_cpg_is_guessed():
    assert shapefile.guess(["春风社区".encode()]) == "UTF-8"
    assert shapefile.guess(["春风社区".encode()[:-1]]) == "UTF-8"  # cut off at the width of the column
    assert shapefile.guess(["春风社区".encode("gb18030")]) == "GB18030"


KML = """<?xml version="1.0" encoding="UTF-8"?>{doctype}
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>第一网格</name>
<ExtendedData><Data name="code"><value>001</value></Data></ExtendedData>
<Polygon>
<outerBoundaryIs><LinearRing><coordinates>
114.0,30.0,0 114.01,30.0,0 114.01,30.01,0 114.0,30.01,0 114.0,30.0,0</coordinates></LinearRing></outerBoundaryIs>
</Polygon></Placemark></Document></kml>"""


def test_kml_is_read():
    (feature,) = read("grids.kml", KML.format(doctype="").encode()).features
    assert (feature.properties["name"], feature.properties["code"]) == ("第一网格", "001")
    assert shapely.equals(feature.geometry, SQUARE)


def test_xml_with_a_document_type_is_refused():
    with pytest.raises(ValidationError) as refused:
        read("grids.kml", KML.format(doctype='<!DOCTYPE kml [<!ENTITY a "aa">]>').encode())
    assert code_of(refused) == "dtd"
    with pytest.raises(ValidationError):
        refuse_dtd(b"no xml")


@pytest.fixture
def package(tmp_path) -> bytes:
    path = tmp_path / "grids.gpkg"
    link = sqlite3.connect(path)
    link.executescript("""
        PRAGMA application_id = 1196444487;
        CREATE TABLE gpkg_spatial_ref_sys (srs_id INTEGER, organization TEXT, organization_coordsys_id INTEGER,
                                           definition TEXT);
        CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT);
        CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER);
        CREATE TABLE grids (id INTEGER, geom BLOB, name TEXT);
        INSERT INTO gpkg_spatial_ref_sys VALUES (4326, 'EPSG', 4326, '');
        INSERT INTO gpkg_contents VALUES ('grids', 'features');
        INSERT INTO gpkg_geometry_columns VALUES ('grids', 'geom', 4326);
    """)
    blob = b"GP\0\x01" + struct.pack("<i", 4326) + shapely.to_wkb(SQUARE)
    link.execute("INSERT INTO grids VALUES (1, ?, '第一网格')", [blob])
    link.commit()
    link.close()
    return path.read_bytes()


def test_a_geopackage_is_read(package):
    (feature,) = read("grids.gpkg", package).features
    assert (feature.properties, shapely.equals(feature.geometry, SQUARE)) == ({"id": 1, "name": "第一网格"}, True)


def test_a_damaged_geopackage_is_refused(package):
    with pytest.raises(ValidationError):
        read("grids.gpkg", package[:4096] + b"\xff" * 4096)


@pytest.mark.parametrize("name", [datum.GCJ02, datum.BD09])
def test_web_map_shifts_are_undone(name):
    places = np.array([[116.3974, 39.9093], [121.4737, 31.2304], [104.0665, 30.5728], [-73.98, 40.75]])
    shifted = datum.from_wgs84(places, name)
    assert np.abs(datum.to_wgs84(shifted, name) - places).max() < 1e-9
    assert (shifted[3] == places[3]).all()


def test_the_shift_is_the_one_everybody_uses():
    places = np.array([[116.3974, 39.9093], [121.4737, 31.2304], [104.0665, 30.5728]])
    known = [[116.403644, 39.910704], [121.478223, 31.228458], [104.069005, 30.570346]]
    assert np.abs(datum.from_wgs84(places, datum.GCJ02) - known).max() < 1e-6


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("grids.geojson", b"", "empty"),
        ("grids.txt", b"{}", "not_geodata"),
        ("grids.kml", b"{}", "other_content"),
        ("grids.zip", b"PK\x03\x04 and no more", "damaged"),
        ("grids.geojson", b"{ no json", "not_json"),
        ("grids.geojson", b"[" * 100_000, "not_json"),
        ("grids.geojson", geojson(shapely.box(500_000, 3_300_000, 500_100, 3_300_100)), "not_degrees"),
    ],
)
def test_what_is_no_geodata_is_refused(name, data, code):
    with pytest.raises(ValidationError) as refused:
        read(name, data)
    assert code_of(refused) == code


def test_swapped_coordinates_are_recognised():
    with translation.override("en"), pytest.raises(ValidationError, match="swapped"):
        read("grids.geojson", geojson(shapely.box(30.0, 114.0, 30.01, 114.01)))


def test_an_archive_is_counted_as_it_streams():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("layer.shp", b"\0" * 2_000_000)
    with pytest.raises(ValidationError) as refused:
        unpack(packed.getvalue(), (".shp",), most=1_000_000)
    assert code_of(refused) == "bomb"


@pytest.mark.parametrize("form", ["geojson", "shapefile", "kml", "gpkg", "dxf"])
def test_corners_are_counted_before_anything_is_reckoned_with(form, monkeypatch):
    """A polygon of too many is refused by its row, in the time of reading the file; the others are read."""
    shapes = [SQUARE, shapely.segmentize(shapely.box(114.02, 30.0, 114.03, 30.01), 0.0001)]
    file = write(Layer("areas", ("name",), [("小",), ("大",)], shapes), form, "EPSG:4326")
    monkeypatch.setattr(limits, "MOST_VERTICES", 100)
    monkeypatch.setattr(
        datum, "transformed", lambda shape, _crs: shape if shapely.get_num_coordinates(shape) < 100 else 1 / 0
    )
    with translation.override("en"):
        found = read(f"a{FORMATS[form].suffix}", file, crs="EPSG:4326").features
    assert [one.geometry is None for one in found] == [False, True]
    assert found[1].problem == "The polygon has more than 100 points. Simplify it first."


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        (None, "empty"),
        (shapely.Point(114, 30), "not_a_polygon"),
        (shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), "invalid"),
    ],
)
def test_what_cannot_be_an_area_is_refused(shape, code):
    with pytest.raises(ValidationError) as refused:
        polygonal(shape)
    assert code_of(refused) == code


def test_a_small_crossing_is_mended_and_said():
    ring = [(0, 0), (1, 0), (1, 1), (0.5, 1), (0.5001, 1.0001), (0.5001, 1), (0.49, 0.9999), (0, 1)]
    with translation.override("en"):
        mended = polygonal(shapely.Polygon(ring))
    assert shapely.is_valid(mended.geometry)
    assert "crosses itself" in mended.repaired
