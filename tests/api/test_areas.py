"""Areas and the point lookup as a program sees them."""

import pytest

URL = "/api/v1/areas/"


def codes(answer):
    assert answer.status_code == 200, answer.content.decode()
    return [row["code"] for row in answer.json()["results"]]


def test_list_shows_what_the_posts_reach(worker, office, sign_in):
    assert codes(sign_in(worker).get(URL)) == ["990101001001001"]
    assert codes(sign_in(office).get(URL))[:3] == ["990101001", "990101001001", "990101001001001"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("kind=grid", 9),
        ("kind=grid&kind=community", 11),
        ("parent=990101001001", 6),
        ("under=990101001002", 4),
        ("q=学校", 1),
        ("q=9901010010020", 3),
    ],
)
def test_filters_narrow_the_list_of_areas(office, sign_in, query, count):
    assert len(codes(sign_in(office).get(f"{URL}?{query}"))) == count


def test_area_can_be_named_by_id(office, sign_in, spring):
    assert len(codes(sign_in(office).get(f"{URL}?under={spring.pk}"))) == 7


@pytest.mark.parametrize("query", ["kind=planet", "parent=nowhere", "under=990101002", "q=%00"])
def test_filters_that_make_no_sense_say_so(office, sign_in, problem, query):
    body = problem(sign_in(office, lang="en").get(f"{URL}?{query}"), 422)
    assert list(body["errors"]) == [query.split("=")[0]]


def test_pages_follow_each_other(office, sign_in, monkeypatch):
    monkeypatch.setattr("gridgov.paging.keyset.__kwdefaults__", {"size": 5})
    client, address, seen = sign_in(office), URL, []
    while address:
        body = client.get(address).json()
        seen += [row["code"] for row in body["results"]]
        address = body["next"]
    assert len(seen) == len(set(seen)) == 12


def test_detail_has_its_boundary_and_what_is_above(office, sign_in, grid, ground):
    body = sign_in(office).get(f"{URL}{grid.pk}/").json()
    assert [area["kind"] for area in body["above"]] == ["district", "street", "community"]
    assert body["boundary"]["type"] == "MultiPolygon"


def test_another_streets_area_is_not_there(worker, sign_in, other_grid, problem):
    problem(sign_in(worker).get(f"{URL}{other_grid.pk}/"), 404)


def locate(client, **asked):
    return client.get(f"{URL}locate/", asked)


def test_locate_inside_near_and_outside(worker, sign_in, grid, next_grid, ground):
    client = sign_in(worker)
    inside = locate(client, lon=100.005, lat=10.005, accuracy=5).json()
    assert inside == {
        "certainty": "inside",
        "area": {"id": grid.pk, "code": grid.code, "name": grid.name, "kind": "grid"},
        "candidates": [],
    }
    near = locate(client, lon=100.00999, lat=10.005, accuracy=50).json()
    assert (near["certainty"], [a["id"] for a in near["candidates"]]) == ("near", [next_grid.pk])
    assert locate(client, lon=0, lat=0).json() == {"certainty": "outside", "area": None, "candidates": []}
    assert locate(client, lon=100.005, lat=10.005, at="2023-01-01T00:00:00Z").json()["certainty"] == "outside"


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"lon": "nan", "lat": 1},
        {"lon": 181, "lat": 1},
        {"lon": 1, "lat": "inf"},
        {"lon": 1, "lat": 1, "at": "0001-01-01T00:00"},  # of the office's wall: in UTC there was no such year
    ],
)
def test_locate_refuses_what_is_no_point(worker, sign_in, problem, asked):
    assert problem(locate(sign_in(worker), **asked), 422)["errors"]


def test_locate_needs_a_post(outsider, sign_in, problem):
    problem(locate(sign_in(outsider), lon=1, lat=1), 403)
