"""The division checks of the standard (docs/domain.md §1.2), on one draft; every limit is a setting of the street."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from grids.division import document, ground
from grids.division.faults import Fault, Level, ordered
from grids.division.numbers import House, assign, houses_of, numbers
from grids.division.shapes import Shape, drawn
from grids.division.topology import capped, ground_of, parts_of, topology
from grids.division.ways import Line, across, ways_around
from grids.geodata.measure import square_metres
from grids.models import Area, BoundaryPlan, DivisionLimits, Way

CUT_M2 = 1.0  # of a building on each side of a border: less is a wall drawn a hand's breadth off
LISTED = 6  # names in a sentence


@dataclass(frozen=True)
class Division:
    """All that the checks look at: the shapes, and the ground they divide."""

    parent: Area
    kind: str
    shapes: Sequence[Shape]
    outline: Any
    houses: Sequence[House]
    known: dict[int, Area]
    limits: DivisionLimits
    ways: Sequence[Line] = ()


def division_of(plan: BoundaryPlan, shapes: Sequence[Shape] | None = None) -> Division:
    """A plan's newest step (or `shapes` in its place) on today's ground; six queries."""
    parent = plan.parent
    outline = ground.outline_of(parent)
    return Division(
        parent,
        plan.child_kind,
        document.shapes_of(plan) if shapes is None else shapes,
        outline,
        houses_of(parent),
        ground.known_to(plan),
        DivisionLimits.for_division(parent, plan.child_kind),
        ways_around(parent, outline),
    )


def check(division: Division) -> list[Fault]:
    """Everything that is wrong, the gravest first. Posts are the business of teams (signals.plan_previewed)."""
    made, faults = ground_of(division.shapes, division.limits, division.outline)
    faults += topology(made) + parts_of(made)
    faults += _names(division) + _buildings(division) + _sizes(division) + _borders(division)
    faults += _across(division)
    if division.outline is None:
        faults.append(Fault("no_outline", Level.WARNING, facts={"parent": division.parent.name}))
    return ordered(faults)


def _across(division: Division) -> list[Fault]:
    """Grids on both sides of a main road, a railway or water: seldom wanted, sometimes right."""
    if division.kind != Area.Kind.GRID:
        return []
    return [
        _of(shape, "across", Level.NOTICE, size=metres, unit="m", where=where, facts={"way": _called(way)})
        for shape, way, metres, where in across(division.shapes, division.ways)
    ]


def _called(way: Line) -> str:
    return way.name or str(Way.Kind(way.kind).label)


def _of(shape: Shape, code: str, level: Level, **more: Any) -> Fault:
    return Fault(code, level, (shape.key,), (shape.name,), **more)


def _names(division: Division) -> list[Fault]:
    faults = [_of(shape, "not_drawn", Level.ERROR) for shape in division.shapes if shape.geometry is None]
    faults += [_of(shape, "no_name", Level.ERROR) for shape in division.shapes if not shape.name]
    seen: dict[str, Shape] = {}
    for shape in division.shapes:
        other = seen.setdefault(shape.name, shape)
        if other is not shape and shape.name:
            faults.append(Fault("name_twice", Level.ERROR, (other.key, shape.key), (shape.name,)))
    return faults


def listed(names: Sequence[str]) -> str:
    """The first few names, and a sign that there are more."""
    return _(", ").join(names[:LISTED]) + ("…" if len(names) > LISTED else "")


def _about(houses: Sequence[House], code: str, level: Level) -> list[Fault]:
    """One finding for all the buildings it is true of."""
    if not houses:
        return []
    points = [house.point for house in houses if house.point is not None][:500]
    facts = {"list": listed([house.name for house in houses])}
    where = shapely.MultiPoint(points) if points else None
    return [Fault(code, level, size=len(houses), unit="buildings", where=where, facts=facts)]


def _buildings(division: Division) -> list[Fault]:
    where = assign(division.shapes, division.houses)
    lost = [house for house in division.houses if house.pk not in where and house.point is not None]
    beyond = [h for h in lost if division.outline is not None and not shapely.intersects(division.outline, h.point)]
    away = {house.pk for house in beyond}
    faults = _about([house for house in lost if house.pk not in away], "building_nowhere", Level.ERROR)
    faults += _about(beyond, "building_outside", Level.WARNING)
    faults += _about([h for h in division.houses if h.point is None], "building_unplaced", Level.NOTICE)
    return faults + _twice(division) + _cut(division)


def _twice(division: Division) -> list[Fault]:
    shapes = drawn(division.shapes)
    placed = [house for house in division.houses if house.point is not None]
    if not shapes or not placed:
        return []
    tree = shapely.STRtree([shape.geometry for shape in shapes])
    inside, _shape = tree.query([house.point for house in placed], predicate="within")
    counts = np.bincount(inside, minlength=len(placed))
    return _about([placed[number] for number in np.flatnonzero(counts > 1)], "building_twice", Level.ERROR)


def _cut(division: Division) -> list[Fault]:
    """Buildings of which a border leaves more than a square metre on each side."""
    shapes = drawn(division.shapes)
    outlines = [house for house in division.houses if house.footprint is not None]
    if not shapes or not outlines:
        return []
    tree = shapely.STRtree([shape.geometry for shape in shapes])
    houses, found = tree.query([house.footprint for house in outlines], predicate="intersects")
    several = np.isin(houses, np.flatnonzero(np.bincount(houses, minlength=len(outlines)) > 1))
    sides: dict[int, list[int]] = {}
    for house, shape in zip(houses[several].tolist(), found[several].tolist(), strict=True):
        part = shapely.intersection(shapely.make_valid(outlines[house].footprint), shapes[shape].geometry)
        if float(square_metres(part)) > CUT_M2:
            sides.setdefault(house, []).append(shape)
    faults = []
    for number, cut_by in sides.items():
        if len(cut_by) > 1:
            chosen, house = [shapes[one] for one in cut_by], outlines[number]
            keys, names = tuple(one.key for one in chosen), tuple(one.name for one in chosen)
            facts = {"list": house.name}
            faults.append(Fault("building_cut", Level.WARNING, keys, names, where=house.footprint, facts=facts))
    return capped(faults)


def _sizes(division: Division) -> list[Fault]:
    limits = division.limits
    weights = numbers(division.shapes, division.houses, division.known)
    general = [s for s in drawn(division.shapes) if s.grid_kind != Area.GridKind.DEDICATED]
    faults = []
    for shape in general:
        households, persons = weights[shape.key]["households"], weights[shape.key]["persons"]
        faults += _households(shape, households, limits)
        if limits.persons_most is not None and persons > limits.persons_most:
            said: dict[str, Any] = {"size": persons, "unit": "persons", "limit": limits.persons_most}
            faults.append(_of(shape, "many_persons", Level.WARNING, **said))
    return faults + _uneven([(weights[s.key]["households"], s) for s in general], limits)


def _households(shape: Shape, count: float, limits: DivisionLimits) -> list[Fault]:
    said: dict[str, Any] = {"size": count, "unit": "households"}
    if limits.households_most is not None and count > limits.households_most:
        return [_of(shape, "many_households", Level.WARNING, limit=limits.households_most, **said)]
    if limits.households_least is not None and count < limits.households_least:
        return [_of(shape, "few_households", Level.WARNING, limit=limits.households_least, **said)]
    if limits.households_good is not None and count < limits.households_good:
        return [_of(shape, "small", Level.NOTICE, limit=limits.households_good, **said)]
    return []


def _uneven(weighed: list[tuple[float, Shape]], limits: DivisionLimits) -> list[Fault]:
    weighed = [pair for pair in weighed if pair[0] > 0]
    if limits.ratio_most is None or len(weighed) < 2:
        return []
    (least, small), (most, large) = min(weighed, key=lambda p: p[0]), max(weighed, key=lambda p: p[0])
    if most / least <= limits.ratio_most:
        return []
    facts = {"largest": large.name, "smallest": small.name}
    names = (large.name, small.name)
    return [
        Fault("uneven", Level.NOTICE, (large.key, small.key), names, most / least, "", limits.ratio_most, facts=facts)
    ]


def _borders(division: Division) -> list[Fault]:
    if not division.limits.needs_borders:
        return []
    return [_of(shape, "no_borders", Level.WARNING) for shape in division.shapes if not all(shape.borders)]
