"""What a plan would do to the ground: what stays, comes and goes, whose ground becomes whose, which buildings move."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from grids.division import ground
from grids.division.checks import Division, division_of
from grids.division.numbers import House, assign
from grids.division.shapes import Shape, drawn, same
from grids.geodata.checking import sound
from grids.geodata.measure import square_metres
from grids.models import Area, BoundaryPlan, DivisionLimits

MOVED_M2 = 1.0  # less ground than that is a corner more or less on the same border
SHARE = 0.01  # of either area: less ground than that is a corrected border, no descent


@dataclass(frozen=True)
class Flow:
    """Ground and buildings that pass from an area to a shape."""

    old: int
    key: str
    m2: float
    buildings: int
    weighs: bool  # more than a hundredth of one of the two, or a building


@dataclass
class Change:
    """A plan held against today's ground. `ids` says which area each shape is; complete once it has taken effect."""

    plan: BoundaryPlan
    shapes: Sequence[Shape]
    limits: DivisionLimits
    areas: dict[int, Area]  # the children in use, by id, in the order of their codes
    versions: dict[int, ground.Version]  # what holds today of each that is drawn
    houses: Sequence[House]
    where: dict[int, str]  # building → key
    flows: list[Flow]
    redrawn: set[str]  # keys of shapes whose polygon is not the one that holds today
    shifted: set[str] = field(default_factory=set)  # those of them whose ground is another, not only its corners
    ids: dict[str, int] = field(default_factory=dict)

    @property
    def retired(self) -> list[Area]:
        """Areas in use that no shape continues."""
        kept = {shape.area_id for shape in self.shapes}
        return [area for area in self.areas.values() if area.pk not in kept]

    @property
    def created(self) -> list[Shape]:
        """Shapes that become a new area, or use a retired one again."""
        return [shape for shape in self.shapes if shape.area_id not in self.areas]

    @property
    def moved(self) -> list[tuple[House, str]]:
        """Buildings that come to another area, with its key."""
        key_of = {shape.area_id: shape.key for shape in self.shapes if shape.area_id is not None}
        return [
            (h, self.where[h.pk])
            for h in self.houses
            if h.pk in self.where and self.where[h.pk] != key_of.get(h.area_id)
        ]

    @property
    def affected(self) -> set[int]:
        """Areas that lose or win ground or buildings, or go."""
        shifted = {shape.area_id for shape in self.shapes if shape.key in self.shifted and shape.area_id in self.areas}
        flowing = {flow.old for flow in self.flows if flow.weighs}
        return {area for area in shifted | flowing if area is not None} | {area.pk for area in self.retired}

    @property
    def heirs(self) -> dict[int, str]:
        """Each retired area → the one shape that takes over its people: most buildings, then most ground."""
        best: dict[int, Flow] = {}
        for flow in self.flows:
            known = best.get(flow.old)
            if known is None or (flow.buildings, flow.m2) > (known.buildings, known.m2):
                best[flow.old] = flow
        sources = {source: shape.key for shape in reversed(list(self.shapes)) for source in shape.sources}
        answer = {}
        for area in self.retired:
            found = best[area.pk].key if area.pk in best else sources.get(area.pk)
            if found is not None:
                answer[area.pk] = found
        return answer

    def shape(self, key: str) -> Shape:
        """The shape of a key."""
        return next(shape for shape in self.shapes if shape.key == key)

    def name_of(self, key: str) -> str:
        """What its area will be called."""
        return self.shape(key).name


def change_of(plan: BoundaryPlan, division: Division | None = None) -> Change:
    """What the plan's newest step would do today; one query beyond those of its division."""
    division = division or division_of(plan)
    shapes = division.shapes
    standing = sorted((one for one in division.known.values() if one.retired_at is None), key=lambda one: one.code)
    areas = {area.pk: area for area in standing}
    versions = ground.current_of(standing)
    houses = [house for house in division.houses if house.area_id in areas or plan.child_kind == Area.Kind.GRID]
    where = assign(shapes, houses)
    old = {pk: version.drawing for pk, version in versions.items()}
    redrawn = {s.key for s in drawn(shapes) if s.area_id not in old or not same(old[s.area_id], s.geometry)}
    shifted = {s.key for s in shapes if s.key in redrawn and _moved(old.get(s.area_id or 0), s.geometry)}
    change = Change(plan, shapes, division.limits, areas, versions, houses, where, [], redrawn, shifted)
    change.where |= _unplaced(change)
    change.flows = _flows(change, old)
    return change


def _moved(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return True
    return float(square_metres(shapely.symmetric_difference(sound(one), sound(other)))) > MOVED_M2


def _unplaced(change: Change) -> dict[int, str]:
    """Buildings without a place on the map whose area goes: with the heir named by the draft."""
    sources = {source: shape.key for shape in reversed(list(change.shapes)) for source in shape.sources}
    lost = [h for h in change.houses if h.pk not in change.where and h.point is None]
    return {house.pk: sources[house.area_id] for house in lost if house.area_id in sources}


def _flows(change: Change, old: dict[int, Any]) -> list[Flow]:
    counts: dict[tuple[int, str], int] = {}
    for house, key in change.moved:
        counts[house.area_id, key] = counts.get((house.area_id, key), 0) + 1
    shapes = [shape for shape in change.shapes if shape.key in change.redrawn]
    grounds = _grounds(shapes, old)
    rows = []
    for area_id, key in sorted(set(counts) | set(grounds)):
        m2, share = grounds.get((area_id, key), (0.0, 0.0))
        buildings = counts.get((area_id, key), 0)
        if area_id in change.areas:
            rows.append(Flow(area_id, key, m2, buildings, bool(buildings) or share > SHARE))
    return rows


def _grounds(shapes: Sequence[Shape], old: dict[int, Any]) -> dict[tuple[int, str], tuple[float, float]]:
    """(old area, key) → m² that pass over, and the larger share that is of either."""
    if not shapes or not old:
        return {}
    ids, polygons = list(old), np.array(list(old.values()), dtype=object)
    new = np.array([shape.geometry for shape in shapes], dtype=object)
    left, right = shapely.STRtree(polygons).query(new, predicate="intersects")
    common = shapely.intersection(sound(new)[left], sound(polygons)[right])
    sizes = square_metres(common) if len(common) else []
    before, after = square_metres(polygons), square_metres(new)
    answer = {}
    for n, size in enumerate(sizes):
        shape, area = shapes[left[n]], ids[right[n]]
        if shape.area_id != area and size > MOVED_M2:
            smaller = max(min(float(before[right[n]]), float(after[left[n]])), 1.0)
            answer[area, shape.key] = (float(size), float(size) / smaller)
    return answer
