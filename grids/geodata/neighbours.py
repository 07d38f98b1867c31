"""Polygons side by side: where two cover the same ground, and where none does."""

import math
from dataclasses import dataclass

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

METRES = 111_320.0  # of one degree of latitude
SPECK = 1.0  # m²: smaller overlaps and gaps are the rounding of coordinates


@dataclass(frozen=True)
class Fault:
    """Two neighbours that overlap, or a hole between them; `area` in m²."""

    kind: str  # "overlap" or "gap"
    names: tuple[str, ...]
    area: float
    shape: BaseGeometry


def square_metres(geometry: BaseGeometry) -> float:
    """The area of a small shape in degrees, as m² at its latitude."""
    if geometry.is_empty:
        return 0.0
    return float(geometry.area) * METRES * METRES * math.cos(math.radians(geometry.centroid.y))


def overlaps(shapes: list[tuple[str, BaseGeometry]]) -> list[Fault]:
    """Every pair that covers the same ground by more than a speck."""
    tree = shapely.STRtree([geometry for _name, geometry in shapes])
    found = []
    for i, (name, geometry) in enumerate(shapes):
        for j in tree.query(geometry, predicate="intersects"):
            if j <= i:
                continue
            both = shapely.intersection(geometry, shapes[j][1])
            area = square_metres(both)
            if area > SPECK:
                found.append(Fault("overlap", (name, shapes[j][0]), area, both))
    return found


def gaps(shapes: list[tuple[str, BaseGeometry]]) -> list[Fault]:
    """Holes enclosed by the shapes together that none of them covers."""
    union = shapely.union_all([geometry for _name, geometry in shapes])
    outer = shapely.union_all([Polygon(p.exterior) for p in shapely.get_parts(union) if p.geom_type == "Polygon"])
    holes = [hole for hole in shapely.get_parts(shapely.difference(outer, union)) if square_metres(hole) > SPECK]
    named = []
    for hole in holes:
        near = [name for name, geometry in shapes if geometry.distance(hole) < 1e-9]
        named.append(Fault("gap", tuple(near[:6]), square_metres(hole), hole))
    return named
