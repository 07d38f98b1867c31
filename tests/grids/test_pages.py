"""The ground's pages: who sees what, what they cost, what maps are sent, and how the ground is changed from them."""

import json
from datetime import timedelta

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon

from grids import actions
from grids.models import Area, Building
from grids.permissions import forget
from grids.views import shapes, tree
from tests import factories

MAP = "/areas/geojson/"
SIGNED = 3  # statements before any page: the session, the person, the person's rights
TREE = SIGNED + 3  # levels, rows, unread notices
AREA = SIGNED + 3  # the area, the time, unread notices


def square(west: float, south: float = 29.0, size: float = 0.01) -> MultiPolygon:
    return MultiPolygon(Polygon.from_bbox((west, south, west + size, south + size)), srid=4326)


@pytest.fixture
def ground(cast, office_admin, now):
    """Three grids in a row, two of them in 春风, with a building in the first."""
    for number, grid in enumerate((cast.grids[0], cast.grids[1], cast.grids[6])):
        actions.set_boundary(
            grid, square(124.0 + number / 100), by=office_admin, now=now - timedelta(days=9), source="测绘院"
        )
    factories.make_building(cast.grids[0], "3号楼", footprint=square(124.001, 29.001, 0.0005), floors=6)
    return cast.areas


def drawn(answer) -> list[str]:
    assert answer.status_code == 200, answer.content.decode()
    return [one["properties"]["label"] for one in json.loads(answer.content)["features"]]


