"""The tray in a real browser: nothing saved is lost or doubled, whatever line, session or phone do."""

import re

import pytest
from playwright.sync_api import Page, expect

from gridgov.accounts.models import User
from gridgov.sync.models import Attachment
from incidents.models import Category, Incident
from tests.sync.conftest import picture

SYNC = re.compile(r"/api/v1/sync/[0-9a-f-]{36}/$")
PHOTO = re.compile(r"/api/v1/sync/[0-9a-f-]{36}/attachments/")


@pytest.fixture
def worker(phone: Page, come_in, street_at_work) -> User:
    """The worker, on a phone that has opened the field door once."""
    come_in(phone.context, street_at_work.people["worker"])
    open_form(phone)
    return street_at_work.people["worker"]


def ready(page: Page) -> None:
    page.wait_for_selector("html[data-field-ready]", state="attached")


def open_form(page: Page) -> None:
    page.goto(f"/field/report/{Category.objects.exclude(major=None).first().code}/")
    ready(page)


def write(page: Page, words: str, photos: int = 0) -> None:
    """Fill the form and hand it in."""
    page.fill("textarea[name=description]", words)
    if photos:
        made = [picture(size=(40 + n, 30)) for n in range(photos)]
        files = [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": data} for n, data in enumerate(made)]
        page.set_input_files("input[type=file]", files)
    page.locator(".thumb button.btn-primary").tap()


def kept(page: Page) -> None:
    page.wait_for_selector("[data-saved]")


def waiting(page: Page) -> list[dict]:
    """What lies in the tray, as the page itself would read it."""
    return page.evaluate(
        """async () => (await (await import("/static/js/tray.js")).list()).map(
             ({ id, state, reason, tries, payload }) => ({ id, state, reason, tries, payload }))"""
    )


def put(page: Page, words: str) -> str:
    """Write one record without the form."""
    return page.evaluate(
        """async ([description, category]) =>
             (await import("/static/js/tray.js")).put("incidents.report", { description, category })""",
        [words, Category.objects.exclude(major=None).first().code],
    )


def flush(page: Page) -> None:
    page.evaluate("""async () => (await import("/static/js/tray.js")).flush({ now: true })""")


def test_saved_offline_survives_closing_and_goes_once(phone, worker, come_in):
    phone.context.set_offline(True)
    write(phone, "三楼堆满纸箱", photos=2)
    kept(phone)
    expect(phone.locator("[data-tray-count]")).to_contain_text("1 条待上传")
    phone.close()
    phone.context.set_offline(False)
    again = phone.context.new_page()
    again.goto("/field/")
    expect(again.locator("[data-tray-count]")).to_be_hidden()
    incident = Incident.objects.get()
    assert incident.description == "三楼堆满纸箱"
    assert Attachment.objects.of(incident).count() == 2
    assert waiting(again) == []
