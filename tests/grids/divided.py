"""春风社区 with polygons: six cells in two rows that share their edges exactly, two buildings in each."""

from datetime import timedelta
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry

from gridgov.dbtime import database_now
from grids.models import BoundaryVersion
from tests.cast import Cast
from tests.factories import make_building

WEST, SOUTH, CELL = 124.0, 29.0, 0.004  # about 390 × 445 m
OLD = timedelta(days=100)


def cell(nth: int) -> Any:
    """The polygon of grid number `nth` (0–5): three in the northern row, three in the southern."""
    row, column = divmod(nth, 3)
    west, south = WEST + column * CELL, SOUTH + (1 - row) * CELL
    return shapely.box(round(west, 7), round(south, 7), round(west + CELL, 7), round(south + CELL, 7))


def set_polygon(area: Any, polygon: Any, since: Any) -> BoundaryVersion:
    """Straight through the ORM."""
    many = polygon if polygon.geom_type == "MultiPolygon" else shapely.MultiPolygon([polygon])
    drawn = GEOSGeometry(many.wkb.hex(), srid=4326)
    return BoundaryVersion.objects.create(area=area, kind=area.kind, polygon=drawn, since=since)


def whole() -> Any:
    """The community: the union of the cells, with their nodes on its border."""
    return shapely.coverage_union_all([cell(nth) for nth in range(6)])


def divide(cast: Cast, households: int = 200) -> Cast:
    """Give the community, its grids and two buildings in each their place; from a hundred days ago on."""
    since = database_now() - OLD
    set_polygon(cast.areas["spring"], whole(), since)
    for nth in range(6):
        set_polygon(cast.grids[nth], cell(nth), since)
        middle = cell(nth).centroid
        for side in (-1, 1):
            point = GEOSGeometry(f"SRID=4326;POINT({middle.x + side * CELL / 4} {middle.y})")
            facts = {"point": point, "households": households, "persons": households * 2}
            make_building(cast.grids[nth], f"{nth * 2 + (side > 0) + 1}号楼", **facts)
    return cast
