"""Campaigns that look at places and city assets: chosen, counted, seen by whose grid they lie in, and linked."""

from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessment.cards import cards
from grids.models import Asset
from incidents import campaign_numbers
from incidents.actions import campaigns
from incidents.actions.campaign_check import Seen, check_target
from incidents.actions.campaigns import Asked
from incidents.campaign_forms import ObjectsForm
from incidents.models import CampaignTarget
from residents.actions import add_dwelling
from teams import actions as teams
from tests import factories

ITEM = {"label": "亮吗", "kind": "yes_no", "choices": [], "abnormal": ["no"], "category": "0302"}
HERE = Point(124.001, 29.001, srid=4326)


@pytest.fixture
def task(street, leader, now):
    return teams.decide_task(street, code="0201", name="设施巡检", admitted=True, reason="履职", by=leader, now=now)


@pytest.fixture
def lamps(cast):
    """One in the worker's grid, one next door."""
    facts = {"owner": "市政养护队", "point": HERE}
    return [factories.make_asset(cast.areas[key], **facts) for key in ("grid", "next_grid")]


@pytest.fixture
def running(task, category, lamps, street, office, now):
    asked = Asked("路灯巡检", task, [ITEM], timezone.localdate(now) + timedelta(days=7), assets=lamps)
    made = campaigns.draft_campaign(street, asked, by=office, now=now)
    return campaigns.publish_campaign(made, by=office, now=now)


def test_each_worker_sees_the_assets_of_the_own_grid(running, lamps, worker, neighbour, now):
    assert running.objects_kind == "asset"
    own = {u: [t.asset for t in CampaignTarget.objects.visible_to(u)] for u in (worker, neighbour)}
    assert own == {worker: [lamps[0]], neighbour: [lamps[1]]}
    (card,) = [card for card in cards(worker, now) if card.kind == "campaign"]
    assert card.offline["left"] == 1
    assert (card.lon, card.lat) == (HERE.x, HERE.y)


def test_an_object_that_moves_takes_its_open_question_along(running, lamps, cast, neighbour):
    Asset.objects.filter(pk=lamps[0].pk).update(area=cast.areas["next_grid"], area_path=cast.areas["next_grid"].path)
    assert CampaignTarget.objects.visible_to(neighbour).count() == 2
    (line,) = campaign_numbers.progress(running.targets.all())
    assert [(one.name, one.total) for one in line.lines] == [(cast.areas["next_grid"].name, 2)]


def test_a_finding_is_about_the_asset_and_goes_to_its_owner(running, lamps, cast, worker, office, now, sign_in):
    target = running.targets.get(asset=lamps[0])
    done = check_target(target, Seen(["no"]), by=worker, now=now)
    assert (done.incident.asset, done.incident.responsible) == (lamps[0], cast.units["maintenance"])
    page = sign_in(office).get(f"/campaigns/{running.pk}/").content.decode()
    assert f'href="/assets/{lamps[0].pk}/"' in page
    assert lamps[0].title in sign_in(worker).get(f"/field/campaigns/{running.pk}/").content.decode()


def test_a_row_names_exactly_one_object(running, lamps, cast):
    shop = factories.make_place(cast.areas["grid"])
    for facts in ({}, {"asset": lamps[0], "place": shop}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CampaignTarget.objects.create(campaign=running, **facts)


def test_homes_cost_the_same_however_many(task, category, cast, street, office, worker, now, django_assert_num_queries):
    building = factories.make_building(cast.areas["grid"], "3号楼")
    homes = [add_dwelling(building, room=room, by=worker, now=now) for room in ("101", "102", "103")]
    asked = Asked("入户检查", task, [ITEM], timezone.localdate(now) + timedelta(days=7), dwellings=homes)
    campaigns.publish_campaign(campaigns.draft_campaign(street, asked, by=office, now=now), by=office, now=now)
    with django_assert_num_queries(1):
        named = [str(one) for one in CampaignTarget.objects.as_walked()]
    assert named == ["3号楼 101", "3号楼 102", "3号楼 103"]


def test_a_large_campaign_hides_no_other_and_is_counted_whole(running, task, cast, street, office, worker, now):
    houses = [factories.make_building(cast.areas["grid"], f"{n}号楼", code=f"{n:05}") for n in range(1, 4)]
    asked = Asked("查楼道", task, [ITEM], timezone.localdate(now) + timedelta(days=7), buildings=houses)
    campaigns.publish_campaign(campaigns.draft_campaign(street, asked, by=office, now=now), by=office, now=now)
    told = {card.title: card for card in cards(worker, now) if card.kind == "campaign"}
    assert sorted(told) == ["查楼道", "路灯巡检"]
    assert "3" in told["查楼道"].text
    assert told["查楼道"].offline["left"] == 3


@pytest.fixture
def things(cast):
    grid = cast.areas["grid"]
    factories.make_place(grid, "春风面馆", kind="small_restaurant")
    factories.make_place(grid, "实验小学", kind="school")
    factories.make_place(grid, "关门店", kind="small_shop", ended_on="2026-01-01", ended_why="gone")
    factories.make_asset(grid, "9901010118000001")
    factories.make_asset(grid, "9901010305000002")
    factories.make_building(grid, "1号楼", floors=6)
    return grid


CHOICES = [
    ({"objects_kind": "place"}, 2),
    ({"objects_kind": "place", "place_kind": "nine"}, 1),
    ({"objects_kind": "place", "text": "小学"}, 1),
    ({"objects_kind": "asset"}, 2),
    ({"objects_kind": "asset", "asset_kind": "03"}, 1),
    ({"objects_kind": "asset", "asset_kind": "0118", "text": "0002"}, 0),
    ({"objects_kind": "building", "text": "不看这一项"}, 1),
    ({"objects_kind": "building", "floors": 7}, 0),
    ({"objects_kind": "dwelling"}, 0),
]


@pytest.mark.parametrize(("said", "count"), CHOICES)
def test_objects_are_found_by_kind_grid_and_words(things, desk, said, count):
    form = ObjectsForm({**said, "areas": [things.pk]}, user=desk)
    assert form.is_valid(), form.errors
    assert len(form.found()) == count


def test_their_number_is_said_before_anything_is_kept(things, desk, sign_in):
    client = sign_in(desk, lang="en")
    page = client.get("/campaigns/objects/", {"objects_kind": "place", "areas": things.pk}).content.decode()
    assert "2 objects" in page
    assert "春风面馆" in page
    assert "Choose where" in client.get("/campaigns/objects/").content.decode()
    assert 'id="object-count"' in client.get("/campaigns/new/").content.decode()
