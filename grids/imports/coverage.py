"""Whether a set of areas fits together: where two overlap, and which ground between them belongs to nobody."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

RADIUS = 6_371_007.2  # metres, the sphere of the earth's surface area
SMALLEST = 1.0  # m²; less is the noise of coordinates


@dataclass(frozen=True)
class Overlap:
    """Two areas, by their index, and the ground both claim in m²."""

    first: int
    second: int
    size: float


@dataclass(frozen=True)
class Gap:
    """Ground of nobody: its size in m² and a point in it."""

    size: float
    lon: float
    lat: float


def _metres(geometries: NDArray[np.object_], middle: float) -> NDArray[np.object_]:
    """Sinusoidal projection: sizes are true everywhere on the sphere."""

    def project(points: NDArray[np.float64]) -> NDArray[np.float64]:
        radians = np.radians(points)
        x = RADIUS * (radians[:, 0] - np.radians(middle)) * np.cos(radians[:, 1])
        return np.column_stack([x, RADIUS * radians[:, 1]])

    return shapely.transform(geometries, project)


def _lon_lat(point: shapely.Point, middle: float) -> tuple[float, float]:
    lat = point.y / RADIUS
    return float(np.degrees(point.x / (RADIUS * np.cos(lat))) + middle), float(np.degrees(lat))


def overlaps(geometries: list[shapely.Geometry]) -> list[Overlap]:
    """Every pair that shares more than `SMALLEST`, the largest first."""
    if len(geometries) < 2:
        return []
    drawn = np.array(geometries, dtype=object)
    metres = _metres(drawn, float(shapely.total_bounds(drawn)[0]))
    first, second = shapely.STRtree(metres).query(metres, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    touching = shapely.touches(metres[first], metres[second])
    first, second = first[~touching], second[~touching]
    sizes = shapely.area(shapely.intersection(metres[first], metres[second]))
    found = [
        Overlap(int(a), int(b), float(size)) for a, b, size in zip(first, second, sizes, strict=True) if size > SMALLEST
    ]
    return sorted(found, key=lambda overlap: -overlap.size)


def gaps(geometries: list[shapely.Geometry], within: shapely.Geometry | None = None) -> list[Gap]:
    """Holes the set encloses, and what it leaves of `within` when that is drawn; the largest first."""
    if not geometries:
        return []
    drawn = np.array(geometries, dtype=object)
    middle = float(shapely.total_bounds(drawn)[0])
    together = shapely.union_all(_metres(drawn, middle))
    if within is not None:
        outer = _metres(np.array([within], dtype=object), middle)[0]
        empty = shapely.difference(outer, together)
    else:
        rings = shapely.get_rings(shapely.get_parts(together))
        filled = shapely.union_all(shapely.polygons(rings)) if len(rings) else together
        empty = shapely.difference(filled, together)
    found = [
        Gap(float(part.area), *_lon_lat(part.representative_point(), middle))
        for part in shapely.get_parts(empty)
        if part.area > SMALLEST
    ]
    return sorted(found, key=lambda gap: -gap.size)
