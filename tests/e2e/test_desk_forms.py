"""Forms of the desk in a real browser: drafts belong to who typed them, and a question keeps the button's meaning."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from incidents.models import Incident
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_draft_is_its_writers_and_leaves_with_signing_out(page: Page, live_server, come_in, street_at_work):
    people, url = street_at_work.people, live_server.url + reverse("incidents:report")
    come_in(page.context, people["office"])
    page.goto(url)
    page.locator("[name=caller_name]").fill("王五")
    page.wait_for_timeout(500)
    page.goto(url)
    expect(page.locator("[name=caller_name]")).to_have_value("王五")
    come_in(page.context, people["desk"])
    page.goto(url)
    expect(page.locator("[name=caller_name]")).to_have_value("")
    page.locator("header form[action$='/logout/'] button").dispatch_event("click")
    page.wait_for_function("!document.body.dataset.me")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))") == []


def test_a_report_that_was_taken_in_leaves_nothing_for_the_next_caller(
    page: Page, live_server, come_in, street_at_work
):
    drafts = "Object.keys(localStorage).filter(key => key.startsWith('draft:')).length"
    come_in(page.context, street_at_work.people["office"])
    page.goto(f"{live_server.url}{reverse('incidents:report')}")
    page.locator("[name=category]").select_option(index=1)
    page.locator("[name=description]").fill("楼道堆放纸箱")
    page.locator("[name=caller_name]").fill("王五")
    page.wait_for_function(f"() => {drafts} === 1")
    page.locator("form[data-draft] button.btn-primary").click()
    expect(page.locator("#toasts [data-toast]")).to_be_visible()
    page.wait_for_function(f"() => {drafts} === 0")


def test_a_question_keeps_the_button_where_request_submit_is_unknown(
    page: Page, live_server, come_in, street_at_work, now
):
    """Safari 15.4 has none."""
    cast = street_at_work
    factories.make_incident(cast.areas["grid"].buildings.get(), by=cast.people["worker"], now=now)
    page.add_init_script("delete HTMLFormElement.prototype.requestSubmit")
    come_in(page.context, cast.people["office"])
    page.goto(f"{live_server.url}/incidents/?tab=all")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.get_by_role("button", name="催办").click()
    page.locator("#confirm-yes").click()
    expect(page.get_by_text("完成1件，未完成0件")).to_be_visible()
    assert Incident.objects.get().urged == 1
