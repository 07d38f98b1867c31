"""The list in a real browser: rows picked by keyboard, one step for them, list and map, from case to case and back."""

import re

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from playwright.sync_api import Page, expect

from gridgov.dbtime import database_now
from grids.models import BoundaryVersion
from incidents.actions.report import Report, report
from incidents.models import Category, Incident

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def three(street_at_work):
    cast, category = street_at_work, Category.objects.exclude(major=None).get()
    building = cast.areas["grid"].buildings.get()
    for words in ("一楼堆物", "二楼堆物", "三楼堆物"):
        told = Report(category=category, building=building, description=words)
        report(told, by=cast.people["worker"], now=database_now())
    return cast


def press(page: Page, key: str) -> None:
    """A key on a page that listens: its scripts have run once it is loaded."""
    page.wait_for_load_state()
    page.keyboard.press(key)


def test_rows_are_picked_by_keys_and_urged_after_a_question(page: Page, live_server, come_in, three, axe, complaints):
    come_in(page.context, three.people["office"])
    page.goto(f"{live_server.url}/incidents/?tab=all")
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-bulk]")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-bulk-count]")).to_have_text("已选2件")
    assert axe(page) == []
    page.get_by_role("button", name="催办").click()
    expect(page.get_by_role("heading", name="对2件事件：催办？")).to_be_visible()
    page.locator("#confirm-yes").click()
    expect(page.get_by_text("完成2件，未完成0件")).to_be_visible()
    assert sorted(Incident.objects.values_list("urged", flat=True)) == [0, 1, 1]
    assert axe(page) == []
    page.reload()
    assert sorted(Incident.objects.values_list("urged", flat=True)) == [0, 1, 1]
    assert complaints == []


def test_list_or_map_is_kept_on_this_device_and_a_case_leads_on_and_back(page: Page, live_server, come_in, three, axe):
    come_in(page.context, three.people["office"])
    page.goto(f"{live_server.url}/incidents/?tab=all")
    page.locator(".choice [data-shows=list]").click()
    expect(page.locator("#map")).to_be_hidden()
    page.reload()
    expect(page.locator("#map")).to_be_hidden()
    page.locator("tr[data-id] td a").first.click()
    expect(page.locator("[rel=prev]")).to_have_count(0)
    first = page.url
    press(page, "j")
    expect(page.locator("[rel=prev]")).to_have_count(1)
    press(page, "k")
    expect(page).to_have_url(first)
    press(page, "?")
    expect(page.get_by_role("heading", name="快捷键")).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    expect(page).to_have_url(re.compile(r"/incidents/\?tab=all#row-"))


def test_a_map_says_how_many_where_the_name_does_not_fit(page: Page, live_server, come_in, three):
    square = MultiPolygon(Polygon.from_bbox((124.0, 29.4, 124.01, 29.41)), srid=4326)
    BoundaryVersion.objects.create(area=three.areas["grid"], kind="grid", polygon=square, since=database_now())
    come_in(page.context, three.people["office"])
    page.goto(f"{live_server.url}/board/")
    page.wait_for_function("() => document.querySelector('[data-map]').view")
    label, grid = page.locator(".map-label:visible"), three.areas["grid"].name
    zoom = """(step) => {
        const { map } = document.querySelector("[data-map]").view;
        map.setZoom(map.getZoom() + step, { animate: false });
      }"""
    for step, said in ((0, f"{grid} · 3"), (-3, "3"), (3, f"{grid} · 3")):
        page.evaluate(zoom, step)
        expect(label).to_have_text([said])
