"""The first minute of the product, in a real browser: a phone reports, the street sees it, one submit dispatches it."""

import re
import sys
import time

from playwright.sync_api import BrowserContext, Page, expect

from gridgov.dbtime import database_now
from incidents.models import Incident
from incidents.workflow import Status
from tests import factories
from tests.e2e.conftest import PHRASE
from tests.e2e.phone import ready


def desk_page(page: Page, live_server, come_in, user) -> Page:
    come_in(page.context, user)
    page.goto(f"{live_server.url}/board/")
    return page


def test_four_taps_report_one_submit_dispatches(page: Page, phone: Page, live_server, come_in, street_at_work):
    cast = street_at_work
    office = desk_page(page, live_server, come_in, cast.people["office"])
    come_in(phone.context, cast.people["worker"])
    phone.goto("/field/report/")
    phone.locator("summary.tile").first.tap()
    phone.get_by_role("link", name="楼道堆物").tap()
    ready(phone)
    for tap in (phone.get_by_text("3号楼"), phone.get_by_text(PHRASE), phone.locator("button.btn-primary")):
        tap.first.tap()  # five with the heading: what has been reported before needs one less
    expect(phone).to_have_url(re.compile(r"/field/cases/"))
    incident = Incident.objects.get()
    assert (incident.description, incident.building.name) == (PHRASE, "3号楼")
    expect(office.locator("#board-queue")).to_contain_text("3号楼", timeout=15_000)
    office.locator("#board-queue tbody a.btn").first.click()
    office.locator(".step-form button.btn-primary").click()
    expect(office.locator(".toast-line")).to_contain_text(incident.number)
    incident.refresh_from_db()
    assert (incident.status, incident.handling_unit) == (Status.DISPATCHED, cast.units["enforcement"])


def test_what_was_reported_before_needs_four_taps(phone: Page, come_in, street_at_work, capsys):
    cast = street_at_work
    building = factories.make_building(cast.areas["grid"], "4号楼")
    category = factories.make_category("乱停车", phrases=["占道停车"])
    factories.make_incident(building, by=cast.people["worker"], now=database_now(), category=category)
    come_in(phone.context, cast.people["worker"])
    phone.goto("/field/report/")
    began = time.monotonic()
    phone.locator(".tiles a", has_text="乱停车").first.tap()
    ready(phone)
    others = [phone.get_by_text("4号楼"), phone.get_by_text("占道停车"), phone.locator("button.btn-primary")]
    for tap in others:
        tap.first.tap()
    expect(phone).to_have_url(re.compile(r"/field/cases/"))
    with capsys.disabled():
        sys.stdout.write(
            f"\n  a report: {1 + len(others)} taps, {time.monotonic() - began:.1f} s from the list to the number\n"
        )
    assert 1 + len(others) == 4
    assert Incident.objects.count() == 2


def test_what_the_phone_refuses_is_corrected_and_a_second_tap_reports_once(phone: Page, come_in, street_at_work):
    come_in(phone.context, street_at_work.people["worker"])
    phone.goto("/field/report/")
    phone.locator("summary.tile").first.tap()
    phone.get_by_role("link", name="楼道堆物").tap()
    phone.wait_for_url("**/report/*/")
    ready(phone)
    phone.locator("button.btn-primary").first.tap()
    expect(phone.get_by_role("alert").filter(has_text="请说明地点或情况")).to_be_visible()
    phone.get_by_text("3号楼").tap()
    phone.locator("button.btn-primary").first.dblclick()
    expect(phone).to_have_url(re.compile(r"/field/cases/"))
    assert Incident.objects.count() == 1


PAGES = ["/board/", "/incidents/?tab=all", "/incidents/{case}/", "/incidents/{case}/deadline/", "/incidents/new/",
         "/incidents/supervision/", "/incidents/catalogue/", "/areas/", "/walls/", "/kept/",
         "/people/", "/people/tasks/", "/imports/"]  # fmt: skip
PHONE_PAGES = ["/field/", "/field/report/", "/field/report/{code}/", "/field/grid/", "/field/reports/",
               "/field/cases/{case}/", "/field/tray/", "/field/shell/", "/r/990101001/", "/r/follow/"]  # fmt: skip


# As it is, and as it looks in elder mode with extra large text: how far it reaches beyond the screen.
TOO_WIDE = """() => [[], ["data-elder", "data-text-size"]].flatMap((names) => {
  names.forEach((name) => document.documentElement.setAttribute(name, "extra"));
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  return wide > 1 ? [`${wide} px too wide ${names}`] : [];
})"""


def _judge(context: BrowserContext, pages: list[str], live_server, axe) -> list[str]:
    incident, found = Incident.objects.get(), []
    page = context.new_page()
    for path in pages:
        page.goto(live_server.url + path.format(case=incident.pk, code=incident.category.code))
        page.wait_for_load_state("networkidle")
        found += [f"{path}: {line}" for line in axe(page)]
        found += [f"{path}: {words}" for words in page.evaluate(TOO_WIDE)]
    return found


def test_every_main_page_is_usable_by_everyone(browser, live_server, come_in, street_at_work, axe):
    cast = street_at_work
    factories.make_incident(
        factories.make_building(cast.areas["grid"], "8号楼"), by=cast.people["worker"], now=database_now()
    )
    wrong = []
    for scheme in ("light", "dark"):
        desk = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
        come_in(desk, cast.people["office"])
        wrong += _judge(desk, PAGES, live_server, axe)
        field = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, color_scheme=scheme)
        come_in(field, cast.people["worker"])
        wrong += _judge(field, PHONE_PAGES, live_server, axe)
        desk.close()
        field.close()
    assert wrong == []
