"""`make screenshots`: the pictures of the READMEs, taken of the running demo (make up) in both languages."""

import io
import json
import os
import re
import shutil
import sys
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from gridgov.local import background, places

TARGET = places.ROOT / "docs" / "screenshots"
CHROMIUM = os.environ.get("GRIDGOV_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LANGUAGES = {"zh": "zh-CN", "en": "en-US"}
GAP = 20


def first(page: Page, where: str, pattern: str) -> str:
    """The first address on a page that fits."""
    page.goto(where, wait_until="networkidle")
    found = re.search(pattern, page.content())
    if not found:
        raise SystemExit(f"{where} holds no {pattern}")
    return found.group(0)


DESKS: dict[str, tuple[str, Callable[[Page], str]]] = {
    "board": ("Office", lambda page: "/board/"),
    "list": ("Office", lambda page: "/incidents/?tab=all"),
    "case": ("Office", lambda page: first(page, "/incidents/", r"/incidents/[0-9a-f-]{36}/")),
    "supervision": ("Office", lambda page: "/incidents/supervision/"),
    "editor": ("Office admin", lambda page: first(page, "/areas/plans/", r"/areas/plans/[0-9a-f-]{36}/") + "edit/"),
}
PHONES = (("Worker", "/field/"), ("Worker", "/field/report/"), ("Worker", "/field/tray/"), ("", "/r/"))


def visitor(browser: Browser, role: str, language: str, size: dict[str, int], base: str) -> BrowserContext:
    """A browser of its own, signed in by the button of the demo."""
    phone = size is PHONE
    context = browser.new_context(
        base_url=base, viewport=size, locale=language, is_mobile=phone, has_touch=phone, reduced_motion="reduce"
    )  # type: ignore[arg-type]
    if role:
        people = json.loads(places.ACCOUNTS.read_text())
        page = context.new_page()
        page.goto("/accounts/login/")
        page.locator(f"button[name=username][value='{people[role]['username']}']").click()
        page.wait_for_load_state("networkidle")
        page.close()
    return context


def picture(page: Page, address: str) -> Image.Image:
    """What stands there when everything has come."""
    page.goto(address, wait_until="networkidle")
    page.mouse.move(0, 0)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def keep(image: Image.Image, name: str) -> None:
    """As it was on the screen, to the last point: WebP without loss weighs a third of a PNG."""
    image.save(TARGET / f"{name}.webp", lossless=True, quality=100, method=6)
    sys.stdout.write(f"docs/screenshots/{name}.webp\n")


def main() -> int:
    """All of them; 1 when no demo runs."""
    running = background.state()
    if not running:
        sys.stdout.write("No demo runs here: make up\n")
        return 1
    base = f"http://localhost:{running['port']}"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for short, language in LANGUAGES.items():
            for name, (role, address) in DESKS.items():
                page = visitor(browser, role, language, DESK, base).new_page()
                keep(picture(page, address(page)), f"{name}.{short}")
                page.context.close()
            beside = Image.new("RGB", (4 * PHONE["width"] + 3 * GAP, PHONE["height"]), "white")
            for place, (role, where) in enumerate(PHONES):
                page = visitor(browser, role, language, PHONE, base).new_page()
                beside.paste(picture(page, where), (place * (PHONE["width"] + GAP), 0))
                page.context.close()
            keep(beside, f"phone.{short}")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
