"""`make bench-editor`: the boundary editor with the 456 real 里 of Taipei and 5,000 buildings, in a real Chromium.

Prints until when the editor can be used, what one step of dragging a shared corner costs, and how long it takes until a
moved border is kept, sent and checked. Frames are those the browser drew while the mouse moved.
"""

import os
import random
import shutil
import statistics
import time
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridgov.settings")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser's driver keeps a loop in this thread

import django

django.setup()

from django.conf import settings
from django.contrib.gis.geos import Point
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import CommandError
from django.test import Client, override_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import Page, sync_playwright

from benchmarks.replay import administrator, areas, street
from gridgov.clock.seed import seed_calendars
from gridgov.dbtime import database_now
from grids.actions import plans
from grids.models import Area, BoundaryPlan, BoundaryVersion, Building

BUILDINGS, STEPS, SEED = 5_000, 120, 20261125
CHROMIUM = os.environ.get("GRIDGOV_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
SOURCES = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
EDITOR = "document.getElementById('plan-editor').editor"
# A corner where three 里 or more meet, near the middle, and how far it may go on the screen.
CORNER = f"""() => {{ const e = {EDITOR}, t = e.draft.topology; let best = null;
  const middle = e.drawing.map.getCenter();
  for (const [name, users] of t.users) {{
    if (users.size < 3) continue;
    const p = t.points.get(name), off = Math.hypot(p[0] - middle.lng, p[1] - middle.lat);
    if (!best || off < best.off) best = {{ name, off, p, key: [...users][0], users: users.size }};
  }}
  e.choose(best.key, {{ zoom: true }}); e.tools.use('corners');
  const at = e.drawing.map.latLngToContainerPoint([best.p[1], best.p[0]]);
  const box = e.drawing.map.getContainer().getBoundingClientRect();
  return {{ x: box.left + at.x, y: box.top + at.y, users: best.users }}; }}"""
WATCH = """() => { window.frames_ = []; let last = performance.now();
  const tick = (now) => { window.frames_.push(now - last); last = now; window.watching = requestAnimationFrame(tick); };
  performance.clearMeasures('gridgov:drag'); window.watching = requestAnimationFrame(tick); }"""


def ground() -> tuple[BoundaryPlan, Any]:
    """The 里 as communities of one street, with buildings strewn over them, and a plan of it all."""
    seed_calendars(now=database_now())
    by = administrator()
    tpe = street("TPE", "臺北市", "tw", by=by)
    try:
        areas("taipei_villages.geojson", parent="TPE", code_field="VILLCODE", name_field="VILLNAME", scheme="tw")()
    except CommandError as error:  # it says which 里 crosses itself and imports the rest
        print(f"import: {str(error)[:200]}")
    chance = random.Random(SEED)
    drawn = list(BoundaryVersion.objects.filter(until=None, area__parent=tpe).select_related("area"))
    rows = []
    while len(rows) < BUILDINGS:
        version = chance.choice(drawn)
        west, south, east, north = version.polygon.extent
        point = Point(chance.uniform(west, east), chance.uniform(south, north), srid=4326)
        facts = {"households": chance.randint(4, 60), "persons": chance.randint(8, 150), "point": point}
        rows.append(Building(area=version.area, area_path=version.area.path, name=f"{len(rows)}", **facts))
    Building.objects.bulk_create(rows)
    plan = plans.create_plan(tpe, kind=Area.Kind.COMMUNITY, name="Taipei", by=by, now=database_now())
    print(f"{len(drawn)} polygons, {BUILDINGS} buildings")
    return plan, by


def opened(page: Page, url: str) -> str:
    """Seconds from asking for the page until it can be used, and until the plan had come."""
    page.goto(url)
    page.wait_for_selector("#plan-editor[data-ready]")
    ready = float(page.locator("#plan-editor").get_attribute("data-ready") or 0)
    came = page.evaluate(
        f"() => performance.getEntriesByName(location.origin + {EDITOR}.page.dataset.document)[0].responseEnd"
    )
    return f"{ready / 1000:.2f} s (the plan had come after {came / 1000:.2f} s)"


def drag(page: Page) -> None:
    """A shared corner in a circle; what each step cost."""
    at = page.evaluate(CORNER)
    page.mouse.move(at["x"], at["y"])
    page.mouse.down()
    page.evaluate(WATCH)
    for step in range(STEPS):
        page.mouse.move(at["x"] + 12 * (step % 10) / 5, at["y"] + 10 * (step % 7) / 5)
    page.mouse.move(at["x"] + 8, at["y"] + 6)
    found = page.evaluate("() => performance.getEntriesByName('gridgov:drag').map((one) => one.duration)")
    frames = page.evaluate("() => { cancelAnimationFrame(window.watching); return window.frames_; }")
    print(f"corner of {at['users']} polygons, {len(found)} steps of dragging:")
    for name, times in (("  one step", found), ("  frame while dragging", frames)):
        spread = statistics.quantiles(times, n=20)
        print(
            f"{name:<24} median {statistics.median(times):6.2f} ms   p95 {spread[18]:6.2f} ms   max {max(times):6.2f} ms"
        )


def moved(page: Page) -> None:
    """Let go, until it is on the server, and until it is checked."""
    began = time.perf_counter()
    page.mouse.up()
    page.wait_for_function(f"() => {EDITOR}.draft.done.length && !{EDITOR}.server.dirty && !{EDITOR}.server.running")
    print(f"moved, kept and saved after {time.perf_counter() - began:.2f} s (0.8 s of it is the pause after a step)")
    if not page.locator("#plan-editor").get_attribute("data-check"):
        return
    began = time.perf_counter()
    page.locator("#plan-main").click()
    page.wait_for_function("() => document.getElementById('plan-faults-count').textContent", timeout=60_000)
    words = page.locator("#plan-faults-count").inner_text()
    print(f"checked after {time.perf_counter() - began:.2f} s: {words}")


def main() -> None:
    """One browser, one plan; the page is loaded three times."""
    plan, by = ground()
    with override_settings(STORAGES=SOURCES), sync_playwright() as driver:
        server = LiveServerThread("localhost", StaticFilesHandler, connections_override={})
        server.daemon = True
        server.start()
        server.is_ready.wait()
        root = f"http://localhost:{server.port}"
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        client = Client()
        client.force_login(by, backend="gridgov.accounts.backends.StaffBackend")
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en")
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": root}])
        page = context.new_page()
        ready = [opened(page, f"{root}/areas/plans/{plan.pk}/edit/") for _time in range(3)]
        print("usable after " + ", then ".join(ready))
        drag(page)
        moved(page)
        if os.environ.get("GRIDGOV_SHOTS"):
            page.screenshot(path=f"{os.environ['GRIDGOV_SHOTS']}/taipei.png")
        browser.close()
        server.terminate()


if __name__ == "__main__":
    main()
