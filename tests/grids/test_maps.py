"""The maps that pages draw: whose areas, on which day, how fine, and when they are not sent again."""

import json
from datetime import timedelta

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon

from grids import actions
from grids.models import Building
from grids.views import shapes
from tests.grids.ground import MAP, SIGNED, drawn, square


def test_map_shows_what_is_in_reach_and_asked_for(ground, office, worker, autumn_desk, sign_in):
    assert drawn(sign_in(worker).get(MAP)) == ["春风第一网格"]
    assert drawn(sign_in(autumn_desk).get(MAP)) == ["秋实第一网格"]
    client = sign_in(office)
    assert drawn(client.get(MAP)) == ["春风第一网格", "春风第二网格", "秋实第一网格"]
    assert drawn(client.get(MAP, {"under": ground["spring"].pk})) == ["春风第一网格", "春风第二网格"]
    assert drawn(client.get(MAP, {"around": ground["grid"].pk})) == ["春风第二网格"]
    assert drawn(client.get(MAP, {"kind": "community"})) == []
    assert drawn(client.get(MAP, {"under": ground["grid"].pk, "buildings": "1"})) == ["春风第一网格", "3号楼"]


def test_a_feature_says_what_it_is(ground, worker, sign_in):
    one = json.loads(sign_in(worker).get(MAP).content)["features"][0]
    pk = ground["grid"].pk
    assert one["properties"] == {"id": pk, "label": "春风第一网格", "kind": "grid", "url": f"/areas/{pk}/"}
    assert one["geometry"]["type"] == "MultiPolygon"


def test_coordinates_have_seven_places(cast, office, office_admin, sign_in, now):
    actions.set_boundary(cast.grids[0], square(124.123456789123), by=office_admin, now=now)
    assert "124.1234568" in sign_in(office).get(MAP).content.decode()


def test_many_shapes_are_drawn_simpler(cast, office, office_admin, sign_in, now, monkeypatch):
    almost = Polygon(((124, 29), (124.005, 28.999995), (124.01, 29), (124.01, 29.01), (124, 29.01), (124, 29)))
    actions.set_boundary(cast.grids[0], MultiPolygon(almost, srid=4326), by=office_admin, now=now)
    client = sign_in(office)
    assert "28.999995" in client.get(MAP).content.decode()
    monkeypatch.setattr(shapes, "MANY", 0)
    assert "28.999995" not in client.get(MAP).content.decode()


def test_map_of_another_day(ground, office, office_admin, sign_in, now):
    actions.set_boundary(ground["grid"], square(130), by=office_admin, now=now)
    client = sign_in(office)
    assert "130" in client.get(MAP).content.decode()
    past = (now - timedelta(days=2)).strftime("%Y-%m-%d")
    for at in (past, f"{past}T08:00:00Z"):
        then = client.get(MAP, {"at": at})
        assert len(drawn(then)) == 3
        assert "130" not in then.content.decode()
    assert drawn(client.get(MAP, {"at": "2020-01-01"})) == []


def test_unchanged_map_is_not_sent_again(ground, office, worker, office_admin, sign_in, now):
    client, query = sign_in(office), {"buildings": "1"}
    tag = client.get(MAP, query)["ETag"]

    def changed() -> bool:
        nonlocal tag
        again = client.get(MAP, query, headers={"if-none-match": tag})
        assert again.status_code in (200, 304)
        tag, fresh = again["ETag"], again.status_code == 200
        return fresh

    assert not changed()
    assert sign_in(worker).get(MAP, query, headers={"if-none-match": tag}).status_code == 200  # another's view
    facts = {"by": office_admin, "now": now}
    actions.set_boundary(ground["grid"], square(124, 29, 0.011), **facts)
    assert changed()
    actions.rename_area(ground["grid"], name="春风新网格", **facts)
    assert changed()
    house = Building.objects.get()
    actions.rename_building(house, name="3栋", **facts)
    assert changed()
    actions.rename_building(house, footprint=square(124.002, 29.002, 0.0005), **facts)
    assert changed()
    actions.retire_building(house, **facts)
    assert changed()
    assert not changed()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("under=x", 404),
        ("under=²", 404),
        ("under=999999999999999999999999", 404),
        ("under=99999999", 404),
        ("kind=planet", 400),
        ("at=yesterday", 400),
        ("at=2026-13-45", 400),
        ("at=%00", 400),
        ("at=0001-01-01", 400),
        ("at=0001-01-01T00:00", 400),
        ("at=9999-12-31", 400),
        ("at=9999-12-31T23:59:59-10:00", 400),
    ],
)
def test_a_map_nobody_can_draw_is_refused(office, sign_in, query, status):
    assert sign_in(office).get(f"{MAP}?{query}").status_code == status


def test_map_under_an_area_of_others_does_not_exist(cast, worker, sign_in):
    assert sign_in(worker).get(MAP, {"under": cast.areas["next_grid"].pk}).status_code == 404


def test_map_takes_two_queries_for_its_shapes(ground, office, sign_in, django_assert_num_queries):
    client = sign_in(office)
    client.get(MAP)
    with django_assert_num_queries(SIGNED + 2):
        client.get(MAP)
