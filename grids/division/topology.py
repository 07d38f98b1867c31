"""Whether shapes lie side by side without overlap, gap or crack: one pass over the whole set, in the plane of degrees.

GEOS says which edges do not match (a coverage has none); only shapes with such edges are held against each other,
so that a clean set of thousands costs little. Sizes are measured in m² and m.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from grids.division.faults import Fault, Level
from grids.division.shapes import Shape, many
from grids.geodata.checking import sound
from grids.geodata.measure import in_metres, metres, square_metres
from grids.models import DivisionLimits

CRACK_M2 = 0.01  # what lies between two inner borders and is smaller is the rounding of coordinates
SPECK_M2 = 1.0  # the same at the outer border, which is often drawn by somebody else
MOST_OF_A_KIND = 300


@dataclass
class Ground:
    """The drawn shapes as arrays: polygons made valid, with their names and keys."""

    shapes: list[Shape]
    polygons: Any
    limits: DivisionLimits
    outline: Any

    def fault(self, code: str, level: Level, numbers: Sequence[int], **more: Any) -> Fault:
        """A fault of the shapes with these numbers."""
        chosen = [self.shapes[number] for number in numbers]
        return Fault(code, level, tuple(s.key for s in chosen), tuple(s.name for s in chosen), **more)


def ground_of(shapes: Sequence[Shape], limits: DivisionLimits, outline: Any) -> tuple[Ground, list[Fault]]:
    """The arrays, and what is wrong with single polygons; crooked ones are straightened for what follows."""
    kept = [shape for shape in shapes if shape.geometry is not None]
    polygons = np.array([shape.geometry for shape in kept], dtype=object)
    crooked = np.flatnonzero(~shapely.is_valid(polygons)).tolist() if kept else []
    for number in crooked:
        polygons[number] = many(sound(polygons[number])) or shapely.MultiPolygon()
    ground = Ground(kept, polygons, limits, outline)
    faults = [ground.fault("invalid", Level.ERROR, [number], where=_knot(kept[number].geometry)) for number in crooked]
    return ground, faults


def _knot(polygon: Any) -> Any:
    """Where a polygon crosses itself."""
    lines = shapely.node(shapely.boundary(polygon))
    ends = [point for line in shapely.get_parts(lines) for point in (line.coords[0], line.coords[-1])]
    corners = {tuple(place) for place in shapely.get_coordinates(polygon)}
    crossings = [place for place in dict.fromkeys(ends) if place not in corners]
    return shapely.MultiPoint(crossings[:20]) if crossings else shapely.point_on_surface(shapely.envelope(polygon))


def topology(ground: Ground) -> list[Fault]:
    """Overlaps, borders that do not match, cracks, gaps, and what lies beyond the outer border."""
    if not len(ground.polygons):
        return []
    edges = shapely.coverage_invalid_edges(ground.polygons)
    suspects: list[int] = np.flatnonzero(~(shapely.is_empty(edges) | shapely.is_missing(edges))).tolist()
    faults = _overlaps(ground, suspects)
    involved = {key for fault in faults for key in fault.keys}
    rest = [number for number in suspects if ground.shapes[number].key not in involved]
    faults += _mismatches(ground, rest, edges)
    union = shapely.union_all(ground.polygons) if len(suspects) else shapely.coverage_union_all(ground.polygons)
    gaps, beyond = _uncovered(ground, union), _outreach(ground)
    small = [gaps.sizes[gaps.border & (gaps.sizes <= SPECK_M2)], beyond.sizes[beyond.sizes <= ground.limits.overlap_m2]]
    least = SPECK_M2 if sum(float(sizes.sum()) for sizes in small) <= SPECK_M2 else CRACK_M2
    return faults + _gaps(ground, gaps, least) + _beyond(ground, beyond, min(least, ground.limits.overlap_m2))


def _overlaps(ground: Ground, suspects: Any) -> list[Fault]:
    polygons = ground.polygons[suspects]
    left, right = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    pairs = left < right
    left, right = left[pairs], right[pairs]
    both = shapely.intersection(polygons[left], polygons[right])
    sizes = square_metres(both) if len(both) else np.array([])
    found = np.flatnonzero(sizes > ground.limits.overlap_m2)
    found = found[np.argsort(-sizes[found])]
    faults = [
        ground.fault(
            "overlap",
            Level.ERROR,
            [suspects[left[n]], suspects[right[n]]],
            size=float(sizes[n]),
            unit="m2",
            where=many(both[n]),
        )
        for n in found
    ]
    return capped(faults)


def _mismatches(ground: Ground, numbers: list[int], edges: Any) -> list[Fault]:
    """Borders whose corners differ, one finding for each stretch that hangs together."""
    if not numbers:
        return []
    lines = edges[numbers]
    left, right = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=1e-9)
    groups = joined(len(numbers), zip(left.tolist(), right.tolist(), strict=True))
    faults = []
    for members in groups:
        where = shapely.union_all(lines[members])
        chosen = [numbers[member] for member in members]
        faults.append(ground.fault("edges", Level.ERROR, chosen[:6], size=float(metres(where)), unit="m", where=where))
    return capped(faults)


def joined(count: int, pairs: Any) -> list[list[int]]:
    """The groups of numbers that the pairs hold together."""
    leader = list(range(count))

    def find(one: int) -> int:
        while leader[one] != one:
            leader[one] = leader[leader[one]]
            one = leader[one]
        return one

    for one, other in pairs:
        leader[find(one)] = find(other)
    groups: dict[int, list[int]] = {}
    for number in range(count):
        groups.setdefault(find(number), []).append(number)
    return list(groups.values())


@dataclass(frozen=True)
class _Pieces:
    """Pieces of ground with their sizes in m²; `of` are the shapes they are of, `border` says which touch the outline.

    Specks at the outer border go untold while all of them together are no more than one may be.
    """

    parts: Any
    sizes: Any
    of: Any = None
    border: Any = None
    outer: Any = None


def _uncovered(ground: Ground, union: Any) -> _Pieces:
    outer = ground.outline if ground.outline is not None else outer_border(union)
    parts = shapely.get_parts(shapely.difference(outer, union))
    parts = parts[shapely.get_dimensions(parts) == 2]
    border = np.zeros(len(parts), dtype=bool)
    if ground.outline is not None and len(parts):
        border = shapely.intersects(parts, shapely.boundary(outer))
    return _Pieces(parts, square_metres(parts) if len(parts) else np.zeros(0), border=border, outer=outer)


def _outreach(ground: Ground) -> _Pieces:
    if ground.outline is None:
        return _Pieces(np.array([], dtype=object), np.zeros(0))
    shapely.prepare(ground.outline)
    numbers = np.flatnonzero(~shapely.covers(ground.outline, ground.polygons))
    beyond = shapely.difference(ground.polygons[numbers], ground.outline)
    return _Pieces(beyond, square_metres(beyond) if len(beyond) else np.zeros(0), of=numbers)


def _gaps(ground: Ground, gaps: _Pieces, least: float) -> list[Fault]:
    parts, sizes, outer = gaps.parts, gaps.sizes, gaps.outer
    if not len(parts):
        return []
    outlines = metres(parts)
    told = np.flatnonzero(sizes > np.where(gaps.border, least, CRACK_M2))
    narrow = 2 * sizes < ground.limits.sliver_m * outlines
    total = float(sizes[told].sum())
    much = total > ground.limits.gap_percent / 100 * float(square_metres(outer))
    tree = shapely.STRtree(ground.polygons)
    faults = []
    for number in told[np.argsort(-sizes[told])][: MOST_OF_A_KIND + 1]:
        near = sorted(tree.query(parts[number], predicate="dwithin", distance=1e-9).tolist())[:6]
        facts = {"size": float(sizes[number]), "unit": "m2", "where": parts[number]}
        if narrow[number]:
            faults.append(ground.fault("sliver", Level.ERROR, near, **facts))
        elif sizes[number] > CRACK_M2:
            grave = much or sizes[number] > ground.limits.gap_m2
            faults.append(ground.fault("gap", Level.WARNING if grave else Level.NOTICE, near, **facts))
    return capped(faults)


def outer_border(union: Any) -> Any:
    """The union without its holes: what is to be covered where the parent has no boundary."""
    return shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(union)])


def _beyond(ground: Ground, beyond: _Pieces, least: float) -> list[Fault]:
    if beyond.of is None:
        return []
    return capped(
        [
            ground.fault("outside", Level.ERROR, [number], size=float(size), unit="m2", where=many(part))
            for number, part, size in zip(beyond.of.tolist(), beyond.parts, beyond.sizes, strict=True)
            if size > least
        ]
    )


def capped(faults: list[Fault]) -> list[Fault]:
    """The largest of a kind, and how many more there are: nobody reads thousands."""
    if len(faults) <= MOST_OF_A_KIND:
        return faults
    kept = sorted(faults, key=lambda one: -one.size)[:MOST_OF_A_KIND]
    return [*kept, Fault("more", kept[0].level, size=len(faults) - len(kept), facts={"kind": kept[0].code})]


def parts_of(ground: Ground) -> list[Fault]:
    """Shapes that do not hang together."""
    counts = shapely.get_num_geometries(ground.polygons) if len(ground.polygons) else []
    flat = in_metres(ground.polygons) if len(ground.polygons) else []
    return [
        ground.fault(
            "in_parts", Level.NOTICE, [number], size=float(counts[number]), where=_smallest(ground, flat, number)
        )
        for number in np.flatnonzero(np.asarray(counts) > 1).tolist()
    ]


def _smallest(ground: Ground, flat: Any, number: int) -> Any:
    parts = shapely.get_parts(ground.polygons[number])
    return parts[int(np.argmin(shapely.area(shapely.get_parts(flat[number]))))]
