"""A worker's report that names no place: in which grid it lies, what the case says of that, who may still move it."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from assessment.today import day_of
from gridgov.sync.actions import receive
from incidents import actions
from incidents.models import Incident
from incidents.workflow import Status
from teams.roles import Role
from tests import factories

OUTSIDE = {"lon": 100.005, "lat": 10.005, "accuracy": 8}
# who, what the record says of the place → area, reason, whether the street's triage must say where
CASES = [
    ("one", {}, "grid", "own_grid", False),
    ("one", {"place": "河边"}, "grid", "own_grid", False),
    ("one", {"grid": "far_grid"}, "grid", "own_grid", False),
    ("one", {"grid": "三"}, "grid", "own_grid", False),
    ("one", {"grid": ["x"]}, "grid", "own_grid", False),
    ("one", OUTSIDE, "street", "outside", True),
    ("one", {"thing": "street"}, "street", "no_place", True),
    ("one", {"channel": "desk"}, "street", "no_place", True),
    ("two", {}, "street", "no_place", True),
    ("two", {"grid": "next_grid"}, "next_grid", "told_grid", False),
    ("two", {"grid": "far_grid"}, "street", "no_place", True),
    ("two", {"grid": "next_grid", "building": "grid"}, "grid", "building", False),
    ("two", {"grid": "next_grid", **OUTSIDE}, "street", "outside", True),
    ("moved", {"grid": "next_grid"}, "grid", "own_grid", False),
    ("head_of_a_grid_and_desk", {}, "grid", "own_grid", False),
    ("head_of_a_grid_and_desk", {"grid": "next_grid"}, "next_grid", "told_grid", False),
    ("desk", {}, "street", "no_place", True),
    ("part_time", {}, "grid", "own_grid", False),
]


@pytest.fixture
def people(cast):
    """By how many grids they work in; next_grid has gone for `moved`, who was in it and is in one other."""
    two, head = factories.make_person("两格"), factories.make_person("网格长兼受理")
    for name in ("grid", "next_grid"):
        team = cast.units["team" if name == "grid" else "next_team"]
        factories.make_post(two, Role.WORKER, cast.areas[name], team)
    factories.make_post(head, Role.GRID_HEAD, cast.areas["grid"], cast.units["team"])
    factories.make_post(head, Role.COMMUNITY_DESK, cast.areas["spring"], cast.units["spring"])
    known = {name: cast.people[name] for name in ("desk", "part_time")}
    return {"one": cast.people["worker"], "two": two, "moved": two, "head_of_a_grid_and_desk": head, **known}


def hand_in(by, category, now, **said):
    payload = {"category": category.code, "description": "堆物", "channel": "field", **said}
    return receive(uuid.uuid4(), "incidents.report", payload, by=by, now=now, keep=True)


@pytest.mark.parametrize(("who", "said", "area", "reason", "triage"), CASES)
def test_where_a_report_lies_that_names_no_place(people, cast, category, now, who, said, area, reason, triage):
    known = {name: str(where.pk) for name, where in cast.areas.items()}
    said = {name: known.get(value, value) if isinstance(value, str) else value for name, value in said.items()}
    if "building" in said:
        said["building"] = factories.make_building(cast.areas["grid"]).pk
    if "thing" in said:
        said["thing"] = f"asset:{factories.make_asset(cast.areas['street']).pk}"
    if who == "moved":
        cast.areas["next_grid"].retired_at = now
        cast.areas["next_grid"].save()
    receipt = hand_in(people[who], category, now, **said)
    made = Incident.objects.get(pk=receipt.id)
    assert receipt.status == 201
    assert (made.area, made.needs_triage) == (cast.areas[area], triage)
    assert made.steps.get().data["reasons"] == [reason]


def test_settled_on_the_spot_needs_no_place_and_outside_the_own_grid_is_kept(people, category, now):
    settled = hand_in(people["one"], category, now, resolved="搬走了")
    assert Incident.objects.get(pk=settled.id).status == Status.SELF_RESOLVED
    away = hand_in(people["one"], category, now, resolved="搬走了", **OUTSIDE)
    assert (away.status, away.id, [one["code"] for one in away.problems]) == (202, "", ["denied"])


def test_the_case_says_that_its_grid_is_a_guess_until_the_desk_has_placed_it(
    people, cast, category, now, desk, office, sign_in
):
    made = Incident.objects.get(pk=hand_in(people["one"], category, now).id)
    assert made.holder == cast.units["spring"]
    url, field = (reverse(name, args=[made.pk]) for name in ("incidents:detail", "incidents:field_case"))

    def said(user, url):
        page = sign_in(user).get(url).content.decode()
        return page.count("按上报人网格归属"), page.count("按上报人所在网格归属")

    assert said(desk, url) == said(people["one"], field) == (1, 1)
    assert "已归入您的网格“春风第一网格”" in sign_in(people["one"]).get(field).content.decode()
    actions.move(made, "place", by=desk, now=now, area=cast.areas["far_grid"])
    assert said(office, url) == (0, 1)
    with pytest.raises(PermissionDenied):
        actions.move(made, "place", by=people["one"], now=now, area=cast.areas["grid"])


def test_who_works_in_several_grids_is_asked_which(people, cast, category, sign_in):
    client, url = sign_in(people["two"]), reverse("incidents:field_form", args=[category.code])
    assert client.get(url).content.decode().count('name="grid"') == 3
    said = {"client_id": uuid.uuid4(), "description": "堆物"}
    assert "请选择所在网格" in client.post(url, said).content.decode()
    assert not Incident.objects.exists()
    client.post(url, {**said, "grid": cast.areas["next_grid"].pk})
    client.post(url, {**said, "client_id": uuid.uuid4(), "grid": ""})
    areas = Incident.objects.order_by("id").values_list("area__name", flat=True)
    assert list(areas) == [cast.areas["next_grid"].name, cast.areas["street"].name]


def test_who_works_in_one_grid_is_not_asked(people, category, sign_in, now):
    page = sign_in(people["one"]).get(reverse("incidents:field_form", args=[category.code])).content.decode()
    assert 'name="grid"' not in page
    assert day_of(people["one"], now)["report_grids"] == []
    assert [one["name"] for one in day_of(people["two"], now)["report_grids"]] == ["春风第一网格", "春风第二网格"]


def test_settling_what_lies_outside_ones_grid_is_refused_in_the_form_and_keeps_what_was_typed(
    people, category, sign_in
):
    url = reverse("incidents:field_form", args=[category.code])
    said = {"client_id": uuid.uuid4(), "description": "河里的树枝", "resolved": "1", **OUTSIDE}
    answer = sign_in(people["one"]).post(url, said)
    assert answer.status_code == 200
    assert "不在您的网格内" in answer.content.decode()
    assert "河里的树枝" in answer.content.decode()
    assert not Incident.objects.exists()
