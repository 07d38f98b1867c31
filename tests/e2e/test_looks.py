"""The parts of the interface in a real browser: readable for everyone, and doing what they promise."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.urls("tests.looks.urls"), pytest.mark.django_db(transaction=True)]
DOORS = ["desk", "form", "field", "report", "public", "entrance"]


def test_no_door_has_a_serious_fault_in_light_or_dark(page: Page, live_server, axe, complaints):
    found = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for door in DOORS:
            page.goto(f"{live_server.url}/styles/{door}/")
            page.wait_for_load_state("networkidle")
            found[door, scheme] = axe(page)
    assert {where: faults for where, faults in found.items() if faults} == {}
    assert complaints == []


def test_no_door_is_wider_than_a_phone(phone: Page, axe):
    """As high as the page is: what scrolls beneath the bar of buttons is not hidden by it."""
    phone.set_viewport_size({"width": 390, "height": 2000})
    for door in DOORS:
        phone.goto(f"/styles/{door}/")
        phone.wait_for_load_state("networkidle")
        assert (door, phone.evaluate("document.documentElement.scrollWidth")) == (door, 390)
        assert (door, axe(phone)) == (door, [])


def test_sign_in_page_has_no_serious_fault(page: Page, live_server, axe):
    page.goto(f"{live_server.url}/accounts/login/")
    assert axe(page) == []


def test_what_was_typed_comes_back(page: Page, live_server):
    page.goto(f"{live_server.url}/styles/form/")
    page.get_by_label("情况描述").fill("路灯不亮，晚上看不清台阶")
    page.reload()
    expect(page.get_by_label("情况描述")).to_have_value("路灯不亮，晚上看不清台阶")


def test_a_danger_asks_with_the_name_of_the_thing(page: Page, live_server):
    page.goto(f"{live_server.url}/styles/desk/")
    page.get_by_role("button", name="作废").click()
    dialog = page.get_by_role("dialog", name="作废事件 202611230003？")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_row_and_pin_point_at_each_other(page: Page, live_server):
    page.goto(f"{live_server.url}/styles/desk/")
    page.wait_for_selector(".map-pin-box")
    page.locator("tr[data-id='3']").hover()
    expect(page.locator(".map-pin-box.map-pin-on")).to_have_count(1)
    page.locator(".map-pin-box").nth(4).hover()
    expect(page.locator("tr.row-on")).to_have_count(1)


def test_a_place_can_be_picked_with_mouse_keyboard_and_position(page: Page, live_server):
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": 124.0061, "latitude": 28.0012, "accuracy": 18})
    page.goto(f"{live_server.url}/styles/form/")
    page.wait_for_selector(".map-grid")
    lon, lat, accuracy = (page.locator(f"input[name={name}]") for name in ("lon", "lat", "accuracy"))
    page.locator("[data-map-canvas]").click(position={"x": 200, "y": 160})
    expect(lon).to_have_value(re.compile(r"^124\.\d{6}$"))
    page.get_by_role("button", name="我的位置").click()
    expect(lat).to_have_value("28.001200")
    expect(accuracy).to_have_value("18")
    page.locator("[data-map-canvas]").press("Enter")
    expect(accuracy).to_have_value("")


def test_the_drawer_opens_and_closes_by_keyboard(phone: Page):
    phone.goto("/styles/desk/")
    button = phone.get_by_role("button", name="菜单")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(phone.get_by_role("link", name="专项任务")).to_be_visible()
    phone.keyboard.press("Escape")
    expect(button).to_have_attribute("aria-expanded", "false")


def test_text_size_is_kept_on_the_device(page: Page, live_server):
    page.goto(f"{live_server.url}/styles/public/")
    page.get_by_text("显示", exact=True).click()
    page.get_by_role("button", name="特大").click()
    expect(page.locator("html")).to_have_attribute("data-text-size", "extra")
    expect(page.locator("body")).to_have_css("font-size", "26px")
