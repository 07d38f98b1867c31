"""What a phone takes along of a campaign: every own open object, in pages that change only with what they say."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from grids.models import Area, Asset, Building, Place
from grids.permissions import Perm
from incidents import campaign_pack
from incidents.actions import campaigns
from incidents.actions.campaign_check import Seen, check_target
from incidents.actions.campaigns import Asked
from incidents.models import Campaign, CampaignTarget
from residents.models import Dwelling
from teams import actions as teams
from tests import factories

ITEM = {"kind": "yes_no", "label": "亮吗", "choices": [], "abnormal": [], "category": ""}


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    monkeypatch.setattr(campaign_pack, "PER_PAGE", 2)


@pytest.fixture
def ask(cast, now):
    """Publish a campaign about these objects."""

    def publish(title: str, **chosen):
        street, office = cast.areas["street"], cast.people["office"]
        task = teams.decide_task(
            street, code=title, name=title, admitted=True, reason="履职", by=cast.people["leader"], now=now
        )
        asked = Asked(title, task, [ITEM], timezone.localdate(now) + timedelta(days=7), **chosen)
        made = campaigns.draft_campaign(street, asked, by=office, now=now)
        return campaigns.publish_campaign(made, by=office, now=now)

    return publish


@pytest.fixture
def houses(cast):
    grid = cast.areas["grid"]
    return [factories.make_building(grid, f"{n}号楼", code=f"{n:05}") for n in range(1, 6)]


def names(user, campaign) -> list[list[str]]:
    (told,) = [one for one in campaign_pack.contents(user) if one["id"] == str(campaign.pk)]
    pages = [campaign_pack.page(user, campaign, nth) for nth in range(len(told["pages"]))]
    assert [page["version"] for page in pages] == told["pages"]
    assert sum(len(page["rows"]) for page in pages) == told["left"]
    return [[name for _id, name, _where in page["rows"]] for page in pages]


def test_every_object_goes_along_once_in_the_order_of_the_way(ask, houses, worker, neighbour, cast):
    other = factories.make_building(cast.areas["next_grid"], "邻格楼")
    made = ask("查楼道", buildings=[*reversed(houses), other])
    assert names(worker, made) == [["1号楼", "2号楼"], ["3号楼", "4号楼"], ["5号楼"]]
    assert names(neighbour, made) == [["邻格楼"]]


def test_what_was_looked_at_leaves_its_page_and_moves_no_other(ask, houses, worker, now):
    made = ask("查楼道", buildings=houses)
    before = campaign_pack.contents(worker)[0]["pages"]
    check_target(made.targets.get(building=houses[1]), Seen(["yes"]), by=worker, now=now)
    after = campaign_pack.contents(worker)[0]["pages"]
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, True, True]
    assert names(worker, made) == [["1号楼"], ["3号楼", "4号楼"], ["5号楼"]]


def test_whatever_a_row_says_is_in_the_version(ask, cast, worker):
    grid = cast.areas["grid"]
    house = factories.make_building(grid, "1号楼")
    home = Dwelling.objects.create(building=house, room="101", area=grid, area_path=grid.path)
    place, lamp = factories.make_place(grid, "面馆", kind="school"), factories.make_asset(grid, "9901010118000001")
    sorts = {
        "buildings": (Building, house, ("name",)),
        "dwellings": (Dwelling, home, ("room", "entrance")),
        "places": (Place, place, ("name", "address")),
        "assets": (Asset, lamp, ("name", "address")),
    }
    for sort, (model, one, columns) in sorts.items():
        made = ask(sort, **{sort: [one]})

        def told(made=made) -> tuple:
            pages = {said["id"]: said["pages"] for said in campaign_pack.contents(worker)}[str(made.pk)]
            page = campaign_pack.page(worker, made, 0)
            return tuple(pages), [row[1:] for row in page["rows"]]

        for column in columns:
            before = told()
            model.objects.filter(pk=one.pk).update(**{column: "77"})
            assert told()[0] != before[0], (sort, column)
            assert told()[1] != before[1], (sort, column)
    before = campaign_pack.contents(worker)
    Area.objects.filter(pk=grid.pk).update(name="改名网格")
    assert all(old["pages"] != new["pages"] for old, new in zip(before, campaign_pack.contents(worker), strict=True))
    english, chinese = (said_in(language, worker) for language in ("en", "zh-hans"))
    assert all(one["pages"] != other["pages"] for one, other in zip(english, chinese, strict=True))


def said_in(language: str, worker) -> list[dict]:
    with translation.override(language):
        return campaign_pack.contents(worker)


def test_the_phone_gets_its_own_and_nobody_elses(ask, houses, worker, cast, sign_in):
    made = ask("查楼道", buildings=houses)
    answer = sign_in(worker).get("/field/campaigns.json")
    assert "no-store" in answer["Cache-Control"]
    assert answer.json()["owner"] == str(worker.public_id)
    page = sign_in(worker).get(f"/field/campaigns/{made.pk}/objects/1.json").json()
    assert [row[1] for row in page["rows"]] == ["3号楼", "4号楼"]
    assert sign_in(worker).get(f"/field/campaigns/{made.pk}/objects/{10**18}.json").json()["rows"] == []
    assert sign_in(cast.people["neighbour"]).get(f"/field/campaigns/{made.pk}/objects/0.json").status_code == 404
    assert sign_in(cast.people["office"]).get("/field/campaigns.json").json()["campaigns"] == []


def test_contents_and_pages_cost_the_same_whatever_their_length(ask, houses, worker, django_assert_num_queries):
    made = ask("查楼道", buildings=houses[:1])
    worker = type(worker).objects.get(pk=worker.pk)
    campaign_pack.contents(worker)  # who holds which post is asked once
    with django_assert_num_queries(4):
        campaign_pack.contents(worker)
        campaign_pack.page(worker, made, 0)
    CampaignTarget.objects.bulk_create([CampaignTarget(campaign=made, building=one) for one in houses[1:]])
    with django_assert_num_queries(4):
        campaign_pack.contents(worker)
        campaign_pack.page(worker, made, 0)


def test_a_long_list_comes_in_pages_and_is_searched(ask, houses, worker, sign_in, monkeypatch):
    monkeypatch.setattr("incidents.views.campaign_field.PER_PAGE", 2)
    made = ask("查楼道", buildings=houses)
    client = sign_in(worker)
    assert [t for t in range(1, 6) if f"{t}号楼" in client.get(f"/field/campaigns/{made.pk}/").content.decode()] == [
        1,
        2,
    ]
    last = client.get(f"/field/campaigns/{made.pk}/?page=3").content.decode()
    assert [t for t in range(1, 6) if f"{t}号楼" in last] == [5]
    found = client.get(f"/field/campaigns/{made.pk}/", {"q": "４号"}).content.decode()
    assert [t for t in range(1, 6) if f"{t}号楼" in found] == [4]
    assert "没有符合的对象" in client.get(f"/field/campaigns/{made.pk}/", {"q": "不存在"}).content.decode()


def test_campaigns_are_found_from_their_objects(ask, houses, worker, cast):
    """Each sort of object by its index: with OR, every object of every campaign there ever was would be read."""
    mine = ask("查楼道", buildings=houses[:2])
    ask("查别处", buildings=[factories.make_building(cast.areas["next_grid"], "9号楼")])
    rows = Campaign.objects.visible_to(worker, Perm.WORK_CAMPAIGNS)
    assert list(rows) == [mine]
    assert str(rows.query).count("UNION ALL") == 2
    targets = CampaignTarget.objects.order_by("pk")
    assert list(targets.running_of(worker)) == list(targets.filter(campaign=mine).visible_to(worker))
    assert targets.running_of(worker).count() == 2
