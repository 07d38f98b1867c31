"""The field door without a signal, and on a slow line: what was opened once opens again, and work goes on."""

import re
import sys
import time

import pytest
from django.contrib.gis.geos import Point
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import HttpResponse
from playwright.sync_api import Page, expect
from whitenoise.compress import Compressor

from gridgov import program
from gridgov.dbtime import database_now
from gridgov.words import initials
from grids.models import BoundaryVersion
from incidents.models import Category, Incident, Step
from incidents.workflow import Status
from teams.roles import Role
from tests import factories
from tests.e2e.phone import code, flush, put, ready, tray
from tests.grids.ground import square

SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
FIRST_USE = 5  # seconds until the first page can be used (docs/field.md); on a busy machine it is only printed
FETCHED = """() => performance.getEntriesByType("resource")
  .filter((file) => file.name.includes("/static/") && file.transferSize > 0).map((file) => file.name)"""


@pytest.fixture
def work(street_at_work):
    """A case of the worker's to verify, and one to sign, each at a building with a place."""
    cast = street_at_work
    made = []
    for name in ("5号楼", "8号楼"):
        incident = factories.make_incident(
            factories.make_building(cast.areas["grid"], name), by=cast.people["desk"], now=database_now()
        )
        made.append(incident)
    Incident.objects.filter(pk__in=[one.pk for one in made]).update(
        status=Status.RESOLVED, holder=cast.units["team"], handling_unit=cast.units["enforcement"]
    )
    return made


@pytest.fixture
def taken_along(phone: Page, come_in, street_at_work, work) -> Page:
    """A phone that has opened Today once."""
    come_in(phone.context, street_at_work.people["worker"])
    phone.goto("/field/")
    phone.wait_for_selector("html[data-field-kept]", state="attached")
    phone.evaluate("() => navigator.serviceWorker.ready")
    return phone


def test_the_day_opens_without_a_signal_and_a_case_is_verified_there(street_at_work, work, request):
    """A worker of two grids, who is asked in which of them it lies when no place says so."""
    cast = street_at_work
    factories.make_post(cast.people["worker"], Role.WORKER, cast.areas["next_grid"], cast.units["next_team"])
    phone = request.getfixturevalue("taken_along")
    phone.context.set_offline(True)
    phone.goto("/field/")
    ready(phone)
    expect(phone.locator("[data-shell-as-of]")).to_contain_text("没有网络")
    expect(phone.locator("[data-card^=incident]")).to_have_count(2)
    phone.locator("[data-card^=incident] [data-action]").first.tap()
    ready(phone)
    expect(phone.locator("[data-place]").first).to_contain_text("5号楼")
    phone.fill("#step-words", "已清走")
    phone.locator("[data-step-button]").tap()
    expect(phone.locator("[data-saved]")).to_contain_text("已保存在本机")
    phone.goto("/field/report/")
    ready(phone)
    phone.locator("summary.tile").first.tap()
    phone.get_by_role("link", name="楼道堆物").first.tap()
    ready(phone)
    phone.get_by_text("3号楼").tap()
    expect(phone.locator("[data-which-grid]")).to_be_hidden()
    phone.get_by_text("3号楼").tap()  # given up again
    phone.fill("textarea[name=description]", "路面积水")
    phone.locator(".thumb button.btn-primary").tap()
    expect(phone.locator("[data-which-grid] .field-error")).to_contain_text("请选择所在网格")
    phone.get_by_text("春风第二网格").tap()
    phone.locator(".thumb button.btn-primary").tap()
    expect(phone.locator("[data-saved]")).to_be_visible()
    expect(phone.locator("[data-tray-count]")).to_contain_text("2条待上传")
    phone.context.set_offline(False)
    phone.goto("/field/tray/")
    ready(phone)
    flush(phone)
    assert tray(phone, "count")["mine"] == 0
    assert Step.objects.filter(incident=work[0], words="已清走").exists()
    assert Incident.objects.get(description="路面积水").area == cast.areas["next_grid"]


def test_what_was_taken_along_leaves_with_sign_out_and_after_a_day(taken_along, come_in, street_at_work):
    phone = taken_along
    phone.clock.set_system_time(time.time() + 25 * 3600)
    phone.context.set_offline(True)
    phone.goto("/field/")
    expect(phone.get_by_text("本机没有保存内容")).to_be_visible()
    phone.context.set_offline(False)
    phone.clock.set_system_time(time.time())
    phone.goto("/field/")
    phone.wait_for_selector("html[data-field-kept]", state="attached")
    phone.goto("/accounts/me/")
    ready(phone)
    phone.context.route("**/api/v1/sync/**", lambda route: route.abort())
    put(phone, "还没上传")
    expect(phone.locator("form[data-sign-out]")).to_have_attribute("data-confirm", "1条待上传")
    phone.locator("form[data-sign-out] button").tap()
    phone.locator("#confirm-yes").tap()
    expect(phone).to_have_url(re.compile("/accounts/login/"))
    phone.wait_for_load_state("networkidle")
    phone.context.set_offline(True)
    phone.goto("/field/")
    expect(phone.get_by_text("本机没有保存内容")).to_be_visible()


