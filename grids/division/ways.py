"""Roads, railways and water around a division: what borders follow, what grids lie across, and what names the sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import Polygon

from grids.division.shapes import Shape, drawn
from grids.geodata.bridge import to_shapely
from grids.geodata.measure import in_metres
from grids.models import Area, Way, WaySet

# How strongly a class divides: 1 is never to be crossed without need, 0 only has a name.
DIVIDES = {Way.Kind.MAIN: 1.0, Way.Kind.RAIL: 1.0, Way.Kind.WATER: 1.0, Way.Kind.ROAD: 0.5, Way.Kind.LANE: 0.0}
NEAR_M = 15.0  # a border this near to a line runs along it: half the width of a street
INSIDE_M = 20.0  # what lies deeper in a grid than this is across it, not along its border
ACROSS_M = 60.0  # a shorter stretch only reaches in
MARGIN = 0.0004  # degrees (about 40 m): lines beyond the outer border that still run along it
MOST = 4_000


@dataclass(frozen=True)
class Line:
    """One line that is known: its class, its name ("" without one) and where it runs, in degrees."""

    kind: str
    name: str
    geometry: Any

    @property
    def divides(self) -> float:
        """See `DIVIDES`."""
        return DIVIDES[Way.Kind(self.kind)]


def ways_around(parent: Area, outline: Any) -> list[Line]:
    """The known lines at or near the outline of `parent`, the longest sets of streets and communities; one query."""
    if outline is None or outline.is_empty:
        return []
    west, south, east, north = (float(side) for side in shapely.bounds(outline))
    box = Polygon.from_bbox((west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN))
    box.srid = 4326
    rows = Way.objects.filter(set__in=WaySet.objects.current().around(parent), line__bboverlaps=box)
    columns = rows.order_by("pk").values_list("kind", "name", "line")[:MOST]
    return [Line(kind, name, to_shapely(line)) for kind, name, line in columns]


def _flat(shapes: Sequence[Any], middle: float) -> Any:
    return in_metres(np.array(list(shapes), dtype=object), middle)


def along(shapes: Sequence[Shape], ways: Sequence[Line]) -> dict[str, Any]:
    """How much of the borders between the shapes runs along a line that divides, and how many lie across one.

    `{"known": False}` where no such line is known; else `share` (0–1), `names` by length, and `across`.
    """
    lines = [way for way in ways if way.divides > 0]
    areas = drawn(shapes)
    if not lines or len(areas) < 2:
        return {"known": bool(lines), "share": None, "names": [], "across": 0}
    middle = float(areas[0].geometry.centroid.x)  # type: ignore[union-attr]
    flat = _flat([shape.geometry for shape in areas], middle)
    inner = _inner(flat)
    beside = _flat([way.geometry for way in lines], middle)
    zone = shapely.union_all(shapely.buffer(beside, NEAR_M, cap_style="flat"))
    share = shapely.length(shapely.intersection(inner, zone)) / max(shapely.length(inner), 1e-9)
    lengths: dict[str, float] = {}
    for way, line in zip(lines, beside, strict=True):
        close = shapely.length(shapely.intersection(inner, shapely.buffer(line, NEAR_M, cap_style="flat")))
        lengths[way.name] = lengths.get(way.name, 0.0) + float(close)
    named = sorted((name for name in lengths if name and lengths[name] > NEAR_M * 2), key=lambda n: -lengths[n])
    return {"known": True, "share": round(float(share), 3), "names": named[:3], "across": len(across(areas, lines))}


def _inner(flat: Any) -> Any:
    """The borders between the shapes: every border but the outer one."""
    outer = shapely.boundary(shapely.union_all(flat))
    return shapely.difference(shapely.union_all(shapely.boundary(flat)), shapely.buffer(outer, 0.05))


def across(areas: Sequence[Shape], ways: Sequence[Line]) -> list[tuple[Shape, Line, float, Any]]:
    """(shape, line, metres, where in degrees) for each shape that lies across a main road, railway or water."""
    lines = [way for way in ways if way.divides >= 1]
    areas = drawn(areas)
    if not lines or not areas:
        return []
    middle = float(areas[0].geometry.centroid.x)  # type: ignore[union-attr]
    cores = shapely.buffer(_flat([shape.geometry for shape in areas], middle), -INSIDE_M)
    flat = _flat([way.geometry for way in lines], middle)
    found: dict[tuple[int, str], tuple[float, int]] = {}
    for nth, way in np.column_stack(shapely.STRtree(flat).query(cores, predicate="intersects")).tolist():
        length = float(shapely.length(shapely.intersection(flat[way], cores[nth])))
        before, first = found.get((nth, lines[way].name or str(way)), (0.0, way))
        found[nth, lines[way].name or str(way)] = (before + length, first)
    return [
        (areas[nth], lines[way], metres, shapely.intersection(lines[way].geometry, areas[nth].geometry))
        for (nth, _name), (metres, way) in sorted(found.items())
        if metres > ACROSS_M
    ]


SIDES = ("east", "south", "west", "north")
STRETCH_M = 10.0  # borders are looked at in pieces of this length


def sides_of(polygon: Any, ways: Sequence[Line]) -> dict[str, str]:
    """Side → the named road or water that more than half of the border on that side runs along; "" without one."""
    named = [way for way in ways if way.name]
    answer = dict.fromkeys(SIDES, "")
    if polygon is None or polygon.is_empty or not named:
        return answer
    middle = float(polygon.centroid.x)
    flat, lines = _flat([polygon], middle)[0], _flat([way.geometry for way in named], middle)
    ring = max(shapely.get_parts(flat), key=shapely.area).exterior
    places = shapely.line_interpolate_point(ring, np.arange(0, ring.length, STRETCH_M))
    side = _side(places, flat.centroid)
    near = shapely.STRtree(lines).query_nearest(places, max_distance=NEAR_M, all_matches=False)
    for nth, word in enumerate(SIDES):
        mine = np.flatnonzero(side == nth)
        beside = [named[line].name for place, line in near.T.tolist() if side[place] == nth]
        best = max(sorted(set(beside)), key=beside.count, default="")
        answer[word] = best if best and beside.count(best) * 2 > len(mine) else ""
    return answer


def _side(places: Any, centre: Any) -> Any:
    """0 east, 1 south, 2 west, 3 north of the centre."""
    across, up = shapely.get_x(places) - centre.x, shapely.get_y(places) - centre.y
    return np.where(np.abs(across) >= np.abs(up), np.where(across > 0, 0, 2), np.where(up < 0, 1, 3))


def borders_in_words(area: Area) -> dict[str, str]:
    """What the area itself says of its four sides; where it says nothing, what roads and water suggest."""
    said = {side: getattr(area, side) for side in SIDES}
    if all(said.values()):
        return said
    version = area.boundaries.filter(until=None).first()
    outline = to_shapely(version.polygon) if version else None
    suggested = sides_of(outline, ways_around(area, outline))
    return {side: said[side] or suggested[side] for side in SIDES}
