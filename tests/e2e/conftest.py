"""A real browser (Debian's Chromium) on a live server, signed in as anyone of the cast, and axe to judge each page."""

import os
import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.signals import request_finished, request_started
from django.test import Client, override_settings
from playwright.sync_api import BrowserContext, Page

from gridgov.accounts.models import User
from gridgov.clock.seed import seed_calendars
from gridgov.dbtime import database_now
from tests import cast as people_of_the_tests
from tests import factories
from tests.e2e.phone import open_form, reported, say

AXE = Path(__file__).resolve().parent.parent / "data" / "axe" / "axe.min.js"  # axe-core 4.14.1, MPL-2.0
CHROMIUM = os.environ.get("GRIDGOV_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
SHAKE = float(os.environ.get("GRIDGOV_SHAKE", "0"))
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PHRASE = "楼道堆放纸箱"
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's browser, which asks nobody for anything."""
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": QUIET}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A Chinese desk; a phone is `browser.new_context(**PHONE)` or the fixture `phone`."""
    return {**browser_context_args, "locale": "zh-CN", "viewport": {"width": 1440, "height": 900}}


class Uneven(StaticFilesHandler):
    """Each answer up to GRIDGOV_SHAKE seconds late, scripts too, for `make shake`: what counts on speed fails."""

    def __call__(self, *request: Any) -> Any:
        """The answer, later."""
        time.sleep(random.uniform(0, SHAKE))
        return super().__call__(*request)


@pytest.fixture(autouse=True, scope="session")
def _live_server_finds_static_files() -> Iterator[None]:
    """pytest-django looks for the app by Django's name; ours is `gridgov.assets.StaticFiles`."""
    patch = pytest.MonkeyPatch()
    patch.setattr("django.test.testcases._StaticFilesHandler", Uneven if SHAKE else StaticFilesHandler)
    yield
    patch.undo()


class Requests:
    """How many requests the live server is answering."""

    def __init__(self) -> None:
        self.open = 0
        self.changed = threading.Condition()

    def began(self, **_more: Any) -> None:
        with self.changed:
            self.open += 1

    def ended(self, **_more: Any) -> None:
        with self.changed:
            self.open = max(0, self.open - 1)
            self.changed.notify_all()

    def begin(self) -> None:
        """Forget what tests without a browser left unclosed."""
        with self.changed:
            self.open = 0

    def wait(self) -> None:
        """Until the last one is answered: what a page asked for just before it was closed still reads the database."""
        with self.changed:
            self.changed.wait_for(lambda: self.open == 0, timeout=5)


REQUESTS = Requests()
request_started.connect(REQUESTS.began)
request_finished.connect(REQUESTS.ended)


@pytest.fixture(autouse=True)
def _answers_before_the_database_goes(request: pytest.FixtureRequest) -> Iterator[None]:
    """Set up after the database and before any page, so it ends between the two."""
    if "live_server" in request.fixturenames:
        request.getfixturevalue("transactional_db")
    REQUESTS.begin()
    yield
    REQUESTS.wait()


@pytest.fixture(autouse=True)
def _plain_static_files() -> Iterator[None]:
    """The live server serves the sources; the hashed names have a test of their own."""
    storages = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with override_settings(STORAGES=storages):
        yield


@pytest.fixture
def phone(browser: Any, live_server: Any) -> Iterator[Page]:
    """A page on a phone of 390 × 844."""
    context = browser.new_context(**PHONE, locale="zh-CN", base_url=live_server.url)
    yield context.new_page()
    context.close()


@pytest.fixture
def come_in(live_server: Any) -> Callable[[BrowserContext, User], None]:
    """`come_in(page.context, worker)` gives a browser that person's session, without typing a password."""

    def open_session(context: BrowserContext, user: User) -> None:
        client = Client()
        client.force_login(user, backend="gridgov.accounts.backends.StaffBackend")
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])

    return open_session


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """`axe(page)` → one line for each serious or critical violation, [] for a good page (WCAG 2.2 AA)."""

    def judge(page: Page, within: str = "html") -> list[str]:
        page.evaluate(AXE.read_text())
        found = page.evaluate(
            """within => axe.run(within, {
                 runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
                 resultTypes: ["violations"],
               })""",
            within,
        )
        return [
            f"{v['id']} ({v['impact']}): {v['help']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
            for v in found["violations"]
            if v["impact"] in ("serious", "critical")
            for node in v["nodes"]
        ]

    return judge


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser's console complains of on `page`: errors and refusals by the content policy."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@pytest.fixture
def street_at_work(transactional_db):
    """The cast with a calendar, something to report and a building of the worker's."""
    cast = people_of_the_tests.build()
    seed_calendars(now=database_now())
    factories.make_category(lead=cast.units["enforcement"], phrases=[PHRASE])
    factories.make_building(cast.areas["grid"], "3号楼")
    return cast


@pytest.fixture
def worker(phone: Page, come_in, street_at_work) -> User:
    """The worker, on a phone that has opened the field door once."""
    come_in(phone.context, street_at_work.people["worker"])
    open_form(phone)
    return street_at_work.people["worker"]


@pytest.fixture
def fault(capsys: Any) -> Any:
    """`fault(name, injected, saved)` prints a line of the faults table (`make faults-phone`): what the phone called
    saved and the database lacks is lost, what it has twice is doubled.
    """

    def tell(name: str, injected: int, saved: Any, arrived: Any = None) -> None:
        """`saved`: what they are, or how many."""
        found = list(reported() if arrived is None else arrived)
        once = set(found)
        lost = saved - len(once) if isinstance(saved, int) else len(set(saved) - once)
        doubled = len(found) - len(once)
        say(capsys, f"fault {name:<44} injected {injected:>4}  lost {lost:>2}  doubled {doubled:>2}")
        assert (lost, doubled) == (0, 0)

    return tell