def test_nothing_personal_lies_in_the_workers_caches(taken_along, street_at_work):
    kept = taken_along.evaluate("""async () => {
        const texts = [];
        for (const name of await caches.keys()) {
          const cache = await caches.open(name);
          for (const request of await cache.keys()) {
            const answer = await cache.match(request);
            if ((answer.headers.get("Content-Type") || "").includes("html")) texts.push(await answer.text());
          }
        }
        return texts;
      }""")
    assert len(kept) == 1
    for personal in ("王小勤", str(street_at_work.people["worker"].public_id), "5号楼", "csrfmiddlewaretoken"):
        assert personal not in kept[0]


def test_the_pages_load_nothing_but_the_program(taken_along):
    """What field pages ask for is what the phone keeps, or the shell would miss it."""
    phone, asked = taken_along, set()
    phone.context.on("request", lambda request: asked.add(request.url.partition("/static/")[2]))
    for path in ("/field/", f"/field/report/{code()}/", "/field/tray/", "/accounts/me/", "/field/reports/"):
        phone.goto(path)
        phone.wait_for_load_state("networkidle")
    assert {name.partition("#")[0] for name in asked if name} - set(program.FILES) == set()


def test_a_category_is_found_by_its_initials_also_without_a_signal(taken_along):
    phone = taken_along
    Category.objects.exclude(major=None).update(initials=initials("楼道堆物"))
    phone.goto("/field/")
    phone.wait_for_selector("html[data-field-kept]", state="attached")
    phone.context.set_offline(True)
    phone.goto("/field/report/")
    ready(phone)
    link = phone.locator("[data-categories] a", has_text="楼道堆物")
    for asked, shown in (("LDD", True), ("zzz", False), ("堆物", True)):
        phone.fill("#category-q", asked)
        expect(link.first).to_be_visible(visible=shown)


@pytest.fixture
def things(street_at_work):
    """A lamp at a point, and a shop."""
    grid = street_at_work.areas["grid"]
    lamp = factories.make_asset(grid, "9901010118000417", name="路灯甲", point=Point(124.001, 29.001, srid=4326))
    return lamp, factories.make_place(grid, "春风便利店")


def test_a_lamp_and_a_shop_are_found_and_reported_without_a_signal(things, taken_along):
    lamp, shop = things
    phone = taken_along
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"longitude": 124.0011, "latitude": 29.001, "accuracy": 9})
    phone.context.set_offline(True)
    phone.goto(f"/field/report/{code()}/")
    ready(phone)
    found = phone.locator("[data-things-found]")
    phone.fill("#thing-q", "没有这家店")
    expect(found).to_contain_text("名录中没有")
    phone.fill("#thing-q", "便利")
    found.get_by_text("春风便利店").tap()
    phone.fill("textarea[name=description]", "店外堆物")
    phone.locator(".thumb button.btn-primary").tap()
    expect(phone.locator("[data-saved]")).to_contain_text("已保存在本机")
    phone.goto(f"/a/{lamp.code}/")  # what the code on the lamp post opens
    expect(phone.locator("[data-about-thing]")).to_contain_text("路灯甲")
    phone.locator("summary.tile").first.tap()
    phone.get_by_role("link", name="楼道堆物").first.tap()
    ready(phone)
    expect(found.get_by_role("radio", name="路灯甲")).to_be_checked()
    found.get_by_role("radio", name="以上都不是").check()
    phone.locator("[data-position]").tap()
    found.get_by_text("路灯甲").tap()
    phone.fill("textarea[name=description]", "灯不亮")
    phone.locator(".thumb button.btn-primary").tap()
    expect(phone.locator("[data-saved]")).to_be_visible()
    phone.context.set_offline(False)
    phone.goto("/field/tray/")
    ready(phone)
    flush(phone)
    assert Incident.objects.get(description="店外堆物").listed_place == shop
    assert Incident.objects.get(description="灯不亮").asset == lamp


