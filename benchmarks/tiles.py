"""`make bench-tiles`: maps of 3,000 and 20,000 polygons as vector tiles: p95 and size of a tile, and the map's first paint.

The tiles are asked for through Django's test client, uncached and cached, on the zooms a street is looked at; the
first paint is that of a real Chromium, from asking for the page until the tiles in view are drawn.
"""

import os
import random
import statistics
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridgov.settings")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser's driver keeps a loop in this thread

import django

django.setup()

from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import sync_playwright

from benchmarks.editor import CHROMIUM, SOURCES
from benchmarks.planner import analyze
from benchmarks.plans import synthetic
from benchmarks.replay import administrator, street
from gridgov.clock.seed import seed_calendars
from gridgov.dbtime import database_now
from grids.models import Area, BoundaryVersion
from grids.tiles import WIDTH, bounds

SIZES, ZOOMS, EACH, ROUNDS, SEED = (3_000, 20_000), (10, 11, 12, 13, 14, 15), 12, 3, 20261125
PAINTED = "() => document.querySelector('.leaflet-tile-loaded') && !document.querySelector('.leaflet-tile:not(.leaflet-tile-loaded)')"


def ground(count: int, under: Area) -> list[float]:
    """`count` crooked cells as grids of one street; west, south, east, north of it all."""
    shapes, now = synthetic(count), database_now()
    areas = Area.objects.bulk_create(
        Area(
            parent=under, kind="grid", name=one.name, code=f"{count}-{n}", code_scheme="t", path=f"{under.path}{n:06d}"
        )
        for n, one in enumerate(shapes)
    )
    BoundaryVersion.objects.bulk_create(
        BoundaryVersion(
            area=area, kind="grid", polygon=GEOSGeometry(memoryview(one.geometry.wkb), srid=4326), since=now
        )
        for area, one in zip(areas, shapes, strict=True)
    )
    analyze()
    return bounds(BoundaryVersion.objects.filter(area__parent=under), "polygon") or []


def tile_at(z: int, lon: float, lat: float) -> str:
    """The address of the tile that holds a place."""
    import math

    side = WIDTH / 2**z
    x = (lon / 360 + 0.5) * WIDTH
    y = math.log(math.tan(math.radians(45 + lat / 2))) * WIDTH / (2 * math.pi)
    return f"{z}/{int(x // side)}/{int((WIDTH / 2 - y) // side)}"


RAW = """
SELECT ST_AsMVT(t) FROM (
  SELECT a.name, ST_AsMVTGeom(ST_Transform(v.polygon, 3857), ST_TileEnvelope(%s, %s, %s)) AS shape
  FROM grids_boundaryversion v JOIN grids_area a ON a.id = v.area_id
  WHERE v.until IS NULL AND a.path >= %s AND a.path < %s
    AND v.polygon && ST_Transform(ST_TileEnvelope(%s, %s, %s), 4326)) t
"""


def raw(place: str, under: Area) -> float:
    """Milliseconds of the plainest statement that makes a tile of everything: what ours is held against."""
    at = [int(part) for part in place.split("/")]
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(RAW, [*at, under.path, under.path + "~", *at])
        cursor.fetchone()
    return (time.perf_counter() - began) * 1000


def tiles(client: Client, under: Area, box: list[float]) -> None:
    """Every zoom, at places of chance; uncached, then from the cache."""
    chance = random.Random(SEED)
    spent: dict[str, list[float]] = {"uncached": [], "cached": [], "raw SQL": []}
    sizes: dict[int, dict[str, int]] = {}
    for z in ZOOMS:
        places = {tile_at(z, chance.uniform(box[0], box[2]), chance.uniform(box[1], box[3])) for _n in range(EACH)}
        sizes[z] = dict.fromkeys(places, 0)
    client.get(f"/areas/tiles/grid/0/0/0.pbf?under={under.pk}")  # what only the first request of a process costs
    for _round in range(ROUNDS):
        cache.clear()
        for place in (place for places in sizes.values() for place in sorted(places)):
            spent["raw SQL"].append(raw(place, under))
            for way in ("uncached", "cached"):
                began = time.perf_counter()
                answer = client.get(f"/areas/tiles/grid/{place}.pbf?under={under.pk}")
                spent[way].append((time.perf_counter() - began) * 1000)
                assert answer.status_code == 200, (place, answer.status_code)
            sizes[int(place.split("/")[0])][place] = len(answer.content)
    for z, found in sizes.items():
        print(f"  zoom {z:>2}: {len(found):>2} tiles, the largest {max(found.values()) / 1000:6.1f} kB")
    for way, times in spent.items():
        print(
            f"  {way:<9} median {statistics.median(times):6.1f} ms   p95 {statistics.quantiles(times, n=20)[18]:6.1f} ms"
        )
    p95 = {way: statistics.quantiles(times, n=20)[18] for way, times in spent.items()}
    print(f"  uncached p95 is {p95['uncached'] / p95['raw SQL']:.2f} times that of the plainest SQL for the same tiles")
    print(f"  largest {max(max(found.values()) for found in sizes.values()) / 1000:.1f} kB of 100 kB")


def painted(client: Client, areas: list[Area]) -> None:
    """The area's page in a browser, until every tile in view is drawn."""
    with override_settings(STORAGES=SOURCES), sync_playwright() as driver:
        server = LiveServerThread("localhost", StaticFilesHandler, connections_override={})
        server.daemon = True
        server.start()
        server.is_ready.wait()
        root = f"http://localhost:{server.port}"
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en")
        cookie = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": cookie, "value": client.cookies[cookie].value, "url": root}])
        page = context.new_page()
        for address, name in [*((f"/areas/{area.pk}/", area.name) for area in areas), ("/areas/map/", "the big map")]:
            times = []
            for _time in range(3):
                began = time.perf_counter()
                page.goto(f"{root}{address}")
                page.wait_for_function(PAINTED, timeout=60_000)
                times.append(time.perf_counter() - began)
            print(f"{name}: drawn after " + ", then ".join(f"{one:.2f} s" for one in times))
            if os.environ.get("GRIDGOV_SHOTS"):
                page.screenshot(path=f"{os.environ['GRIDGOV_SHOTS']}/tiles-{name.split()[0]}.png")
        browser.close()
        server.terminate()


def main() -> None:
    """Two streets, one of each size."""
    seed_calendars(now=database_now())
    by = administrator()
    client = Client(SERVER_NAME="localhost")
    client.force_login(by, backend="gridgov.accounts.backends.StaffBackend")
    areas = []
    for count in SIZES:
        under = street(f"T{count}", f"{count:,} polygons", "t", by=by)
        box = ground(count, under)
        print(f"{count:,} polygons")
        tiles(client, under, box)
        areas.append(under)
    painted(client, areas)


if __name__ == "__main__":
    main()
