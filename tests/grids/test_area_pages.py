"""The tree, an area's page and the search for a grid: who sees what, and what they cost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from grids import actions
from grids.models import Area, BoundaryVersion
from grids.views import tree
from tests import factories
from tests.grids.ground import MAP, SIGNED, drawn, page, square

TREE = SIGNED + 3  # levels, rows, unread notices
AREA = SIGNED + 3  # the area, the time, unread notices


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


def test_a_retired_area_is_shown_as_it_was_drawn_last(next_grid, office, office_admin, sign_in, now):
    actions.set_boundary(next_grid, square(100.5), by=office_admin, now=now - timedelta(days=2))
    actions.retire_area(next_grid, by=office_admin, now=now)
    client = sign_in(office)
    query = client.get(f"/areas/{next_grid.pk}/").context["map_query"]
    assert drawn(client.get(f"/areas/geojson/{query}")) == ["春风第二网格"]


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


def test_today_is_now_and_not_noon(ground, office, sign_in, now, monkeypatch):
    evening = timezone.localtime(now).replace(hour=20)
    BoundaryVersion.objects.filter(until=None).update(since=evening.replace(hour=15))
    monkeypatch.setattr("grids.views.ground.now", lambda request: evening)
    asked = {"lon": "124.005", "lat": "29.005"}
    answers = [
        sign_in(office).get("/areas/locate/", {**asked, "on": evening.date() - timedelta(days=n)}).context["answer"]
        for n in (0, 1)
    ]
    assert [answer.certainty == "outside" for answer in answers] == [False, True]


def test_an_area_out_of_reach_is_named_but_does_not_open(ground, worker, sign_in):
    seen = page(sign_in(worker).get("/areas/locate/", {"lon": "124.025", "lat": "29.005"}))
    assert "秋实第一网格" in seen
    assert f"/areas/{ground['far_grid'].pk}/" not in seen


@pytest.mark.parametrize("query", ["lon=200&lat=1", "lon=nan&lat=1", "lon=x", "lon=1&lat=1&on=1800-01-01"])
def test_a_point_that_is_none_is_said_beside_its_field(office, sign_in, query):
    assert "field-wrong" in page(sign_in(office).get(f"/areas/locate/?{query}"))
