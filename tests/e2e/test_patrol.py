"""A patrol on a phone without a signal: checkpoints seen and not, a finding, the end; then everything arrives."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from gridgov.dbtime import database_now
from incidents.models import Incident, PatrolFinding
from teams.models import Patrol
from teams.roles import Role
from tests import factories
from tests.e2e.phone import flush, ready

AWAKE = """() => {
  window.awake = 0;
  navigator.wakeLock.request = async () => {
    window.awake += 1;
    return { release: async () => { window.awake -= 1; } };
  };
}"""
HERE = {"latitude": 29.4, "longitude": 124.0, "accuracy": 8}


@pytest.fixture
def walk(phone: Page, come_in, street_at_work) -> Page:
    """The worker's phone, on the page of a walk that is due today, everything kept for the time without a signal."""
    cast = street_at_work
    factories.make_post(cast.people["worker"], Role.WORKER, cast.areas["next_grid"], cast.units["next_team"])
    route = factories.make_route(cast.areas["grid"], by=cast.people["lead"], now=database_now(), name="春风日巡")
    factories.make_patrol_plan(route, by=cast.people["lead"], now=database_now(), unit=cast.units["team"])
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation(HERE)
    come_in(phone.context, cast.people["worker"])
    phone.goto("/field/")
    phone.wait_for_selector("html[data-field-kept]", state="attached")
    phone.evaluate("() => navigator.serviceWorker.ready")
    phone.get_by_role("link", name="去巡查").tap()
    phone.wait_for_selector("[data-walk][data-ready]")
    return phone


def test_a_patrol_without_a_signal_arrives_whole(walk):
    phone = walk
    phone.context.set_offline(True)
    phone.evaluate(AWAKE)
    phone.get_by_role("button", name="开始").tap()
    expect(phone.locator("[data-patrol-bar]")).to_contain_text("正在记录轨迹")
    phone.wait_for_function("() => window.awake === 1")
    phone.get_by_role("button", name="暂停").tap()
    expect(phone.locator("[data-patrol-bar]")).to_contain_text("巡查已暂停")
    phone.wait_for_function("() => window.awake === 0")
    phone.get_by_role("button", name="继续").tap()
    expect(phone.locator("[data-patrol-bar]")).to_contain_text("正在记录轨迹")
    for nth in range(1, 4):
        phone.context.set_geolocation({**HERE, "longitude": 124.0 + nth * 0.0004})
        phone.wait_for_function(
            "async (n) => (((await (await import('/static/js/patrol.js')).running()) || {}).points || []).length >= n",
            arg=1,
        )
    stops = phone.locator(".walk-stop")
    stops.nth(0).get_by_role("button", name="已看").tap()
    expect(stops.nth(0)).to_have_attribute("data-mark", "seen")
    stops.nth(1).get_by_text("无法确认").first.tap()
    stops.nth(1).get_by_text("上锁或关闭").tap()
    stops.nth(1).get_by_role("button", name="保存").tap()
    expect(stops.nth(1)).to_have_attribute("data-mark", "not")
    phone.get_by_role("link", name="发现问题").tap()
    ready(phone)
    expect(phone.locator("[data-patrol-bar]")).to_contain_text("春风日巡")
    phone.locator("summary.tile").first.tap()
    phone.get_by_role("link", name="楼道堆物").first.tap()
    ready(phone)
    expect(phone.locator("[name=grid]:checked + span")).to_have_text("春风第一网格")  # of the patrol under way
    phone.fill("textarea[name=description]", "三楼堆满纸箱")
    phone.locator(".thumb button.btn-primary").tap()
    phone.locator("[data-saved] a", has_text="回到巡查").tap()
    phone.wait_for_selector("[data-walk][data-ready]")
    expect(phone.locator(".walk-stop").nth(0)).to_have_attribute("data-mark", "seen")
    phone.get_by_role("button", name="结束").tap()
    phone.locator("#confirm-yes").tap()
    expect(phone.locator("[data-show=ended]")).to_be_visible()
    expect(phone.locator(".walk-stop").nth(0)).to_have_attribute("data-mark", "seen")
    expect(phone.locator("[data-open]")).to_have_text("")
    expect(phone.locator("[data-patrol-bar]")).to_be_hidden()
    assert not Patrol.objects.exists()
    phone.context.set_offline(False)
    phone.goto("/field/tray/")
    ready(phone)
    flush(phone)
    patrol = Patrol.objects.get()
    assert patrol.ended_at is not None
    assert sorted(patrol.marks.values_list("is_confirmed", "why")) == [(False, "closed"), (True, "")]
    assert patrol.chunks.count() >= 1
    assert PatrolFinding.objects.of(patrol.key).get().incident == Incident.objects.get()
    phone.goto(f"/field/patrols/mine/{patrol.pk}/")
    expect(phone.get_by_text("上锁或关闭")).to_be_visible()
    expect(phone.get_by_text("楼道堆物")).to_be_visible()


