"""Polygons side by side, in use at once: where two cover the same ground, and where none does.

A draft is checked more closely (grids.division.topology): there a person still draws.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from grids.geodata.measure import square_metres

SPECK_M2 = 1.0  # smaller overlaps and gaps are the rounding of coordinates
BESIDE = 1e-9  # degrees: what counts as touching


@dataclass(frozen=True)
class Fault:
    """Two neighbours that overlap, or a hole between them; `area` in m²."""

    kind: str  # "overlap" or "gap"
    names: tuple[str, ...]
    area: float
    shape: BaseGeometry


def overlaps(shapes: Sequence[tuple[str, BaseGeometry]]) -> list[Fault]:
    """Every pair that covers the same ground by more than a speck."""
    polygons = np.array([geometry for _name, geometry in shapes], dtype=object)
    left, right = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    left, right = left[left < right], right[left < right]
    if not len(left):
        return []
    both = shapely.intersection(polygons[left], polygons[right])
    sizes = square_metres(both)
    return [
        Fault("overlap", (shapes[left[n]][0], shapes[right[n]][0]), float(sizes[n]), both[n])
        for n in np.flatnonzero(sizes > SPECK_M2)
    ]


def gaps(shapes: Sequence[tuple[str, BaseGeometry]]) -> list[Fault]:
    """Holes enclosed by the shapes together that none of them covers."""
    polygons = np.array([geometry for _name, geometry in shapes], dtype=object)
    union = shapely.union_all(polygons)
    outer = shapely.union_all(
        [Polygon(part.exterior) for part in shapely.get_parts(union) if part.geom_type == "Polygon"]
    )
    holes = shapely.get_parts(shapely.difference(outer, union))
    if not len(holes):
        return []
    tree, sizes = shapely.STRtree(polygons), square_metres(holes)
    named = []
    for n in np.flatnonzero(sizes > SPECK_M2):
        near = sorted(tree.query(holes[n], predicate="dwithin", distance=BESIDE).tolist())
        named.append(Fault("gap", tuple(shapes[one][0] for one in near[:6]), float(sizes[n]), holes[n]))
    return named
