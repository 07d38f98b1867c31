"""`make smoke-browsers`: the field door of the demo street in Firefox ESR and WebKitGTK, one line for each thing tried.

Sign-in, today, a report without a signal that arrives later, today without a signal, a patrol's begin and end
(walk.py); photo, camera, voice note, position and PIN (capture.py). Clicks are those of a script, not of a
finger; camera, microphone and position are the browser's own stand-ins; the signal is a line that is cut (line.py).
"""

import json
import shutil
import sys
from collections.abc import Callable

from gridgov.local import background, places
from gridgov.local.install import install_system_packages
from tests.browsers.capture import Capture
from tests.browsers.drivers import Browser, Firefox, WebKit
from tests.browsers.line import Line
from tests.browsers.walk import FAULTS

NEEDS = {"firefox-esr": "firefox-esr", "WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb"}  # program → package
STEPS = (
    "sign_in",
    "today",
    "report",
    "away",
    "patrol",
    "photo",
    "camera",
    "voice",
    "position",
    "sent",
    "pin",
    "locked",
)


def drive(make: Callable[[], Browser], upstream: int, worker: dict[str, str]) -> int:
    """Every step in one browser; how many failed."""
    line = Line(upstream)
    browser = make()
    failed = 0
    try:
        sys.stdout.write(f"{browser.name} {browser.version()}\n")
        walk = Capture(browser, line, worker["username"], worker["password"])
        for name in STEPS:
            if name in browser.cannot:
                sys.stdout.write(f"  {name:<10}not tried  {browser.cannot[name]}\n")
                continue
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
    if at is None or at["https"]:
        sys.stdout.write("Start the demo first, without https (a browser takes localhost for safe): make up\n")
        return 3
    worker = json.loads(places.ACCOUNTS.read_text())["Worker"]
    return 1 if sum(drive(make, at["port"], worker) for make in (Firefox, WebKit)) else 0


if __name__ == "__main__":
    sys.exit(main())