def page(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


# ── The tree ─────────────────────────────────────────────────────────────────────────────────────────────


def test_tree_shows_what_the_post_reaches(ground, worker, desk, outsider, sign_in):
    seen = page(sign_in(worker).get("/areas/"))
    assert "春风第一网格" in seen
    assert "春风第二网格" not in seen
    seen = page(sign_in(desk, lang="en").get("/areas/"))
    assert "春风第二网格" in seen
    assert "秋实第一网格" not in seen
    assert "no boundary yet" in seen
    assert sign_in(outsider).get("/areas/").status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_tree_costs_the_same_at_one_and_three(cast, office, count, sign_in, django_assert_num_queries):
    Area.objects.filter(kind="grid").update(kind="grid", retired_at="2026-01-01T00:00Z")
    Area.objects.filter(pk__in=[grid.pk for grid in cast.grids[:count]]).update(retired_at=None)
    client = sign_in(office)
    client.get("/areas/")
    with django_assert_num_queries(TREE):
        seen = page(client.get("/areas/"))
    assert seen.count("网格</a>") == count


def test_search_finds_by_name_and_code_with_what_stands_above(office, sign_in):
    client = sign_in(office)
    for query in ("实验学校", "990101001001901"):
        seen = page(client.get("/areas/", {"q": query}))
        assert "和平实验学校" in seen
        assert "春风社区" in seen
        assert "秋实社区" not in seen
    assert "春风社区" not in page(client.get("/areas/", {"q": "%"}))
    assert "春风社区" in page(client.get("/areas/", {"q": "\x00"}))


def test_a_big_tree_opens_branch_by_branch(cast, office, sign_in, monkeypatch):
    monkeypatch.setattr(tree, "MANY", 5)
    client, spring = sign_in(office), cast.areas["spring"]
    seen = page(client.get("/areas/"))
    assert f'hx-get="/areas/{spring.pk}/branch/"' in seen
    assert "春风第一网格" not in seen
    opened = page(client.get(f"/areas/{spring.pk}/branch/"))
    assert "春风第五网格" in opened
    assert "秋实第一网格" not in opened


def test_search_in_a_big_tree_says_that_there_is_more(office, sign_in, monkeypatch):
    monkeypatch.setattr(tree, "MANY", 2)
    assert "The first 2 are shown" in page(sign_in(office, lang="en").get("/areas/", {"q": "网格"}))


def test_a_branch_shows_only_what_is_in_reach(cast, worker, sign_in):
    assert sign_in(worker).get(f"/areas/{cast.areas['spring'].pk}/branch/").status_code == 404


def test_retired_areas_are_shown_when_asked_for(next_grid, office, office_admin, sign_in, now):
    actions.retire_area(next_grid, by=office_admin, now=now)
    client = sign_in(office)
    assert "春风第二网格" not in page(client.get("/areas/"))
    assert "春风第二网格" in page(client.get("/areas/?retired=1"))


# ── Maps ─────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── An area's page ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("tab", ["", "buildings", "history"])
def test_a_neighbours_grid_does_not_exist(cast, neighbour, other_office, sign_in, tab):
    for reader in (neighbour, other_office):
        assert sign_in(reader).get(f"/areas/{cast.areas['grid'].pk}/", {"tab": tab}).status_code == 404


def test_page_shows_facts_people_and_what_belongs_to_it(ground, desk, sign_in):
    seen = page(sign_in(desk).get(f"/areas/{ground['spring'].pk}/"))
    for words in ("2140", "4980", "990101001001", "春风第五网格", "冯受理"):
        assert words in seen
    assert "王小勤" not in seen  # her post is on a grid below
    assert "王小勤" in page(sign_in(desk).get(f"/areas/{ground['grid'].pk}/"))


def test_people_need_the_right_to_the_address_book(ground, part_time, sign_in):
    assert "王小勤" not in page(sign_in(part_time).get(f"/areas/{ground['grid'].pk}/"))


def test_people_of_its_units_stand_on_the_page(cast, office, sign_in):
    colleague = factories.make_person("谢同事")
    factories.make_post(colleague, "unit_staff", cast.areas["district"], cast.units["sanitation"])
    assert "谢同事" not in page(sign_in(office).get(f"/areas/{cast.areas['street'].pk}/"))  # held above the street
    factories.make_post(colleague, "unit_staff", cast.areas["spring"], cast.units["sanitation"])
    assert "谢同事" in page(sign_in(office).get(f"/areas/{cast.areas['street'].pk}/"))


@pytest.mark.parametrize(("tab", "more"), [("", 6), ("buildings", 1), ("history", 4)])
@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_at_one_and_three(
    cast, office, office_admin, now, tab, more, count, sign_in, django_assert_num_queries
):
    spring = cast.areas["spring"]
    Area.objects.filter(parent=spring).update(parent=cast.areas["autumn"])
    Area.objects.filter(pk__in=[grid.pk for grid in cast.grids[:count]]).update(parent=spring)
    for number in range(count):
        factories.make_building(cast.grids[number])
        actions.set_boundary(spring, square(124), by=office_admin, now=now + timedelta(days=number))
        factories.make_post(factories.make_person(), "adviser", spring)
    client, url = sign_in(office), f"/areas/{spring.pk}/?tab={tab}"
    client.get(url)
    with django_assert_num_queries(AREA + more):
        page(client.get(url))


def test_buildings_are_paged_and_the_past_ones_apart(cast, worker, office_admin, sign_in, now, monkeypatch):
    monkeypatch.setattr("gridgov.paging.keyset.__kwdefaults__", {"size": 2})
    houses = [factories.make_building(cast.areas["grid"], f"{number}号楼") for number in range(1, 5)]
    actions.retire_building(houses[3], by=office_admin, now=now)
    client, url = sign_in(worker), f"/areas/{cast.areas['grid'].pk}/?tab=buildings"
    first = client.get(url)
    assert [house.name for house in first.context["buildings"].rows] == ["1号楼", "2号楼"]
    address = first.context["buildings"].next_url
    assert "tab=buildings" in address
    second = client.get(f"/areas/{cast.areas['grid'].pk}/{address}")
    assert [house.name for house in second.context["buildings"].rows] == ["3号楼"]
    assert [h.name for h in client.get(url + "&retired=1").context["buildings"].rows] == ["4号楼"]


def test_history_draws_the_version_chosen(ground, worker, office_admin, sign_in, now):
    actions.set_boundary(ground["grid"], square(130), by=office_admin, now=now, source="调整方案")
    client, url = sign_in(worker), f"/areas/{ground['grid'].pk}/?tab=history"
    seen = client.get(url)
    assert "测绘院" in page(seen)
    assert "调整方案" in page(seen)
    assert "130" in client.get(MAP + seen.context["map_query"]).content.decode()
    old = ground["grid"].boundaries.exclude(until=None).get()
    query = client.get(f"{url}&version={old.pk}").context["map_query"]
    assert drawn(client.get(MAP + query)) == ["春风第一网格"]
    assert "130" not in client.get(MAP + query).content.decode()
    assert client.get(f"{url}&version=nonsense").status_code == 200


# ── Which grid ───────────────────────────────────────────────────────────────────────────────────────────


def test_which_grid_holds_a_point(ground, office, sign_in):
    client = sign_in(office, lang="en")
    seen = page(client.get("/areas/locate/", {"lon": "124.005", "lat": "29.005"}))
    assert f'href="/areas/{ground["grid"].pk}/"' in seen
    assert "Inside" in seen
    near = page(client.get("/areas/locate/", {"lon": "124.0099", "lat": "29.005", "accuracy": "30"}))
    assert "near a boundary" in near
    assert "春风第二网格" in near
    assert "triage" in page(client.get("/areas/locate/", {"lon": "1", "lat": "1"}))
    past = page(client.get("/areas/locate/", {"lon": "124.005", "lat": "29.005", "on": "2020-01-01"}))
    assert "triage" in past
    assert "at=2020-01-01" in past


def test_an_area_out_of_reach_is_named_but_does_not_open(ground, worker, sign_in):
    seen = page(sign_in(worker).get("/areas/locate/", {"lon": "124.025", "lat": "29.005"}))
    assert "秋实第一网格" in seen
    assert f"/areas/{ground['far_grid'].pk}/" not in seen


@pytest.mark.parametrize("query", ["lon=200&lat=1", "lon=nan&lat=1", "lon=x", "lon=1&lat=1&on=1800-01-01"])
def test_a_point_that_is_none_is_said_beside_its_field(office, sign_in, query):
    assert "field-wrong" in page(sign_in(office).get(f"/areas/locate/?{query}"))


# ── Changing the ground ──────────────────────────────────────────────────────────────────────────────────


def test_error_keeps_what_was_typed(grid, office_admin, sign_in):
    typed = {"name": "改名的网格", "households": "-5", "persons": "1200", "east": "新的路"}
    seen = page(sign_in(office_admin).post(f"/areas/{grid.pk}/edit/", typed))
    for value in typed.values():
        assert f'value="{value}"' in seen
    assert "field-wrong" in seen
    grid.refresh_from_db()
    assert grid.name == "春风第一网格"


def test_facts_are_corrected(grid, office_admin, sign_in):
    typed = {"name": "改名的网格", "households": "500", "persons": "", "east": "新的路"}
    assert sign_in(office_admin).post(f"/areas/{grid.pk}/edit/", typed).status_code == 302
    grid.refresh_from_db()
    assert (grid.name, grid.households, grid.persons, grid.east) == ("改名的网格", 500, None, "新的路")


def test_new_area_takes_the_next_code(spring, office_admin, sign_in):
    client = sign_in(office_admin, lang="en")
    answer = client.post(f"/areas/{spring.pk}/add/", {"kind": "grid", "name": "春风第六网格"})
    made = Area.objects.get(name="春风第六网格")
    assert answer.headers["Location"] == f"/areas/{made.pk}/"
    assert made.code == "990101001001006"
    taken = page(client.post(f"/areas/{spring.pk}/add/", {"kind": "grid", "name": "又一个", "code": made.code}))
    assert "already in use" in taken
    assert 'value="又一个"' in taken


def test_area_moves_with_all_below(spring, other_street, grid, office_admin, office, other_office, sign_in):
    client = sign_in(office_admin)
    assert client.post(f"/areas/{spring.pk}/move/", {"parent": other_street.pk}).status_code == 302
    for reader in (office, other_office):
        forget(reader)
    assert sign_in(office).get(f"/areas/{grid.pk}/").status_code == 404
    assert sign_in(other_office).get(f"/areas/{grid.pk}/").status_code == 200


def test_area_is_not_moved_below_itself(spring, grid, office_admin, sign_in):
    assert "field-wrong" in page(sign_in(office_admin).post(f"/areas/{spring.pk}/move/", {"parent": grid.pk}))


def test_retiring_waits_for_the_buildings_and_can_be_taken_back(ground, office_admin, sign_in):
    grid, house = ground["grid"], Building.objects.get()
    client = sign_in(office_admin, lang="en")
    refused = client.post(f"/areas/{grid.pk}/retire/", follow=True)
    assert "Move the buildings" in page(refused)
    grid.refresh_from_db()
    assert grid.retired_at is None
    assert client.post(f"/areas/buildings/{house.pk}/move/", {"area": ground["next_grid"].pk}).status_code == 302
    client.post(f"/areas/{grid.pk}/retire/")
    grid.refresh_from_db()
    assert grid.retired_at is not None
    assert not grid.boundaries.filter(until=None).exists()
    client.post(f"/areas/{grid.pk}/reopen/")
    grid.refresh_from_db()
    assert grid.retired_at is None
    assert grid.boundaries.filter(until=None).count() == 1


def test_reopening_waits_for_the_area_above(cast, office_admin, sign_in, now):
    far, above = cast.areas["other_grid"], cast.areas["other_community"]
    for area in (far, above):
        actions.retire_area(area, by=office_admin, now=now)
    client = sign_in(office_admin, lang="en")
    assert "Reopen the area it belongs to first" in page(client.post(f"/areas/{far.pk}/reopen/", follow=True))
    far.refresh_from_db()
    assert far.retired_at is not None


def test_a_building_from_beginning_to_end(grid, next_grid, worker, neighbour, office_admin, sign_in):
    client = sign_in(office_admin)
    wrong = page(client.post(f"/areas/{grid.pk}/buildings/add/", {"name": "9号楼", "floors": "many"}))
    assert 'value="9号楼"' in wrong
    client.post(f"/areas/{grid.pk}/buildings/add/", {"name": "9号楼", "lon": "124.001", "lat": "29.001"})
    house = Building.objects.get()
    assert (house.area, house.point and house.point.x) == (grid, 124.001)
    url = f"/areas/buildings/{house.pk}"
    assert client.post(f"{url}/edit/", {"name": "9栋", "floors": "18"}).status_code == 302
    assert "9栋" in page(sign_in(worker).get(f"{url}/"))
    assert sign_in(neighbour).get(f"{url}/").status_code == 404
    client.post(f"{url}/move/", {"area": next_grid.pk})
    assert sign_in(worker).get(f"{url}/").status_code == 404
    assert "9栋" in page(sign_in(neighbour).get(f"{url}/"))
    client.post(f"{url}/retire/")
    house.refresh_from_db()
    assert house.retired_at is not None
    client.post(f"{url}/reopen/")
    house.refresh_from_db()
    assert (house.retired_at, house.floors, house.point and house.point.x) == (None, 18, 124.001)


def test_no_building_is_put_into_a_retired_grid(grid, next_grid, office_admin, sign_in, now):
    house = factories.make_building(grid)
    actions.retire_area(next_grid, by=office_admin, now=now)
    client = sign_in(office_admin)
    assert "field-wrong" in page(client.post(f"/areas/buildings/{house.pk}/move/", {"area": next_grid.pk}))
    assert client.post(f"/areas/{next_grid.pk}/buildings/add/", {"name": "9号楼"}).status_code == 200
    assert not Building.objects.filter(area=next_grid).exists()


def test_a_building_is_not_put_off_the_earth(grid, office_admin, sign_in):
    typed = {"name": "9号楼", "lon": "1e300", "lat": "29"}
    assert "form-errors" in page(sign_in(office_admin).post(f"/areas/{grid.pk}/buildings/add/", typed))
    assert not Building.objects.exists()


@pytest.mark.parametrize("name", ["worker", "office", "leader", "desk"])
@pytest.mark.parametrize("step", ["edit", "add", "move", "retire", "reopen", "buildings/add"])
def test_only_the_office_administrator_changes_the_ground(cast, name, step, sign_in):
    client, url = sign_in(cast.people[name]), f"/areas/{cast.areas['grid'].pk}/{step}/"
    assert client.post(url, {"name": "我的"}).status_code in (403, 404)
    assert cast.areas["grid"] == Area.objects.get(pk=cast.areas["grid"].pk, name="春风第一网格", retired_at=None)
