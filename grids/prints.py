"""What a printed map shows: an area with what belongs to it or, for a grid, its buildings; neighbours stay pale."""

from datetime import datetime
from typing import Any

import shapely
from django.contrib.gis.geos import Polygon
from django.db.models import Count, Q

from grids.division.ways import ways_around
from grids.drawing import Drawing, Shape, draw
from grids.geodata.bridge import to_shapely
from grids.models import Area, BoundaryVersion, Building, Way
from grids.permissions import ABOVE

NEAR = 0.0006  # degrees: how much of the neighbours is seen around an area
MOST_BUILDINGS = 3_000
MOST_AREAS = 120  # more would be dots on paper: then only what belongs to it directly


def polygons(areas: Any, now: datetime) -> dict[int, Any]:
    """Area → its polygon at `now`, for shapely."""
    held = BoundaryVersion.objects.filter(Q(until=None) | Q(until__gt=now), area__in=areas, since__lte=now)
    return {row.area_id: to_shapely(row.polygon) for row in held}


def _neighbours(bounds: tuple[float, float, float, float], kind: str, own: set[int], now: datetime) -> list[Shape]:
    box = Polygon.from_bbox(bounds)
    box.srid = 4326
    held = BoundaryVersion.objects.filter(Q(until=None) | Q(until__gt=now), kind=kind, since__lte=now)
    near = held.filter(polygon__intersects=box).exclude(area__in=own)[:500]
    return [Shape(to_shapely(row.polygon), "neighbour") for row in near]


def _buildings(area: Area, *, labels: bool) -> list[Shape]:
    rows = Building.objects.filter(area_path__gte=area.path, area_path__lt=area.path + ABOVE, retired_at=None)
    drawn = rows.exclude(footprint=None).only("footprint", "name")[:MOST_BUILDINGS]
    return [Shape(to_shapely(one.footprint), "building", one.name if labels else "") for one in drawn if one.footprint]


def _ways(area: Area, seen: tuple[float, float, float, float]) -> list[Shape]:
    """Roads, railways and water as far as they are on the paper."""
    paper = shapely.box(*seen)
    looks = {Way.Kind.MAIN: "main", Way.Kind.WATER: "water"}
    found = [(way, shapely.intersection(way.geometry, paper)) for way in ways_around(area, paper)]
    return [
        Shape(lines, looks.get(Way.Kind(way.kind), "way"), way.name)
        for way, cut in found
        if not (lines := _lines(cut)).is_empty
    ]


def _lines(geometry: Any) -> Any:
    """Without the points in which a line only touches."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "LineString" and not part.is_empty]
    return shapely.MultiLineString(parts)


def listed(area: Area) -> list[Any]:
    """What the map shows, in the order of the tree, each with its number of buildings: all below, or the children."""
    below = Area.objects.standing().below(area.path).exclude(pk=area.pk)
    if below.count() > MOST_AREAS:
        below = below.filter(parent=area)
    standing = Q(buildings__retired_at=None)
    return list(below.annotate(buildings_n=Count("buildings", filter=standing)).order_by("path"))


def map_of(area: Area, below: list[Any], *, width: float, height: float, now: datetime) -> Drawing | None:
    """The drawing on `width` × `height` millimetres; None while neither the area nor what belongs to it is drawn.

    The lowest areas are named, those above them are lines; a grid by itself shows its buildings with their names.
    """
    found = polygons([area.pk, *(one.pk for one in below)], now)
    if not found:
        return None
    inner = {one.parent_id for one in below}
    lowest = [one for one in below if one.pk in found and one.pk not in inner]
    between = [one for one in below if one.pk in found and one.pk in inner]
    west, south, east, north = shapely.total_bounds(list(found.values())).tolist()
    seen = (west - NEAR, south - NEAR, east + NEAR, north + NEAR)
    ground = [Shape(found[one.pk], "area") for one in lowest] or [Shape(found[area.pk], "area")]
    kind = lowest[0].kind if lowest else area.kind
    lines = [Shape(found[one.pk], "line", one.name) for one in lowest]
    edges = [Shape(found[one.pk], "border") for one in [*between, area] if one.pk in found]
    shapes = [*_neighbours(seen, kind, set(found), now), *ground, *_ways(area, seen)]
    shapes += [*_buildings(area, labels=not below), *lines, *edges]
    return draw(shapes, width=width, height=height, around=seen)
