"""What tests do with a phone: open a form, hand it in, ask its tray."""

import re
import sys
from typing import Any

from playwright.sync_api import Page

from incidents.models import Category, Incident
from tests.sync.conftest import picture

RECORD = re.compile(r"/api/v1/sync/[0-9a-f-]{36}/$")


SESSION = re.compile(r"/api/v1/sync/session/$")
PHOTO = re.compile(r"/api/v1/sync/[0-9a-f-]{36}/attachments/")


def ready(page: Page) -> None:
    page.wait_for_selector("html[data-field-ready]", state="attached")


def code() -> str:
    return Category.objects.exclude(major=None).first().code


def open_form(page: Page) -> None:
    page.goto(f"/field/report/{code()}/")
    ready(page)


def write(page: Page, words: str, photos: int = 0) -> None:
    """Fill the form and hand it in."""
    page.fill("textarea[name=description]", words)
    if photos:
        made = [picture(size=(40 + n, 30)) for n in range(photos)]
        files = [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": data} for n, data in enumerate(made)]
        page.set_input_files("input[type=file]", files)
        page.wait_for_function("n => document.querySelectorAll('[data-shots] img').length === n", arg=photos)
    page.locator(".thumb button.btn-primary").tap()
    page.wait_for_selector("[data-saved]", state="attached")


def tray(page: Page, call: str, *given):
    """Ask the tray as a page's own script would."""
    return page.evaluate(f"""async (given) => (await import("/static/js/tray.js")).{call}(...given)""", list(given))


def put(page: Page, words: str, photos: int = 0) -> str:
    """Write one record without a form."""
    return page.evaluate(
        """async ([description, category, photos]) => {
             const tray = await import("/static/js/tray.js");
             const draw = (n) => new Promise((done) => {
               const canvas = document.createElement("canvas");
               canvas.width = 40 + n;
               canvas.toBlob(done, "image/jpeg");
             });
             const attachments = await Promise.all(Array.from({ length: photos }, (_, n) => draw(n)));
             return tray.put("incidents.report", { description, category }, { attachments });
           }""",
        [words, code(), photos],
    )


def flush(page: Page) -> None:
    tray(page, "flush", {"now": True})


def states(page: Page) -> list[tuple[str, str]]:
    return [(record["state"], record["reason"]) for record in tray(page, "list")]


def say(capsys: Any, figures: str) -> None:
    """Print a figure whether the test fails or not."""
    with capsys.disabled():
        sys.stdout.write(f"\n  {figures}\n")


def reported() -> list[str]:
    return sorted(Incident.objects.values_list("description", flat=True))
