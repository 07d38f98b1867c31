"""One answer for every point, the same for everybody: edges, holes, time, accuracy, nothing drawn."""

from datetime import timedelta

import pytest

from grids import actions
from grids.locate import Certainty, locate
from tests.grids.ground import square


@pytest.fixture
def ground(cast, office_admin, now):
    """Two grids side by side, a school inside the first, the community around both."""
    areas = cast.areas
    set_on = now - timedelta(days=10)
    actions.set_boundary(areas["spring"], square(124.0, 29.0, 0.03), by=office_admin, now=set_on)
    actions.set_boundary(areas["grid"], square(124.0, 29.0), by=office_admin, now=set_on)
    actions.set_boundary(areas["next_grid"], square(124.01, 29.0), by=office_admin, now=set_on)
    actions.set_boundary(cast.grids[5], square(124.002, 29.002, 0.001), by=office_admin, now=set_on)
    return areas


@pytest.mark.parametrize(
    ("lon", "lat", "name"),
    [
        (124.005, 29.005, "春风第一网格"),
        (124.015, 29.005, "春风第二网格"),
        (124.01, 29.005, "春风第一网格"),  # the shared edge: lowest code
        (124.0025, 29.0025, "和平实验学校"),  # dedicated before general
        (124.025, 29.025, "春风社区"),  # no grid drawn: the community answers
    ],
)
def test_each_point_has_one_area(ground, lon, lat, name):
    assert locate(lon, lat).area.name == name


def test_outside_everything_is_said_and_not_guessed(ground):
    found = locate(125, 29)
    assert (found.area, found.certainty) == (None, Certainty.OUTSIDE)


def test_near_a_boundary_within_the_accuracy(ground):
    found = locate(124.0099, 29.005, accuracy=20)
    assert found.certainty == Certainty.NEAR
    assert [area.name for area in found.candidates] == ["春风第二网格"]
    assert locate(124.0099, 29.005, accuracy=5).certainty == Certainty.INSIDE


def test_the_past_keeps_its_polygon(ground, office_admin, now):
    actions.set_boundary(ground["grid"], square(124.0, 29.0, 0.004), by=office_admin, now=now)
    assert locate(124.007, 29.007).area == ground["spring"]
    assert locate(124.007, 29.007, at=now - timedelta(days=1)).area == ground["grid"]


@pytest.mark.parametrize(("lon", "lat"), [(181, 0), (0, 91), (float("nan"), 0)])
def test_coordinates_that_are_none_are_refused(db, lon, lat):
    with pytest.raises(ValueError, match="Longitude"):
        locate(lon, lat)


def test_a_point_is_located_in_one_query(ground, django_assert_num_queries):
    with django_assert_num_queries(1):
        locate(124.005, 29.005)
    with django_assert_num_queries(1):
        locate(124.005, 29.005, accuracy=30)
