"""Two states of one division on one map: whose ground changed by how much, and which buildings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from django.db.models import Q
from shapely.geometry import mapping

from grids.division.numbers import House, assign
from grids.division.shapes import Shape, shape_of
from grids.geodata.bridge import to_shapely
from grids.geodata.measure import square_metres
from grids.models import Area, BoundaryVersion

NOTHING_M2 = 0.5  # less ground than that is the rounding of coordinates


@dataclass(frozen=True)
class Difference:
    """One area (or shape) before and after. None: it was not there, or is no more."""

    key: str
    area_id: int | None
    name: str
    before_m2: float | None
    after_m2: float | None
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()

    @property
    def by_m2(self) -> float:
        """How much larger it is."""
        return (self.after_m2 or 0.0) - (self.before_m2 or 0.0)


def as_it_stood(parent: Area, kind: str, at: datetime) -> list[Shape]:
    """A shape for each child that had a polygon at `at` and was in use then; one query."""
    held = Q(since__lte=at) & (Q(until=None) | Q(until__gt=at))
    rows = BoundaryVersion.objects.filter(held, area__parent=parent, kind=kind).select_related("area")
    rows = rows.filter(Q(area__retired_at=None) | Q(area__retired_at__gt=at)).order_by("area__code")
    return [shape_of(row.area, to_shapely(row.polygon)) for row in rows]


def differences(before: Sequence[Shape], after: Sequence[Shape], houses: Sequence[House]) -> list[Difference]:
    """What is not the same, the largest change first."""
    was, becomes = assign(before, houses), assign(after, houses)
    old, new = {s.key: s for s in before}, {s.key: s for s in after}
    came: dict[str, list[str]] = {}
    went: dict[str, list[str]] = {}
    for house in houses:
        one, other = was.get(house.pk), becomes.get(house.pk)
        if one != other and house.point is not None:
            went.setdefault(one or "", []).append(house.name)
            came.setdefault(other or "", []).append(house.name)
    rows = []
    for key in dict.fromkeys([*old, *new]):
        shape = new.get(key) or old[key]
        sizes = [_m2(side.get(key)) for side in (old, new)]
        names = tuple(came.get(key, ())), tuple(went.get(key, ()))
        row = Difference(key, shape.area_id, shape.name, sizes[0], sizes[1], *names)
        if abs(row.by_m2) > NOTHING_M2 or row.came or row.went or None in sizes or _moved(old[key], new[key]):
            rows.append(row)
    return sorted(rows, key=lambda row: -abs(row.by_m2))


def _m2(shape: Shape | None) -> float | None:
    return float(square_metres(shape.geometry)) if shape is not None and shape.geometry is not None else None


def _moved(one: Shape, other: Shape) -> bool:
    """Ground given on one side and taken on another."""
    if one.geometry is None or other.geometry is None or not one.geometry.is_valid or not other.geometry.is_valid:
        return one.geometry != other.geometry
    return float(square_metres(shapely.symmetric_difference(one.geometry, other.geometry))) > NOTHING_M2


def drawing(before: Sequence[Shape], after: Sequence[Shape], changed: set[str]) -> dict[str, Any]:
    """The map: the new division as quiet fills, what changed marked, the old borders as dashed lines on top."""
    features = [_feature(shape, "changed" if shape.key in changed else "grid") for shape in after if shape.geometry]
    features += [_feature(shape, "before") for shape in before if shape.geometry and shape.key in changed]
    return {"type": "FeatureCollection", "features": features}


def _feature(shape: Shape, kind: str) -> dict[str, Any]:
    label = shape.name if kind != "before" else ""
    geometry = shapely.boundary(shape.geometry) if kind == "before" else shape.geometry
    return {
        "type": "Feature",
        "properties": {"id": shape.key, "label": label, "kind": kind},
        "geometry": mapping(geometry),
    }
