"""`make smoke-browsers`: the field door of the demo street in Firefox ESR and WebKitGTK, one line for each thing tried.

Sign-in, today, a report without a signal that arrives later, today without a signal, a patrol's begin and end. Clicks
are those of a script, not of a finger; the signal is a line that is cut (line.py).
"""

import json
import shutil
import sys
import time
from collections.abc import Callable
from typing import Any

from gridgov.local import background, places
from gridgov.local.install import install_system_packages
from tests.browsers.drivers import Browser, Firefox, WebKit
from tests.browsers.line import Line

PATIENCE = 40.0
FAULTS = (RuntimeError, OSError, ValueError)  # what a driver says: refused, unreachable, nonsense
NEEDS = {"firefox-esr": "firefox-esr", "WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb"}  # program → package
ONE = "const e = document.querySelector(arguments[0]); "
SHOWN = ONE + "return Boolean(e && !e.closest('[hidden]') && e.getClientRects().length);"


class Walk:
    """One browser's way through the field door."""

    def __init__(self, browser: Browser, line: Line, worker: str) -> None:
        self.browser, self.line, self.worker = browser, line, worker
        self.home = f"http://localhost:{line.port}"

    def until(self, script: str, *given: Any) -> Any:
        """Until the page says something true."""
        end, found = time.monotonic() + PATIENCE, None
        while not found:
            try:
                found = self.browser.run(script, *given)
            except FAULTS:  # the page is just changing
                found = None
            if time.monotonic() > end:
                raise AssertionError(f"waited in vain: {script} {given}")
            time.sleep(0.2)
        return found

    def go(self, path: str, mark: str = "html[data-field-ready]") -> None:
        self.browser.go(self.home + path)
        self.until(ONE + "return Boolean(e);", mark)

    def press(self, what: str) -> None:
        self.until(SHOWN, what)
        self.browser.run(ONE + "e.click();", what)

    def sign_in(self) -> str:
        self.go("/accounts/login/", ".demo-person")
        self.press(f".demo-person[value='{self.worker}']")
        self.until("return location.pathname === '/field/';")
        self.until(ONE + "return Boolean(e);", "html[data-field-kept]")
        return "by the demo's button"

    def today(self) -> str:
        self.go("/field/", "html[data-field-kept]")
        cards = self.until("return document.querySelectorAll('[data-card]').length;")
        worker = self.browser.run("return Boolean(navigator.serviceWorker && navigator.serviceWorker.controller);")
        return f"{cards} cards, service worker {'in charge' if worker else 'not in charge'}"

    def report(self) -> str:
        self.go("/field/report/")
        path = self.browser.run("return document.querySelector('[data-narrow-words] a').getAttribute('href');")
        self.go(path)
        self.line.cut()
        self.browser.run(ONE + "e.value = arguments[1];", "textarea[name=description]", "试用其他浏览器")
        self.press(".thumb button.btn-primary")
        self.until(SHOWN, "[data-saved]")
        waiting = self.until(
            "const e = document.querySelector('[data-tray-count]'); return !e.hidden && e.textContent;"
        )
        self.line.mend()
        self.go("/field/tray/")
        if self.browser.run(SHOWN, "[data-send]"):
            self.press("[data-send]")
        self.until(SHOWN, "[data-none]")
        self.until("return document.querySelectorAll('[data-arrived] a').length > 0;")
        return f"saved without a signal ({waiting.strip()}), arrived with it"

    def away(self) -> str:
        self.go("/field/", "html[data-field-kept]")
        self.line.cut()
        try:
            self.go("/field/", "[data-shell-view]")
            cards = self.until("return document.querySelectorAll('[data-card]').length;")
        finally:
            self.line.mend()
        return f"{cards} cards from what lies on the phone"

    def patrol(self) -> str:
        self.go("/field/")
        path = self.browser.run(
            "const e = document.querySelector('[data-card^=patrol] [data-action]'); return e && e.getAttribute('href');"
        )
        if not path:  # the browser before has walked it
            self.go("/field/patrols/")
            path = self.browser.run(ONE + "return e && e.getAttribute('href');", "a[href*='patrols/walk/']")
        if not path:
            return "no route in this demo: not tried"
        self.go(path, "[data-walk][data-ready]")
        self.press("[data-start]")
        self.until(SHOWN, "[data-patrol-bar]")
        self.press("[data-end]")
        self.press("#confirm-yes")
        self.until(
            "return /patrols\\/mine/.test(location.pathname) || !document.querySelector('[data-show=ended]').hidden;"
        )
        return "begun and ended"


STEPS = ("sign_in", "today", "report", "away", "patrol")


def drive(make: Callable[[], Browser], upstream: int, worker: str) -> int:
    """Every step in one browser; how many failed."""
    line = Line(upstream)
    browser = make()
    failed = 0
    try:
        sys.stdout.write(f"{browser.name} {browser.version()}\n")
        walk = Walk(browser, line, worker)
        for name in STEPS:
            try:
                said = f"passed  {getattr(walk, name)()}"
            except (*FAULTS, AssertionError) as error:  # each step says for itself what went wrong
                said, failed = f"FAILED  {type(error).__name__}: {str(error)[:300]}", failed + 1
            sys.stdout.write(f"  {name:<10}{said}\n")
            sys.stdout.flush()
    finally:
        browser.close()
        line.cut()
    return failed


def main() -> int:
    """Both browsers against the demo that runs here (`make up`)."""
    missing = [package for program, package in NEEDS.items() if shutil.which(program) is None]
    if missing:
        install_system_packages(missing)
    at = background.state()
    if at is None:
        sys.stdout.write("Start the demo first: make up\n")
        return 3
    worker = json.loads(places.ACCOUNTS.read_text())["Worker"]["username"]
    return 1 if sum(drive(make, at["port"], worker) for make in (Firefox, WebKit)) else 0


if __name__ == "__main__":
    sys.exit(main())
