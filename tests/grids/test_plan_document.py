"""What the editor of plans reads and writes."""

import copy
import json

import pytest
import shapely

from gridgov.dbtime import database_now
from grids.actions import plans
from grids.models import PlanStep
from tests.grids.divided import CELL, OLD, SOUTH, WEST, divide, set_polygon


@pytest.fixture
def plan(cast, spring, office_admin, now):
    divide(cast)
    return plans.create_plan(spring, kind="grid", name="春风重划", by=office_admin, now=now)


def _address(plan):
    return f"/areas/plans/{plan.pk}/document/"


def _put(client, plan, document, revision=None, **more):
    body = {"revision": revision or document["plan"]["revision"], "shapes": document["shapes"], **more}
    return client.put(_address(plan), json.dumps(body), content_type="application/json")


@pytest.fixture
def client(sign_in, office_admin):
    return sign_in(office_admin, lang="en")


@pytest.fixture
def document(client, plan):
    return client.get(_address(plan)).json()


def test_a_draft_begins_with_the_areas_as_they_stand(document, cast):
    assert document["plan"]["editable"] is True
    assert document["plan"]["limits"]["households"] == [200, 300, 500]
    first = document["shapes"]["features"][0]
    assert (first["id"], first["properties"]["code"]) == (f"a{cast.grids[0].pk}", cast.grids[0].code)
    assert first["properties"]["numbers"]["households"] == 400
    assert first["properties"]["numbers"]["area_m2"] == pytest.approx(172_000, rel=0.01)
    assert len(document["shapes"]["features"]) == 6
    assert first["properties"]["numbers"]["workload"] == 400 + 2 * 10  # ten a building
    assert len(document["buildings"]["features"]) == 12


def test_the_neighbours_of_other_parents_are_in_view(client, plan, cast):
    beside = cast.areas["far_grid"]
    set_polygon(beside, shapely.box(WEST - CELL, SOUTH, WEST, SOUTH + CELL), database_now() - OLD)
    around = client.get(_address(plan)).json()["around"]["features"]
    assert [one["properties"]["name"] for one in around] == [beside.name]


def test_an_area_without_a_boundary_waits_to_be_drawn(client, plan, cast, spring, office_admin, now):
    cast.grids[0].boundaries.all().delete()
    fresh = plans.create_plan(spring, kind="grid", name="再来", by=office_admin, now=now)
    shapes = client.get(_address(fresh)).json()["shapes"]["features"]
    assert [one["id"] for one in shapes if one["geometry"] is None] == [f"a{cast.grids[0].pk}"]


def test_every_save_is_a_step_and_coordinates_come_back_as_they_were_sent(client, plan, document):
    document["shapes"]["features"][0]["geometry"]["coordinates"][0][0][1][0] += 1.23456789e-5
    answer = _put(client, plan, document).json()
    assert answer["revision"] == 2
    assert answer["numbers"][document["shapes"]["features"][0]["id"]]["buildings"] == 2
    again = client.get(_address(plan)).json()
    assert again["shapes"]["features"][0]["geometry"] == document["shapes"]["features"][0]["geometry"]
    assert PlanStep.objects.filter(plan=plan).count() == 2


def test_two_who_save_at_once_do_not_overwrite_each_other(client, plan, document):
    assert _put(client, plan, document).status_code == 200
    answer = _put(client, plan, document)
    assert answer.status_code == 409
    assert (answer.json()["revision"], answer.json()["by"]) == (2, "何业务")


def _spoil(document, **changes):
    spoilt = copy.deepcopy(document)
    spoilt["shapes"]["features"][0].update(changes)
    return spoilt


SQUARE = [[[124.0, 29.0], [124.01, 29.0], [124.01, 29.01], [124.0, 29.0]]]


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        ({"type": "Polygon", "coordinates": [[[124.0, 1e999], [1, 1], [2, 2], [124.0, 1e999]]]}, "JSON"),
        ({"type": "Polygon", "coordinates": [[[124.0, 290], [124.1, 290], [124.1, 291], [124.0, 290]]]}, "degrees"),
        ({"type": "LineString", "coordinates": SQUARE[0]}, "must be a polygon"),
        ({"type": "Polygon", "coordinates": [[["a", "b"]]]}, "coordinates"),
        ({"type": "Polygon", "coordinates": [[[n / 1e4, 0] for n in range(200_002)] + [[0, 1], [0, 0]]]}, "200000"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(client, plan, document, geometry, words):
    answer = _put(client, plan, _spoil(document, geometry=geometry))
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert words in answer.json()["detail"]
    assert PlanStep.objects.filter(plan=plan).count() == 1


def test_a_draft_may_overlap(client, plan, document):
    ring = document["shapes"]["features"][0]["geometry"]["coordinates"][0][0]
    for point in ring:
        point[1] -= 0.001
    assert _put(client, plan, document).status_code == 200


def test_a_shape_comes_from_areas_of_this_parent_only(client, plan, document, cast):
    facts = document["shapes"]["features"][0]["properties"] | {"area_id": cast.grids[7].pk}
    assert _put(client, plan, _spoil(document, properties=facts)).status_code == 422


def test_nobody_else_finds_it(sign_in, plan, worker, leader, other_office):
    assert sign_in(worker).get(_address(plan)).status_code == 404
    assert sign_in(other_office).get(_address(plan)).status_code == 404
    seen = sign_in(leader).get(_address(plan))
    assert (seen.status_code, seen.json()["plan"]["editable"]) == (200, False)
    assert sign_in(leader).put(_address(plan), "{}", content_type="application/json").status_code == 404


def test_the_document_costs_the_same_however_much_is_drawn(client, plan, document, django_assert_num_queries):
    with django_assert_num_queries(11):
        client.get(_address(plan))
    del document["shapes"]["features"][1:]
    _put(client, plan, document)
    with django_assert_num_queries(11):
        client.get(_address(plan))


def test_walls_are_lines(client, plan, document):
    wall = {"type": "Feature", "geometry": {"type": "LineString", "coordinates": SQUARE[0]}, "properties": {}}
    kept = {"type": "FeatureCollection", "features": [wall]}
    assert _put(client, plan, document, walls=kept).status_code == 200
    assert client.get(_address(plan)).json()["walls"]["features"][0]["geometry"] == wall["geometry"]
    kept["features"] = [wall | {"geometry": {"type": "Point", "coordinates": [1, 1]}}]
    assert _put(client, plan, document, revision=2, walls=kept).status_code == 422


@pytest.mark.parametrize(
    "facts",
    [
        {"area_id": []},
        {"area_id": {"id": 1}},
        {"area_id": 1e400},
        {"from": [[1]]},
        {"name": "a\x00b"},
        {"east": "\ud83d"},
    ],
    ids=str,
)
def test_what_no_row_can_hold_is_refused_in_words(client, plan, document, facts):
    document["shapes"]["features"][0]["properties"] |= facts
    answer = _put(client, plan, document)
    assert answer.status_code == 422
    assert plan.steps.count() == 1
