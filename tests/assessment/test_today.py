"""Today: the order in which it makes sense to walk, and what of it may leave with a phone."""

from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from assessment.cards import Card, _walk, cards
from assessment.today import day_of, things_of
from grids.models import BoundaryVersion
from incidents import about
from incidents.models import Incident
from tests import factories
from tests.grids.ground import square


def card(place: str, due, area: str = "a") -> Card:
    return Card("test", place, "t", "/", "go", place=place, due_at=due, area_path=area)


def test_due_by_day_then_grid_by_grid_and_building_by_building(now):
    day = timedelta(days=1)
    noon = now.replace(hour=4, minute=0)
    rows = [
        card("2号楼", noon + 2 * day, "a"),
        card("3号楼", noon, "b"),
        card("1号楼", noon - 3 * day, "b"),
        card("9号楼", noon, "a"),
        card("没有时限", None),
    ]
    order = [one.place for one in sorted(rows, key=lambda one: _walk(one, noon))]
    assert order == ["9号楼", "1号楼", "3号楼", "2号楼", "没有时限"]


@pytest.fixture
def work(worker, grid, team_unit, now):
    """Two cases that the worker's team holds, one with a phone number in its words."""
    made = []
    for name in ("5号楼", "2号楼"):
        incident = factories.make_incident(
            factories.make_building(grid, name), by=worker, now=now, description=f"{name} 联系 13800000001"
        )
        made.append(incident)
    Incident.objects.filter(pk__in=[one.pk for one in made]).update(holder=team_unit)
    return made


def test_the_day_that_leaves_with_a_phone_is_masked(worker, grid, work, now, sign_in):
    BoundaryVersion.objects.create(area=grid, kind="grid", polygon=square(124.0), since=now)
    answer = sign_in(worker).get("/field/today.json")
    text = answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert "13800000001" not in text
    assert "138****0001" in text
    said = answer.json()
    assert [one["place"] for one in said["cards"] if one["kind"] == "incident"] == ["2号楼", "5号楼"]
    assert said["owner"] == str(worker.public_id)
    assert said["hours"] == 24
    assert {"id", "name"} == set(said["buildings"][0])
    (border,) = said["borders"]["features"]
    assert border["properties"] == {"id": grid.pk, "label": grid.name, "kind": "grid"}


def test_things_to_report_about_leave_with_a_phone_without_what_is_private(worker, cast, sign_in, now):
    lamp = factories.make_asset(cast.areas["grid"], "9901010118000001", point=Point(124.0012345678, 29, srid=4326))
    shop = factories.make_place(cast.areas["grid"], "春风便利店", kind="small_shop", contact_phone="13800000001")
    factories.make_asset(cast.areas["grid"], "9901010118000002", ended_on=timezone.localdate(now), ended_why="gone")
    factories.make_place(cast.areas["next_grid"], "邻格面馆")
    answer = sign_in(worker).get("/field/things.json")
    assert answer.json() == {
        "owner": str(worker.public_id),
        "whole": True,
        "grids": [cast.areas["grid"].name],
        "rows": [
            [f"asset:{lamp.pk}", lamp.title, "9901010118000001", "", 0, 124.001235, 29.0, ""],
            [f"place:{shop.pk}", "春风便利店", shop.kind_label, "", 0, None, None, "cfbld"],
        ],
    }
    assert "no-store" in answer["Cache-Control"]


def test_what_has_not_changed_does_not_travel_again(worker, cast, sign_in):
    client = sign_in(worker)
    tag = client.get("/field/things.json")["ETag"]
    same = client.get("/field/things.json", headers={"If-None-Match": tag, "Accept-Encoding": "gzip"})
    assert (same.status_code, same.content) == (304, b"")
    factories.make_place(cast.areas["grid"], "新开面馆")
    other = client.get("/field/things.json", headers={"If-None-Match": tag})
    assert (other.status_code, other["ETag"] == tag) == (200, False)


def test_a_phone_takes_so_many_things_and_says_when_there_are_more(
    worker, cast, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(about, "MOST_ALONG", 2)
    for n in range(3):
        factories.make_asset(cast.areas["grid"], f"990101011800000{n}")
    things_of(worker)
    with django_assert_max_num_queries(2):
        said = things_of(worker)
    assert (len(said["rows"]), said["whole"]) == (2, False)


def test_a_workers_day_goes_to_nobody_else(neighbour, unit_staff, work, now, sign_in):
    assert [one for one in day_of(neighbour, now)["cards"] if one["kind"] == "incident"] == []
    client = sign_in(unit_staff)
    assert [client.get(f"/field/{name}.json").status_code for name in ("today", "things")] == [403, 403]


def test_the_shell_holds_nobodys_data_and_no_token(worker, work, sign_in):
    client = sign_in(worker)
    page = client.get("/field/shell/").content.decode()
    for personal in (worker.name, str(worker.public_id), "2号楼", "csrfmiddlewaretoken", "X-CSRFToken"):
        assert personal not in page
    assert client.get("/sw.js")["Service-Worker-Allowed"] == "/"


@pytest.mark.parametrize("extra", [1, 4])
def test_one_query_count_however_many_cards(worker, lead, work, grid, team_unit, now, extra, django_assert_num_queries):
    for nth in range(extra):
        made = factories.make_incident(factories.make_building(grid), by=worker, now=now)
        Incident.objects.filter(pk=made.pk).update(holder=team_unit)
        route = factories.make_route(grid, by=lead, now=now, name=f"第{nth}条路线")
        factories.make_patrol_plan(route, by=lead, now=now, unit=team_unit)
    cards(worker, now)
    with django_assert_num_queries(6):  # cases, notices, plans, walks begun, checkpoints, campaigns
        assert len(cards(worker, now)) >= 2 + 2 * extra


def test_in_the_evening_tomorrows_patrols_go_along(worker, lead, grid, team_unit, now):
    route = factories.make_route(grid, by=lead, now=now, name="春风日巡")
    factories.make_patrol_plan(route, by=lead, now=now, unit=team_unit)
    local = timezone.localtime(now)
    assert day_of(worker, local.replace(hour=17))["ahead"] is None
    ahead = day_of(worker, local.replace(hour=18))["ahead"]
    assert ahead["day"] == (local.date() + timedelta(days=1)).isoformat()
    assert [card["place"] for card in ahead["cards"]] == ["春风日巡"]
    assert ahead["cards"][0]["offline"]["route"] == route.pk
