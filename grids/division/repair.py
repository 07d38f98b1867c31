"""A mended draft as a proposal: nothing is saved before a person has seen what it changes.

Overlaps go to the neighbour with the longer common border, cracks and gaps too; what lies beyond the outer border
is cut off; at the end all shared borders have exactly the same corners (GEOS coverage cleaning).
"""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import shapely

from grids.division.checks import Division
from grids.division.faults import Fault
from grids.division.shapes import Shape, many, same
from grids.division.topology import ground_of, outer_border
from grids.geodata.measure import in_metres

ROUNDS = 4
TOUCHING = 1e-7  # degrees (a centimetre): what counts as beside it
SNAP = 1e-9  # degrees (a tenth of a millimetre): corners that near are one


def repaired(division: Division, faults: Collection[Fault]) -> list[Shape]:
    """The shapes with the given faults mended; only these shapes and, for common corners, their neighbours change."""
    codes = {fault.code for fault in faults}
    keys = {key for fault in faults for key in fault.keys}
    made, _crooked = ground_of(division.shapes, division.limits, division.outline)
    polygons = made.polygons.copy()
    chosen = np.array([shape.key in keys for shape in made.shapes], dtype=bool)
    if codes & {"overlap", "edges", "sliver"}:
        polygons = _cleaned(polygons, chosen)
    if "outside" in codes and division.outline is not None:
        out = np.array([any(s.key in f.keys for f in faults if f.code == "outside") for s in made.shapes], dtype=bool)
        polygons[out] = [many(one) for one in shapely.intersection(polygons[out], division.outline)]
    wanted = [fault.where for fault in faults if fault.code in ("gap", "sliver") and fault.where is not None]
    for _round in range(ROUNDS):
        polygons, filled = _given(polygons, _open(polygons, division.outline, wanted))
        polygons = _cleaned(polygons, chosen | filled)
        if not filled.any():
            break
    new = dict(zip((shape.key for shape in made.shapes), polygons, strict=True))
    return [_put(shape, many(new[shape.key])) if shape.key in new else shape for shape in division.shapes]


def _put(shape: Shape, polygon: Any) -> Shape:
    """The shape with the new polygon; as it was when only the order of its corners has changed."""
    if polygon is not None and same(shape.geometry, polygon):
        return shape
    return shape.but(geometry=polygon)


def _cleaned(polygons: Any, chosen: Any) -> Any:
    """The chosen polygons and their neighbours with exactly matching borders and without overlap."""
    if not chosen.any():
        return polygons
    tree = shapely.STRtree(polygons)
    _one, near = tree.query(polygons[chosen], predicate="dwithin", distance=TOUCHING)
    numbers = np.unique(np.concatenate([near, np.flatnonzero(chosen)]))
    cleaned = shapely.coverage_clean(polygons[numbers], snapping_distance=SNAP)
    polygons = polygons.copy()
    for number, polygon in zip(numbers, cleaned, strict=True):
        polygons[number] = many(polygon)
    return polygons


def _open(polygons: Any, outline: Any, wanted: list[Any]) -> list[Any]:
    """The uncovered pieces that are to be filled: those that touch a place a fault names."""
    if not wanted:
        return []
    present = [polygon for polygon in polygons if polygon is not None]
    union = shapely.union_all(present)
    outer = outline if outline is not None else outer_border(union)
    parts = [part for part in shapely.get_parts(shapely.difference(outer, union)) if part.area > 0]
    tree = shapely.STRtree(wanted)
    return [part for part in parts if len(tree.query(part, predicate="dwithin", distance=TOUCHING))]


def _given(polygons: Any, gaps: Sequence[Any]) -> tuple[Any, Any]:
    """Each gap joined to the neighbour with the longest common border; and who has grown."""
    grown = np.zeros(len(polygons), dtype=bool)
    polygons = polygons.copy()
    for gap in gaps:
        tree = shapely.STRtree(polygons)
        near = tree.query(gap, predicate="dwithin", distance=TOUCHING)
        near = [number for number in near if polygons[number] is not None]
        if not near:
            continue
        ring = shapely.buffer(shapely.boundary(gap), TOUCHING)
        shared = [shapely.length(shapely.intersection(shapely.boundary(polygons[n]), ring)) for n in near]
        best = near[int(np.argmax(shared))]
        polygons[best] = many(shapely.union(polygons[best], gap))
        grown[best] = True
    return polygons, grown


def changes(before: Sequence[Shape], after: Sequence[Shape]) -> list[dict[str, Any]]:
    """Which shapes a proposal changes, with their areas in m² before and after."""
    old = {shape.key: shape for shape in before}
    changed = [shape for shape in after if old[shape.key].geometry != shape.geometry]
    if not changed:
        return []
    pairs = np.array([[old[shape.key].geometry, shape.geometry] for shape in changed], dtype=object)
    sizes = np.nan_to_num(shapely.area(in_metres(pairs)))
    return [
        {"key": s.key, "name": s.name, "before_m2": round(float(row[0]), 2), "after_m2": round(float(row[1]), 2)}
        for s, row in zip(changed, sizes, strict=True)
    ]
