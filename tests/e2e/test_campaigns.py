"""A campaign on the phone: opened once, looked at without a signal, counted when the signal is back."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from gridgov.dbtime import database_now
from gridgov.sync.models import Attachment
from grids.models import Building
from incidents import campaign_pack
from incidents.actions import campaigns
from incidents.actions.campaigns import Asked
from incidents.models import Campaign, CampaignTarget, Category, Incident
from teams import actions as teams
from tests import factories
from tests.e2e.phone import flush, ready, tray
from tests.sync.conftest import picture


@pytest.fixture
def running(street_at_work) -> Campaign:
    """Two buildings of the worker's, three questions."""
    cast, now = street_at_work, database_now()
    leader, office, street = cast.people["leader"], cast.people["office"], cast.areas["street"]
    task = teams.decide_task(street, code="1", name="消防排查", admitted=True, reason="履职", by=leader, now=now)
    factories.make_building(cast.areas["grid"], "5号楼")
    code = Category.objects.exclude(major=None).first().code
    items = [
        {"kind": "yes_no", "label": "有飞线充电吗", "choices": [], "abnormal": ["yes"], "category": code},
        {"kind": "choice", "label": "充电位", "choices": ["完好", "损坏"], "abnormal": [], "category": ""},
        {"kind": "number", "label": "缺几个", "choices": [], "abnormal": [], "category": ""},
    ]
    due = timezone.localdate(now) + timedelta(days=3)
    asked = Asked("充电安全", task, items, due, buildings=list(Building.objects.filter(retired_at=None)))
    return campaigns.publish_campaign(campaigns.draft_campaign(street, asked, by=office, now=now), by=office, now=now)


def look(phone: Page, place: str, answer: str, photos: int = 0) -> None:
    phone.locator("[data-objects] a, [data-open] a", has_text=place).tap()
    ready(phone)
    phone.locator("[data-item]").nth(0).get_by_text(answer, exact=True).tap()
    phone.locator("[data-item]").nth(1).get_by_text("完好").tap()
    phone.locator("[data-item] input[type=number]").fill("2")
    files = [
        {"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": picture(size=(40 + n, 30))} for n in range(photos)
    ]
    if files:
        phone.set_input_files("input[type=file]", files)
        expect(phone.locator("[data-shots] img")).to_have_count(photos)
    phone.locator(".thumb button").tap()
    expect(phone.locator("[data-saved]")).to_contain_text("已保存在本机")


def test_objects_are_looked_at_without_a_signal_and_counted_once_it_is_back(phone, come_in, street_at_work, running):
    come_in(phone.context, street_at_work.people["worker"])
    phone.goto("/field/")
    phone.wait_for_selector("html[data-field-kept]", state="attached")
    phone.evaluate("() => navigator.serviceWorker.ready")
    phone.context.set_offline(True)
    phone.goto("/field/")
    ready(phone)
    phone.locator("[data-card^=campaign] [data-action]").tap()
    ready(phone)
    look(phone, "3号楼", "是", photos=1)
    phone.goto(f"/field/campaigns/{running.pk}/")
    ready(phone)
    expect(phone.locator("[data-objects] a", has_text="3号楼")).to_contain_text("已保存在本机")
    look(phone, "5号楼", "否")
    assert tray(phone, "count")["mine"] == 2
    phone.context.set_offline(False)
    phone.goto("/field/tray/")
    ready(phone)
    flush(phone)
    found = {str(one): (one.finding, one.answers) for one in CampaignTarget.objects.select_related("building")}
    assert found == {"3号楼": ("incident", ["yes", "完好", 2]), "5号楼": ("fine", ["no", "完好", 2])}
    assert Attachment.objects.of(Incident.objects.get()).count() == 1
    phone.goto(f"/field/campaigns/{running.pk}/")
    expect(phone.get_by_text("已全部排查")).to_be_visible()


def asked_for(phone: Page) -> list[str]:
    """Which pages of objects this page fetches."""
    urls: list[str] = []
    phone.on(
        "response", lambda answer: urls.append(answer.url.rsplit("/", 1)[1]) if "/objects/" in answer.url else None
    )
    return urls


def test_a_line_that_breaks_costs_one_page_of_objects_and_the_phone_says_how_many_it_has(
    phone, come_in, street_at_work, running, monkeypatch
):
    monkeypatch.setattr(campaign_pack, "PER_PAGE", 1)
    come_in(phone.context, street_at_work.people["worker"])
    phone.route("**/objects/1.json", lambda route: route.abort())
    phone.goto(f"/field/campaigns/{running.pk}/")
    expect(phone.locator("[data-along]")).to_have_text("本机已存1个对象（共2个），其余的联网后显示。")
    phone.unroute("**/objects/1.json")
    asked = asked_for(phone)
    phone.goto(f"/field/campaigns/{running.pk}/")
    expect(phone.locator("[data-along]")).to_have_text("2个对象已存在本机，没有信号也能看。")
    assert asked == ["1.json"]
    phone.evaluate("() => navigator.serviceWorker.ready")
    phone.context.set_offline(True)
    phone.goto(f"/field/campaigns/{running.pk}/")
    expect(phone.locator("[data-objects] a")).to_have_count(2)
    expect(phone.locator("[data-along-here]")).to_have_text("2个对象已存在本机，没有信号也能看。")


def test_a_phone_with_little_room_leaves_it_to_what_is_captured(phone, come_in, street_at_work, running):
    come_in(phone.context, street_at_work.people["worker"])
    phone.add_init_script("navigator.storage.estimate = async () => ({ quota: 30e6, usage: 15e6 })")
    asked = asked_for(phone)
    phone.goto(f"/field/campaigns/{running.pk}/")
    expect(phone.locator("[data-along]")).to_have_text("本机已存0个对象（共2个），其余的联网后显示。")
    assert asked == []