def test_the_day_lies_on_a_map_without_a_signal(street_at_work, work, request):
    grid = street_at_work.areas["grid"]
    BoundaryVersion.objects.create(area=grid, kind="grid", polygon=square(124.0), since=database_now())
    for nth, incident in enumerate(work):
        Incident.objects.filter(pk=incident.pk).update(point=Point(124.002 + nth / 500, 29.005, srid=4326))
    phone = request.getfixturevalue("taken_along")
    phone.context.set_offline(True)
    phone.goto("/field/")
    ready(phone)
    phone.get_by_role("button", name="地图").tap()
    expect(phone.locator("#today-map-figure .map-pin-box")).to_have_count(2)
    expect(phone.locator("#today-map-figure path.map-grid")).to_have_count(1)
    expect(phone.locator("[data-today-list]")).to_be_hidden()
    phone.get_by_role("button", name="列表").tap()
    expect(phone.locator("[data-card^=incident]")).to_have_count(2)


def test_in_the_order_of_the_way_when_asked(taken_along):
    phone = taken_along
    way = phone.evaluate("""async () => {
        const { byWay } = await import("/static/js/today.js");
        const at = (name, lon, lat) => ({ name, lon, lat });
        const things = [at("far", 114.41, 30.5), at("nowhere", null, null), at("near", 114.4005, 30.5), at("middle", 114.404, 30.5)];
        return byWay(things, { lon: 114.4, lat: 30.5 }).map((one) => one.name);
      }""")  # noqa: E501
    assert way == ["near", "middle", "far", "nowhere"]


def test_a_phone_open_since_yesterday_and_set_to_another_zone_shows_the_patrols_of_this_day(phone, live_server):
    phone.goto("/accounts/login/")
    said = phone.evaluate("""async () => {
        const [{ cardsOf }, { wall }] = [await import("/static/js/today.js"), await import("/static/js/words.js")];
        const card = (key, kind, due) => ({ key, kind, due });
        const cards = [card("case", "incident", "2026-12-31T01:00:00Z"), card("yesterday", "patrol", "2026-12-31T15:59:00Z")];
        const kept = { cards, ahead: { day: "2027-01-01", cards: [card("ahead", "patrol", "2027-01-01T15:59:00Z")] } };
        const at = (now) => cardsOf(kept, Date.parse(now)).map(({ key }) => key);
        return [at("2026-12-31T15:59:30Z"), at("2026-12-31T16:00:00Z"), at("2027-01-01T16:00:00Z"), wall("2026-12-31T16:05:00Z")];
      }""")  # noqa: E501
    assert said == [["case", "yesterday"], ["ahead", "case"], ["case"], ["2027-01-01", "00:05"]]


@pytest.fixture
def compressed(monkeypatch) -> None:
    """Static files as production serves them: brotli by WhiteNoise's compressor, packed beforehand, to be kept."""
    packed = {
        f"/static/{name}": Compressor.compress_brotli(program.source(name).read_bytes()) for name in program.FILES
    }
    plain = StaticFilesHandler.serve

    def serve(handler, request):
        answer = plain(handler, request)
        body = packed.get(request.path)
        if answer.status_code != 200 or not body or "br" not in request.headers.get("Accept-Encoding", ""):
            return answer
        answer.close()
        headers = {"Content-Encoding": "br", "Cache-Control": "max-age=315360000, public, immutable"}
        return HttpResponse(body, content_type=answer["Content-Type"], headers=headers)

    monkeypatch.setattr(StaticFilesHandler, "serve", serve)


def test_first_use_on_a_slow_line(compressed, phone, come_in, street_at_work, work, capsys):
    """Cold caches, 400 kbit/s and 400 ms: when the page can be read and used, and when it opens again."""
    come_in(phone.context, street_at_work.people["worker"])
    devtools = phone.context.new_cdp_session(phone)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW_3G)
    figures, fetched = [], []
    for _time in ("first", "again"):
        began = time.monotonic()
        phone.goto("/field/", wait_until="commit", timeout=60_000)
        phone.locator("[data-card] [data-action]").first.wait_for(state="visible", timeout=60_000)
        read = time.monotonic() - began
        phone.wait_for_selector("html[data-field-ready]", state="attached", timeout=60_000)
        figures.append((read, time.monotonic() - began))
        fetched.append(phone.evaluate(FETCHED))
        phone.wait_for_selector("html[data-field-kept]", state="attached", timeout=60_000)
    said = ", ".join(f"read after {read:.1f} s, saves after {whole:.1f} s" for read, whole in figures)
    with capsys.disabled():
        sys.stdout.write(f"\n  slow 3G: first use and again: {said} (aim {FIRST_USE})\n")
    assert fetched[0]
    assert not fetched[1], "the second time nothing of the program comes over the line"


