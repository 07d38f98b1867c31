"""One browser's way through the field door: sign-in, today, a report without a signal, a patrol."""

import time
from typing import Any

from tests.browsers.drivers import Browser
from tests.browsers.line import Line

PATIENCE = 40.0
FAULTS = (RuntimeError, OSError, ValueError)  # what a driver says: refused, unreachable, nonsense
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