# last fix and the next: [metres to the east, seconds, accuracy] → kept?
FIXES = [
    (None, (0, 0, 8), True),
    (None, (0, 0, 51), False),
    ((0, 0, 8), (9, 10, 8), False),
    ((0, 0, 8), (11, 10, 8), True),
    ((0, 0, 8), (11, 10, 30), False),
    ((0, 0, 8), (16, 10, 30), True),
    ((0, 0, 8), (0, 29, 8), False),
    ((0, 0, 8), (0, 31, 8), True),
    ((0, 0, 8), (130, 10, 8), False),
    ((0, 0, 8), (110, 10, 8), True),
    ((0, 0, 8), (5000, 61, 8), True),
]


def test_the_phone_keeps_a_fix_after_ten_metres_or_half_a_minute(walk):
    def place(fix):
        return fix and [124.0 + fix[0] / 96_990, 29.4, 1_800_000_000 + fix[1], fix[2]]

    asked = [[place(last), place(following)] for last, following, _kept in FIXES]
    worth = """async (asked) => {
        const { worth } = await import("/static/js/patrol.js");
        return asked.map(([last, fix]) => worth(last, fix));
      }"""
    assert walk.evaluate(worth, asked) == [kept for _last, _next, kept in FIXES]


def test_the_code_on_site_confirms_on_the_running_patrol_also_without_a_signal(walk):
    phone = walk
    phone.get_by_role("button", name="开始").tap()
    expect(phone.locator("[data-patrol-bar]")).to_be_visible()
    stop = phone.locator(".walk-stop").first.get_attribute("data-stop")
    phone.context.set_offline(True)
    phone.goto(f"/field/patrols/here/{stop}/")
    phone.wait_for_selector("[data-here][data-ready]")
    phone.get_by_role("button", name="在此确认").tap()
    expect(phone.locator("[data-done]")).to_be_visible()
    phone.context.set_offline(False)
    flush(phone)
    assert Patrol.objects.get().marks.get().how == "code"


def test_what_was_fetched_last_evening_opens_this_mornings_walk(walk):
    """The server's own cards, told as those of the day that has come."""
    phone = walk

    def evening(route: Route) -> None:
        day = route.fetch().json()
        patrols = [card for card in day["cards"] if card["kind"] == "patrol"]
        today = timezone.localdate().isoformat()
        route.fulfill(json={**day, "cards": [], "ahead": {"day": today, "cards": patrols}})

    phone.context.route("**/field/today.json", evening)
    phone.goto("/field/")
    phone.wait_for_selector("html[data-field-kept]", state="attached")
    phone.context.set_offline(True)
    phone.goto("/field/")
    phone.get_by_role("link", name="去巡查").tap()
    phone.wait_for_selector("[data-walk][data-ready]")
    expect(phone.locator(".walk-stop")).to_have_count(3)
