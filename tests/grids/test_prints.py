"""Maps on paper: round scales, names that fit, and PDF that a person may have."""

import math

import pytest
import shapely
from django.contrib.gis.geos import MultiPolygon, Polygon
from hypothesis import given
from hypothesis import strategies as st

from grids import actions, prints
from grids.division.ways import Line
from grids.drawing import Shape, draw, letter, round_scale, short
from tests import factories


@given(st.floats(1, 5_000_000))
def test_a_scale_is_round_and_never_larger_than_what_fits(wanted):
    scale = round_scale(wanted)
    assert wanted <= scale
    assert scale <= max(100, 1.26 * wanted)


def test_letters_go_on_after_z():
    assert [letter(n) for n in (0, 25, 26, 27, 701, 702)] == ["A", "Z", "AA", "AB", "ZZ", "AAA"]


@pytest.mark.parametrize(("name", "stands"), [("3号楼", "3"), ("12栋", "12"), ("春风路11号商铺", ""), ("学校", "")])
def test_a_house_number_stands_for_its_building(name, stands):
    assert short(name) == stands


def test_a_drawing_is_true_to_its_scale():
    side = 200 / 111_320  # 200 m of latitude
    drawing = draw([Shape(shapely.box(0, -side / 2, side, side / 2), "area")], width=100, height=100)
    assert drawing.scale == 2_500  # 200 m on 92 mm of paper are 1:2,174
    path = str(drawing.svg).split(' d="M')[1].split('Z"')[0]
    xs = [float(pair.split()[0]) for pair in path.split("L")]
    assert math.isclose(max(xs) - min(xs), 80, abs_tol=0.1)  # 200 m at 1:2,500
    assert (drawing.bar_metres, drawing.bar_mm) == (50, 20)


def test_a_name_that_does_not_fit_gets_a_letter_and_a_line_in_the_list():
    wide, thin = shapely.box(0, 0, 0.01, 0.01), shapely.box(0.01, 0, 0.0102, 0.0003)
    drawing = draw([Shape(wide, "area", "大网格"), Shape(thin, "area", "春风路<11>号商铺")], width=100, height=100)
    assert drawing.listed == [("A", "春风路<11>号商铺")]
    assert ">大网格<" in drawing.svg
    assert "<11>" not in drawing.svg


@pytest.fixture
def ground(cast, office_admin, now):
    for number, grid in enumerate(cast.grids[:2]):
        square = Polygon.from_bbox((124.0 + number / 100, 29.0, 124.01 + number / 100, 29.01))
        actions.set_boundary(grid, MultiPolygon(square, srid=4326), by=office_admin, now=now)
    factories.make_building(
        cast.grids[0], "3号楼", footprint=MultiPolygon(Polygon.from_bbox((124.001, 29.001, 124.002, 29.002)), srid=4326)
    )
    return cast.areas


def test_a_map_names_what_belongs_to_the_area(ground, now):
    below = prints.listed(ground["spring"])
    drawing = prints.map_of(ground["spring"], below, width=180, height=150, now=now)
    assert ">春风第一网格<" in drawing.svg
    assert ">春风第二网格<" in drawing.svg
    assert next(one.buildings_n for one in below if one.name == "春风第一网格") == 1


def test_nothing_drawn_is_no_map(ground, now):
    assert prints.map_of(ground["autumn"], prints.listed(ground["autumn"]), width=180, height=150, now=now) is None


@pytest.mark.parametrize("size", ["a4", "a3", "a99"])
def test_a_map_comes_as_pdf_to_whom_the_area_is_open(ground, desk, autumn_desk, sign_in, size):
    address = f"/areas/{ground['grid'].pk}/map.pdf?size={size}"
    answer = sign_in(desk).get(address)
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert sign_in(autumn_desk).get(address).status_code == 404


def test_an_area_without_ground_prints_and_says_so(ground, desk, sign_in):
    assert sign_in(desk).get(f"/areas/{ground['spring'].pk}/map.pdf").content.startswith(b"%PDF-")


def test_a_road_that_only_touches_the_paper_is_left_out(monkeypatch):
    roads = shapely.MultiLineString([[(0.5, -1), (0.5, 2)], [(1, 0.5), (2, 0.5)]])
    monkeypatch.setattr(prints, "ways_around", lambda area, paper: [Line("road", "春风路", roads)])
    (road,) = prints._ways(None, (0, 0, 1, 1))
    assert road.geometry.equals(shapely.LineString([(0.5, 0), (0.5, 1)]))
    assert draw([road], width=100, height=100).svg.count("M") == 1