PIN = "204713"
HALF_AN_HOUR = 30 * 60
COUNTING = 30_000  # milliseconds: 600,000 rounds on a busy machine


@pytest.fixture
def behind_a_pin(taken_along, come_in, street_at_work) -> Page:
    """The same phone, whose owner has chosen a PIN on it."""
    worker, phone = street_at_work.people["worker"], taken_along
    worker.set_password("a long password 1")
    worker.save()
    come_in(phone.context, worker)  # a new password ends what was open
    phone.goto("/accounts/pin/")
    ready(phone)
    phone.fill("[name=password]", "a long password 1")
    phone.fill("[name=pin]", PIN)
    phone.locator("form[data-pin-form] button").tap()
    expect(phone).to_have_url(re.compile("/accounts/me/"), timeout=COUNTING)
    phone.goto("/field/")
    phone.wait_for_selector("html[data-field-kept]", state="attached")
    return phone


def left_alone(phone: Page) -> None:
    """Without a signal, an hour later."""
    phone.context.set_offline(True)
    phone.clock.set_system_time(time.time() + 2 * HALF_AN_HOUR)
    phone.goto("/field/")


def day_keys(phone: Page) -> list[str]:
    """What the row of the day's key holds on the phone."""
    return phone.evaluate("""async () => {
        const store = await import("/static/js/phone-store.js");
        const rows = await (await store.database()).getAll("keys");
        const day = rows.find((row) => row.name.startsWith("day:"));
        return day ? Object.keys(day).filter((name) => day[name]).sort() : [];
      }""")


def test_a_locked_phone_shows_the_day_only_after_the_pin_also_without_a_signal(behind_a_pin):
    phone = behind_a_pin
    phone.context.set_offline(True)
    phone.goto("/field/")
    expect(phone.locator("[data-card^=incident]")).to_have_count(2)
    left_alone(phone)
    expect(phone.locator("#shell-pin")).to_be_visible()
    expect(phone.locator("[data-card]")).to_have_count(0)
    assert day_keys(phone) == ["name", "until", "wrapped"]
    phone.fill("#shell-pin", "204714")
    phone.get_by_role("button", name="解锁").tap()
    expect(phone.locator("[data-lock-said]")).to_contain_text("PIN码不对", timeout=COUNTING)
    phone.fill("#shell-pin", PIN)
    phone.get_by_role("button", name="解锁").tap()
    expect(phone.locator("[data-card^=incident]")).to_have_count(2, timeout=COUNTING)


def test_a_locked_phone_reports_and_keeps_what_waits_to_itself(behind_a_pin):
    phone = behind_a_pin
    left_alone(phone)
    phone.goto("/field/report/")
    ready(phone)
    phone.locator("summary.tile").first.tap()
    phone.get_by_role("link", name="楼道堆物").first.tap()
    ready(phone)
    phone.get_by_text("3号楼").tap()
    phone.fill("textarea[name=description]", "锁定时上报")
    phone.locator(".thumb button.btn-primary").tap()
    expect(phone.locator("[data-saved]")).to_contain_text("已保存在本机")
    phone.goto("/field/tray/")
    expect(phone.locator("[data-records] li")).to_have_count(1)
    expect(phone.locator("[data-records]")).not_to_contain_text("锁定时上报")
    expect(phone.locator("[data-export]")).to_be_hidden()
    phone.clock.set_system_time(time.time())
    phone.context.set_offline(False)
    phone.goto("/field/tray/")
    ready(phone)
    flush(phone)
    assert Incident.objects.filter(description="锁定时上报").count() == 1


def test_five_wrong_pins_without_a_signal_take_the_day_off_the_phone(behind_a_pin):
    phone = behind_a_pin
    left_alone(phone)
    for n in range(4):
        phone.fill("#shell-pin", f"11122{n}")
        phone.get_by_role("button", name="解锁").tap()
        expect(phone.locator("[data-lock-said]")).to_contain_text("PIN码不对", timeout=COUNTING)
        phone.reload()  # a guess counts although the page is opened anew
    phone.fill("#shell-pin", "111229")
    phone.get_by_role("button", name="解锁").tap()
    expect(phone.get_by_text("您保存而未上传的记录还在")).to_be_visible(timeout=COUNTING)
    assert day_keys(phone) == []
    phone.clock.set_system_time(time.time())
    phone.context.set_offline(False)
    phone.goto("/field/")  # the line is back and the session open: the day is fetched anew, behind the same PIN
    phone.wait_for_selector("html[data-field-kept]", state="attached")
    assert day_keys(phone) == ["key", "name", "until", "wrapped"]
