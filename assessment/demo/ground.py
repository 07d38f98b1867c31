"""The ground of the demo street: real building footprints, moved out to sea, and grids drawn around them.

Footprints © OpenStreetMap contributors, ODbL 1.0 (`data/footprints.geojson`). They are turned and shifted so
that no real place carries an invented case. Grids are made the way a person would draw them: every building
belongs to one grid, a border runs half-way between neighbours, and no building is cut.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import shapely
from shapely import affinity
from shapely.geometry import MultiPolygon, Polygon, shape

DATA = Path(__file__).parent / "data" / "footprints.geojson"
TURN = 21.0  # degrees, about the centre of the footprints
SHIFT = (9.62, -1.05)  # degrees of longitude and latitude: open sea
MARGIN = 0.00045  # about 45 m between the outer buildings and the street's edge
STRAIGHTEN = 3e-9  # square degrees (about 30 m²): smaller wiggles of a border go


@dataclass(frozen=True)
class DemoBuilding:
    """One footprint with the grid it lies in, the largest of a grid first."""

    grid: str
    footprint: MultiPolygon

    @property
    def point(self) -> shapely.Point:
        """A point inside the footprint."""
        return self.footprint.representative_point()


@dataclass(frozen=True)
class DemoGround:
    """Polygons by code, WGS-84: the street, its communities, their grids; exact shared edges."""

    areas: dict[str, MultiPolygon]
    buildings: tuple[DemoBuilding, ...]


# Grid code suffix → where its buildings' centres lie in the source: west, south, east, north.
BOXES: tuple[tuple[str, tuple[float, float, float, float]], ...] = (
    ("001901", (114.3830, 30.5046, 114.3861, 30.5075)),  # the school
    ("001001", (114.3861, 30.5050, 114.3880, 30.5075)),
    ("001002", (114.3830, 30.5015, 114.3861, 30.5046)),
    ("001003", (114.3861, 30.5021, 114.3880, 30.5050)),
    ("001004", (114.3880, 30.5012, 114.3920, 30.5050)),
    ("001005", (114.3830, 30.5005, 114.3880, 30.5021)),
    ("002901", (114.3935, 30.5060, 114.3990, 30.5090)),  # the shopping quarter
    ("002001", (114.3930, 30.5025, 114.3954, 30.5060)),
    ("002002", (114.3954, 30.5046, 114.3969, 30.5060)),
    ("002003", (114.3969, 30.5030, 114.3995, 30.5064)),
    ("002002", (114.3954, 30.5025, 114.3969, 30.5046)),
)
STREET = "990101001"


def _grid_of(footprint: Polygon) -> str | None:
    """The grid whose box holds the footprint's centre; None for footprints the demo does not use."""
    x, y = footprint.centroid.x, footprint.centroid.y
    for suffix, (west, south, east, north) in BOXES:
        if west <= x < east and south <= y < north:
            return STREET + suffix
    return None


def _move(geometry: Any, origin: tuple[float, float]) -> Any:
    return affinity.translate(affinity.rotate(geometry, TURN, origin=origin), *SHIFT)


def _many(geometry: Any) -> MultiPolygon:
    return geometry if geometry.geom_type == "MultiPolygon" else MultiPolygon([geometry])


def _cells(footprints: dict[str, list[Polygon]], edge: Polygon) -> dict[str, Any]:
    """One polygon per grid: the ground nearer to its buildings than to any other's, within `edge`."""
    owner: dict[tuple[float, ...], str] = {}
    for grid, polygons in footprints.items():
        for polygon in polygons:
            outline = shapely.set_precision(polygon.exterior.segmentize(0.00008), 1e-7)
            owner.update(dict.fromkeys(outline.coords, grid))
    cells = shapely.voronoi_polygons(shapely.MultiPoint(list(owner)), extend_to=edge, ordered=True).geoms
    pieces: dict[str, list[Any]] = {}
    for cell, grid in zip(cells, owner.values(), strict=True):
        pieces.setdefault(grid, []).append(cell)
    merged = {grid: shapely.union_all(found).intersection(edge) for grid, found in pieces.items()}
    straight = shapely.coverage_simplify(list(merged.values()), STRAIGHTEN**0.5)
    return {grid: _many(polygon) for grid, polygon in zip(merged, straight, strict=True)}


@lru_cache(maxsize=1)
def demo_ground() -> DemoGround:
    """The whole street, computed once (about a second)."""
    found: dict[str, list[Polygon]] = {}
    for feature in json.loads(DATA.read_text())["features"]:
        polygon = shape(feature["geometry"])
        grid = _grid_of(polygon)
        if grid:
            found.setdefault(grid, []).append(polygon)
    everything = shapely.union_all([p for polygons in found.values() for p in polygons])
    edge = shapely.concave_hull(everything.buffer(MARGIN), ratio=0.35).buffer(MARGIN / 2).simplify(0.0001)
    origin = (edge.centroid.x, edge.centroid.y)
    areas = {code: _move(polygon, origin) for code, polygon in _cells(found, edge).items()}
    for length in (12, 9):
        for code in {grid[:length] for grid in found}:
            areas[code] = _many(shapely.coverage_union_all([areas[g] for g in found if g.startswith(code)]))
    buildings = tuple(
        DemoBuilding(grid, MultiPolygon([_move(polygon, origin)]))
        for grid in sorted(found)
        for polygon in sorted(found[grid], key=lambda p: -p.area)
    )
    return DemoGround(dict(sorted(areas.items())), buildings)
