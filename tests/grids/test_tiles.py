"""Vector tiles: what the reader may see, small enough, made anew only when something has changed."""

import math
from datetime import timedelta

import numpy as np
import pytest
import shapely
from django.contrib.gis.geos import Point
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from grids import layers
from grids.models import Area, BoundaryVersion, Building
from grids.permissions import Perm
from incidents.models import Incident
from teams.models import PatrolCoverage
from tests.factories import make_asset, make_incident, make_place
from tests.grids.divided import CELL, SOUTH, WEST, divide, set_polygon

ASKING = 3  # session, person, posts


@pytest.fixture
def spring(cast):
    cache.clear()
    return divide(cast).areas["spring"]


def place(z: int, lon: float = WEST + CELL, lat: float = SOUTH + CELL) -> tuple[int, int, int]:
    """The tile that holds a place."""
    north = math.log(math.tan(math.radians(45 + lat / 2))) / math.pi
    return (z, int((lon / 360 + 0.5) * 2**z), int((1 - north) / 2 * 2**z))


def address(where: tuple[int, int, int], layer: str = "grid", **query: object) -> str:
    more = "&".join(f"{key}={value}" for key, value in query.items())
    return reverse("grids:tile", args=[layer, *where]) + (f"?{more}" if more else "")


def test_a_tile_holds_names_and_is_sent_once(spring, office_admin, sign_in):
    client = sign_in(office_admin)
    answer = client.get(address(place(14)))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert "春风第一网格".encode() in answer.content
    again = client.get(address(place(14)), headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    BoundaryVersion.objects.filter(area__name="春风第一网格").update(
        until=BoundaryVersion.objects.first().since.replace(year=2900)
    )
    changed = client.get(address(place(14)), headers={"If-None-Match": answer["ETag"]})
    assert changed.status_code == 200
    assert "春风第一网格".encode() not in changed.content


def test_a_tile_costs_two_queries_and_one_from_the_cache(spring, office_admin, sign_in):
    client = sign_in(office_admin)
    for queries in (2, 1):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(address(place(13))).status_code == 200
        assert len(asked) == ASKING + queries


def test_a_tile_shows_only_what_its_reader_may_see(spring, worker, neighbour, outsider, sign_in):
    mine = sign_in(worker).get(address(place(14))).content
    theirs = sign_in(neighbour).get(address(place(14))).content
    assert mine != theirs
    own = [one.encode() for one in Area.objects.visible_to(worker).grids().values_list("name", flat=True)]
    hidden = [
        one.encode()
        for one in Area.objects.exclude(pk__in=Area.objects.visible_to(worker)).grids().values_list("name", flat=True)
    ]
    assert any(name in mine for name in own)
    assert not any(name in mine for name in hidden)
    assert sign_in(outsider).get(address(place(14))).status_code == 403


@pytest.mark.parametrize("where", [(2, 4, 0), (2, 0, 9), (21, 0, 0)])
def test_there_is_no_tile_outside_the_world(where, spring, office_admin, sign_in):
    assert sign_in(office_admin).get(address(where)).status_code == 404


def test_the_past_and_buildings_have_tiles(spring, office_admin, sign_in):
    client = sign_in(office_admin)
    assert client.get(address(place(14), at="2001-01-01")).content == b""
    assert b"many" in client.get(address(place(14), layer="buildings")).content  # points alone are there too
    assert client.get(address(place(14), layer="parish")).status_code == 404


def crowd(parent: Area, side: int) -> None:
    """side × side wavy polygons in one square, straight into the tables."""
    paths = [f"{parent.path}{nth:06d}" for nth in range(900_000, 900_000 + side * side)]
    areas = Area.objects.bulk_create(
        Area(parent=parent, kind="grid", grid_kind="general", name=f"格{n}", code=f"t{n}", code_scheme="t", path=path)
        for n, path in enumerate(paths)
    )
    since = BoundaryVersion.objects.first().since
    step = 0.1 / side
    for nth, area in enumerate(areas):
        row, column = divmod(nth, side)
        box = shapely.box(0, 0, step, step).segmentize(step / 12)
        set_polygon(
            area,
            shapely.transform(box, lambda p, r=row, c=column: p + np.array([125 + c * step, 28 + r * step])),
            since,
        )


def test_a_crowd_becomes_tiles_and_each_is_small(cast, spring, office_admin, sign_in, monkeypatch):
    crowd(cast.areas["autumn"], 45)
    client = sign_in(office_admin)
    told = client.get("/areas/geojson/?tiles=1").json()
    assert told["features"] == []
    assert told["tiles"]["count"] > 2025
    assert "{z}/{x}/{y}.pbf" in told["tiles"]["url"]
    for z in (6, 9, 11, 12, 14):
        assert len(client.get(address(place(z, 125.03, 28.03))).content) <= 100_000
    assert len(client.get(address(place(12, 125.03, 28.03))).content) > 2_000
    assert len(client.get("/areas/geojson/").json()["features"]) > 2025


def test_the_big_map_has_a_switch_for_every_layer_one_may_see(spring, cast, office, sign_in):
    client = sign_in(office, lang="en")
    page = client.get("/areas/map/").content.decode()
    for key in ("buildings", "incidents", "incidents-by-grid", "posts"):
        assert f'data-layer="{key}"' in page
    assert page.count("data-layer-list") == page.count("data-layer=")  # each can be read as a list
    houses = client.get("/areas/layers/buildings/").json()["features"]
    assert {one["properties"]["kind"] for one in houses} == {"building"}
    assert all(one["properties"]["label"] and one["properties"]["url"] for one in houses)
    posts = client.get("/areas/layers/posts/").json()["features"]
    assert any(cast.people["worker"].name in one["properties"]["label"] for one in posts)
    assert client.get("/areas/layers/hazards/").status_code == 404


def test_a_layer_joins_the_map_by_being_registered(spring, office, worker, sign_in, monkeypatch):
    seen_by_planners = layers.Layer(
        90, "hazards", "Hazards", "alert-triangle", Perm.PLAN_PATROLS, "Where care is needed.",
        features=lambda request: [layers.point(WEST, SOUTH, id="h1", label=request.user.name)],
    )  # fmt: skip
    monkeypatch.setattr(layers, "_layers", {**layers._layers})
    layers.register(seen_by_planners)
    client = sign_in(office, lang="en")
    assert 'data-layer="hazards"' in client.get("/areas/map/").content.decode()
    assert client.get("/areas/layers/hazards/").json()["features"][0]["properties"]["label"] == office.name
    assert sign_in(worker).get("/areas/layers/hazards/").status_code == 404


def test_incidents_on_the_map_are_those_one_may_see(spring, worker, neighbour, office, grid, sign_in, now):
    house = Building.objects.filter(area=grid).first()
    cases = [make_incident(house, by=worker, now=now) for _nth in range(2)]
    Incident.objects.filter(pk=cases[0].pk).update(level=2)
    Incident.objects.filter(pk__in=[case.pk for case in cases]).update(point=house.point)
    seen = sign_in(office).get("/areas/layers/incidents/").json()["features"]
    assert sorted(one["properties"]["level"] for one in seen) == [0, 2]
    filled = sign_in(office).get("/areas/layers/incidents-by-grid/").json()["features"]
    assert [(one["properties"]["fill"], one["properties"]["label"]) for one in filled] == [(2, f"{grid.name} · 2")]
    assert sign_in(neighbour).get("/areas/layers/incidents/").json()["features"] == []


def seen(client, key: str, box=(WEST, SOUTH, WEST + 3 * CELL, SOUTH + 2 * CELL), z: int = 15, **more) -> dict:
    return client.get(f"/areas/layers/{key}/", {"box": ",".join(map(str, box)), "z": z, **more}).json()


def test_many_points_are_gathered_and_come_one_by_one_from_near(
    spring, worker, neighbour, office, grid, sign_in, now, monkeypatch
):
    house = Building.objects.filter(area=grid).first()
    cases = [make_incident(house, by=worker, now=now) for _nth in range(4)]
    for nth, case in enumerate(cases):
        place = Point(WEST + 0.0001 + nth * CELL * 0.7, SOUTH + 0.0001, srid=4326)
        Incident.objects.filter(pk=case.pk).update(point=place, level=nth)
    monkeypatch.setattr("incidents.layers.MOST_PINS", 3)
    afar = seen(sign_in(office), "incidents", z=10)
    assert (afar["total"], afar["here"], afar["whole"]) == (4, 4, False)
    assert sum(one["properties"].get("count", 1) for one in afar["features"]) == 4
    assert max(one["properties"]["level"] for one in afar["features"]) == 3
    assert len(afar["features"]) < 4
    near = seen(sign_in(office), "incidents", (WEST, SOUTH, WEST + CELL, SOUTH + CELL), 17)
    assert (near["here"], len(near["features"]), near["features"][0]["properties"].get("kind")) == (2, 2, None)
    assert seen(sign_in(neighbour), "incidents", z=10)["features"] == []
    assert sign_in(office).get("/areas/layers/incidents/?box=a,b&z=x").status_code == 200


def test_things_that_stand_close_carry_the_sign_of_their_kind_and_one_alone_is_itself(spring, grid, office, sign_in):
    """However few, for a finger and from afar. Not only colour says what they are."""
    for nth, east in enumerate((0.0001, 0.0002, 0.0003, CELL * 2.5)):
        spot = Point(WEST + east, SOUTH + 0.0001, srid=4326)
        make_asset(grid, f"990101011800000{nth}", point=spot)
        make_place(grid, f"店{nth}", point=spot)
    for key, sign in (("assets", "asset"), ("places", "place")):
        found = [one["properties"] for one in seen(sign_in(office), key, finger=1)["features"]]
        assert [(one.get("count", 1), one.get("sign", "")) for one in found] == [(3, sign), (1, "")]
        assert "/" in found[1]["url"]
        for sharper in ({"z": 18, "finger": 1}, {}):  # from near, and with a mouse
            each = [one["properties"]["kind"] for one in seen(sign_in(office), key, **sharper)["features"]]
            assert (len(each), "cluster" in each) == (4, False)


def test_borders_are_layers_that_can_be_switched(spring, cast, office, worker, sign_in):
    for key, kind, count in (("grids", "grid", 6), ("communities", "community", 1)):
        said = seen(sign_in(office), key)
        assert (said["total"], {one["properties"]["kind"] for one in said["features"]}) == (count, {kind})
    mine = {one["properties"]["label"] for one in seen(sign_in(worker), "grids")["features"]}
    assert mine == set(
        Area.objects.visible_to(worker)
        .grids()
        .filter(boundaries__until=None, boundaries__isnull=False)
        .values_list("name", flat=True)
    )


def test_coverage_is_shown_by_ground_and_to_planners_alone(spring, cast, office, worker, grid, sign_in, now):
    monday = timezone.localdate(now) - timedelta(days=timezone.localdate(now).weekday() + 7)
    facts = {"ground": 0.5, "checkpoints": 4, "confirmed": 3, "reckoned_at": now}
    PatrolCoverage.objects.create(area=grid, area_path=grid.path, week=monday, **facts)
    shown = seen(sign_in(office, lang="en"), "coverage")["features"]
    assert [(one["properties"]["share"], one["properties"]["label"]) for one in shown] == [
        (2, f"{grid.name} · 50% of the ground, 3 of 4 checkpoints")
    ]
    assert sign_in(worker).get("/areas/layers/coverage/").status_code == 404


def test_a_crowd_of_buildings_becomes_tiles_that_say_how_many(spring, cast, office_admin, neighbour, sign_in):
    autumn = cast.grids[0]
    spots = [Point(125 + n % 40 * 0.0005, 28 + n // 40 * 0.0005, srid=4326) for n in range(1_600)]
    Building.objects.bulk_create(
        Building(area=autumn, area_path=autumn.path, name=f"{n}栋", point=spot) for n, spot in enumerate(spots)
    )
    client = sign_in(office_admin)
    said = seen(client, "buildings")
    assert (said["features"], said["tiles"]["kind"], said["total"] > 1_600) == ([], "building", True)
    assert "/tiles/buildings/{z}/{x}/{y}.pbf" in said["tiles"]["url"]
    afar = client.get(address(place(12, 125.005, 28.005), layer="buildings"))
    near = client.get(address(place(16, 125.005, 28.005), layer="buildings"))
    assert b"many" in afar.content
    assert b"name_of" in near.content
    assert max(len(afar.content), len(near.content)) <= 100_000
    assert sign_in(neighbour).get(address(place(16, 125.005, 28.005), layer="buildings")).content == b""
