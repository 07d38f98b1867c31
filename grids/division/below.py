"""What lies below the areas that a plan divides: grids follow the community that holds the larger part of them."""

import numpy as np
import shapely

from grids.division import ground
from grids.division.change import Change
from grids.division.faults import Fault, Level
from grids.division.shapes import drawn
from grids.geodata.measure import square_metres
from grids.models import Area

CUT_M2 = 1.0  # of an area below on the other side of a border: less is the rounding of coordinates


def _children(change: Change) -> list[Area]:
    return list(Area.objects.filter(parent__in=change.areas.keys(), retired_at=None).order_by("path"))


def places_of(change: Change) -> list[tuple[Area, str]]:
    """Each area below with the key of its shape; where there is no polygon, the heir of the area it belongs to."""
    return [(area, max(parts, key=lambda key: parts[key])) for area, parts in _parts(change) if parts]


def _parts(change: Change) -> list[tuple[Area, dict[str, float]]]:
    """Each area below with the m² that lie in each shape."""
    children = _children(change)
    versions = ground.current_of(children)
    shapes = drawn(change.shapes)
    parts: dict[int, dict[str, float]] = {area.pk: {} for area in children}
    ids = [area.pk for area in children if area.pk in versions]
    if ids and shapes:
        polygons = np.array([versions[pk].drawing for pk in ids], dtype=object)
        new = np.array([shape.geometry for shape in shapes], dtype=object)
        left, right = shapely.STRtree(new).query(polygons, predicate="intersects")
        sizes = square_metres(shapely.intersection(polygons[left], new[right])) if len(left) else []
        for one, shape, size in zip(left, right, sizes, strict=True):
            if size > CUT_M2:
                parts[ids[one]][shapes[shape].key] = float(size)
    stays = {shape.area_id: shape.key for shape in change.shapes if shape.area_id is not None} | change.heirs
    return [(area, parts[area.pk] or _one(stays.get(area.parent_id or 0))) for area in children]


def _one(key: str | None) -> dict[str, float]:
    return {key: 1.0} if key is not None else {}


def cut(change: Change) -> list[Fault]:
    """Areas below that the new borders would cut; the division below must be made anew afterwards."""
    faults = []
    for area, parts in _parts(change):
        if len(parts) > 1:
            keys = tuple(sorted(parts, key=lambda key: -parts[key]))
            size = sum(parts.values()) - max(parts.values())
            names = tuple(change.name_of(key) for key in keys)
            faults.append(
                Fault("below_cut", Level.WARNING, keys, names, size=size, unit="m2", facts={"list": area.name})
            )
    return faults
