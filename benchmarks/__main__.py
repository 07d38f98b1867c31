"""`make bench`: what pages cost with 100,000 incidents and 1,000 grids, as ratios to a view that does nothing.

Everything is measured in one process and one run through Django's test client: no network, no browser. The machine
does not matter to the ratios; the milliseconds are printed to be read, not to be promised.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from uuid import uuid4

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridgov.settings")

import django

django.setup()

import shapely
from django.conf import settings
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client
from shapely import STRtree, wkb

from benchmarks import district
from gridgov.dbtime import database_now
from grids.locate import locate
from grids.models import BoundaryVersion
from incidents import actions
from incidents.actions.report import Report
from incidents.models import Incident

ROUNDS = 60


def measured(what: Callable[[int], object], rounds: int = ROUNDS) -> tuple[float, float]:
    """Median and 95th percentile of one call, in milliseconds."""
    what(0)
    times = []
    for n in range(rounds):
        began = time.perf_counter()
        what(n)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[18]


def line(name: str, found: tuple[float, float], base: float, of: str) -> None:
    """One line of the table."""
    median, p95 = found
    print(f"{name:<46}{median:>9.2f} ms{p95:>9.2f} ms{median / base:>9.1f} × {of}")


def answered(client: Client, url: str) -> None:
    """A page that did come."""
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)


def pages(client: Client, hello: float) -> None:
    """Lists, case and board."""
    newest = Incident.objects.filter(status="reported").order_by("-reported_at").first()
    deep = Incident.objects.order_by("reported_at")[50]
    from gridgov.paging import pack

    key = pack(deep, ["reported_at", "id"])
    for name, url in (
        ("list, open, waiting for me", "/incidents/?tab=mine"),
        ("list, all", "/incidents/?tab=all"),
        ("list, all, last page by key", f"/incidents/?tab=all&after={key}"),
        ("list, two Chinese characters", "/incidents/?tab=all&q=纸箱"),
        ("list, category of the last 12 months", "/incidents/?tab=all&category=01"),
        ("case", f"/incidents/{newest.pk}/"),
        ("street board", "/board/"),
        ("street board, queue (every 10 s)", "/board/queue/"),
        ("grids as GeoJSON", "/areas/geojson/"),
    ):
        line(name, measured(lambda _n, url=url: answered(client, url)), hello, "hello")


RAW = "INSERT INTO incidents_casenumber (number, incident_id) VALUES (%s, %s)"


def creating(office: object) -> None:
    """A report through the action, against one bare INSERT committed alone."""
    category = district.first_category()

    def report(n: int) -> None:
        lon, lat = district.middle(n % 100)
        what = Report(category=category, point=Point(lon, lat, srid=4326), description="三楼堆满纸箱")
        actions.report(what, by=office, now=database_now())

    def raw(n: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(RAW, [f"r-{n}-{uuid4().hex[:12]}", uuid4()])

    base = measured(raw)
    line("raw: one INSERT", base, base[0], "raw")
    line("create an incident (route, clocks, audit)", measured(report), base[0], "raw")


LOOKUP = """SELECT area_id FROM grids_boundaryversion
WHERE until IS NULL AND ST_Intersects(polygon, ST_SetSRID(ST_MakePoint(%s, %s), 4326)) LIMIT 1"""


def looking_up() -> None:
    """Point → grid, against the bare query."""

    def raw(n: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(LOOKUP, district.middle(n))
            assert cursor.fetchone()

    base = measured(raw, 200)
    line("raw: one ST_Intersects", base, base[0], "raw")
    line("point → grid", measured(lambda n: locate(*district.middle(n)), 200), base[0], "raw")


JOIN = """SELECT count(*) FROM unnest(%s::float8[], %s::float8[]) AS at (lon, lat)
JOIN grids_boundaryversion v ON v.until IS NULL AND v.kind = 'grid' AND ST_Intersects(v.polygon, ST_SetSRID(ST_MakePoint(lon, lat), 4326))"""


def per_second() -> None:
    """Lookups a second: the product's own, PostGIS bare and as one join, and an index held in this process."""
    at = [district.middle(n % 1000) for n in range(20_000)]
    lon, lat = ([one[axis] for one in at] for axis in (0, 1))
    held = BoundaryVersion.objects.filter(kind="grid", until=None).values_list("polygon", flat=True)
    tree = STRtree([wkb.loads(bytes(polygon.wkb)) for polygon in held])

    def joined() -> None:
        with connection.cursor() as cursor:
            cursor.execute(JOIN, [lon, lat])
            assert cursor.fetchone() == (len(at),)

    def bare() -> None:
        with connection.cursor() as cursor:
            for place in at[:1000]:
                cursor.execute(LOOKUP, place)

    def indexed() -> None:
        assert len(tree.query(shapely.points(lon, lat), predicate="intersects")[0]) == len(at)

    found = {}
    for name, what, count in (
        ("raw: one ST_Intersects after another", bare, 1000),
        ("point → grid, one after another", lambda: [locate(*place) for place in at[:1000]], 1000),
        ("raw: 20,000 points as one join", joined, len(at)),
        ("in-process index (STRtree), 20,000 points", indexed, len(at)),
    ):
        what()
        began = time.perf_counter()
        what()
        found[name] = count / (time.perf_counter() - began)
    base = next(iter(found.values()))
    for name, rate in found.items():
        print(f"{name:<46}{rate:>12,.0f} /s{rate / base:>18.2f} × raw")


def main(count: int) -> None:
    """Build, fill, measure, print."""
    settings.ALLOWED_HOSTS, settings.ROOT_URLCONF, settings.DEBUG = ["*"], "benchmarks.urls", False
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    now = database_now()
    grids = district.build_areas()
    district.build_boundaries(grids, now)
    office = district.build_people(now)
    district.fill(count, now)
    print(f"{len(grids):,} grids, {count:,} incidents, {Incident.objects.open().count():,} of them open\n")
    client = Client()
    client.force_login(office, backend="gridgov.accounts.backends.StaffBackend")
    hello = measured(lambda _n: answered(client, "/hello/"))
    print(f"{'':<46}{'median':>12}{'p95':>12}{'ratio':>9}")
    line("hello: a view that does nothing", hello, hello[0], "hello")
    pages(client, hello[0])
    creating(office)
    looking_up()
    per_second()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
