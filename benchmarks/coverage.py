"""How long the coverage of a week takes: one walk of three hours over 1,000 grids with 20,000 buildings.

`make bench-coverage`. Against a baseline of the same run: the same buffer tested grid by grid without MATERIALIZED is
what field.md warns of; here the baseline is reading the same grids and buildings once. Everything is rolled back.
"""

import os
import sys
import time
from datetime import timedelta
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridgov.settings")
django.setup()

from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.db import transaction

from gridgov.accounts.models import User
from gridgov.dbtime import database_now
from grids.models import Area, BoundaryVersion, Building, segment
from teams import tracks
from teams.actions.patrol_coverage import reckon_week
from teams.models import Patrol, PatrolCoverage, PatrolRoute, PatrolTrack

SIDE, GRID, EACH = 32, 0.003, 20  # grids a side; degrees (about 300 m); buildings of a grid
HOURS, PACE = 3, 0.000011  # of the walk; degrees a second (about 1.1 m)


def ground(now):
    """SIDE² grids in a square, each with its buildings."""
    root = Area(kind="district", name="bench", code="990199", path="zzzzzz")
    street = Area(kind="street", name="bench", code="990199001", path="zzzzzz" + segment(1), parent=root)
    root.save()
    street.save()
    grids = [
        Area(
            kind="grid", grid_kind="general", name=str(n), code=f"b{n:08}", path=street.path + segment(n), parent=street
        )
        for n in range(SIDE * SIDE)
    ]
    Area.objects.bulk_create(grids)
    versions, houses = [], []
    for n, grid in enumerate(grids):
        west, south = 124 + n % SIDE * GRID, 29 + n // SIDE * GRID
        box = Polygon.from_bbox((west, south, west + GRID, south + GRID))
        versions.append(BoundaryVersion(area=grid, kind="grid", polygon=MultiPolygon(box, srid=4326), since=now))
        for k in range(EACH):
            at = Point(west + (k % 5 + 0.5) * GRID / 5, south + (k // 5 + 0.5) * GRID / 4, srid=4326)
            houses.append(Building(area=grid, area_path=grid.path, name=str(k), point=at))
    BoundaryVersion.objects.bulk_create(versions)
    Building.objects.bulk_create(houses)
    return street


def walked(street, now):
    """A zigzag of three hours, a fix every ten seconds."""
    who = User.objects.create(username="bench", name="bench", password="!")
    route = PatrolRoute.objects.create(area=street, area_path=street.path, name="x", created_at=now, created_by=who)
    begin = now - timedelta(hours=HOURS)
    points, lon, lat, east = [], 124.001, 29.0011, 1
    for n in range(HOURS * 360):
        points.append(tracks.Point(begin.timestamp() + 10 * n, lon, lat, 8.0))
        lon += east * PACE * 10
        if not 124.001 < lon < 124.02:
            east, lat = -east, lat + 0.0008
    line = tracks.line_of(points)
    facts = {"key": uuid4(), "route": route, "walker": who, "area": street, "area_path": street.path}
    patrol = Patrol.objects.create(started_at=begin, ended_at=now, **facts)
    PatrolTrack.objects.create(patrol=patrol, line=line.segments, changed_at=now)
    return sum(map(len, line.segments))


def main() -> int:
    now = database_now()
    with transaction.atomic():
        street = ground(now)
        fixes = walked(street, now)
        began = time.perf_counter()
        read = sum(1 for _row in Building.objects.filter(area_path__startswith=street.path).values_list("pk", "point"))
        baseline = time.perf_counter() - began
        began = time.perf_counter()
        rows = reckon_week((now - timedelta(hours=HOURS)).date(), now=now, path=street.path)
        took = time.perf_counter() - began
        seen = sum(
            PatrolCoverage.objects.filter(area_path__startswith=street.path).values_list("buildings_seen", flat=True)
        )
        sys.stdout.write(
            f"coverage: {rows} grids, {read} buildings, {fixes} fixes of {HOURS} h: {took:.2f} s, "
            f"{seen} buildings passed ({took / baseline:.1f} × reading the buildings once)\n"
        )
        transaction.set_rollback(True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
