"""Three ways to divide an area: within the standard, in one piece each, no building cut, walls and kept grids stay."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grids.division.blocks import Blocks, blocks_of
from grids.division.checks import CUT_M2, Division, check
from grids.division.numbers import House, assign, numbers
from grids.division.search import Task, islands_of, paired, search
from grids.division.shapes import Shape, many
from grids.division.ways import along
from grids.geodata.measure import in_metres
from grids.models import Area, DivisionLimits

STRAIGHTEN = 3e-9  # square degrees (about 30 m²): smaller wiggles of a border go
PERSONS = 2.5  # persons of a household where only persons are known


@dataclass(frozen=True)
class Wishes:
    """What the person asks for: a number of grids, or as the standard says; the smaller one of old estates."""

    count: int | None = None
    old_estate: bool = False


@dataclass(frozen=True)
class Alternative:
    """One proposal: the whole set of shapes, kept ones too, and its figures."""

    aim: str
    shapes: list[Shape]
    figures: dict[str, Any]


def band(limits: DivisionLimits, wishes: Wishes) -> tuple[int, int]:
    """Households from–to of one grid, by the street's own limits; where it checks none, by the standard's."""
    usual = DivisionLimits.of_default(Area.Kind.GRID)
    good = limits.households_good or usual.households_good or 0
    if wishes.old_estate:
        return (limits.households_least or usual.households_least or 0, good)
    return (good, limits.households_most or usual.households_most or 0)


def proposals(division: Division, walls: Sequence[dict[str, Any]], wishes: Wishes) -> Iterator[Alternative]:
    """Up to three, one after the other; locked shapes stay. ValidationError when there is nothing to divide."""
    locked = [s for s in division.shapes if s.locked and s.geometry is not None]
    outer = division.outline
    if outer is None:
        drawn = [s.geometry for s in division.shapes if s.geometry is not None]
        outer = shapely.union_all(drawn) if drawn else None
    if outer is None or outer.is_empty:
        raise ValidationError(_("There is no boundary to divide yet. Import or draw it first."), code="no_outline")
    lines = [shapely.from_geojson(json.dumps(one["geometry"])) for one in walls]
    blocks = blocks_of(outer, division.houses, lines, [s.geometry for s in locked], division.ways)
    if sum(1 for group in blocks.houses if group) < 2:
        raise ValidationError(
            _("Fewer than two buildings have a place here. Import the buildings first."), code="no_buildings"
        )
    weights, measure = weigh(blocks)
    task = _task(division, blocks, weights, measure, wishes)
    for aim, labels in search(task):
        yield _alternative(division, locked, task, labels, (aim, measure))


def weigh(blocks: Blocks) -> tuple[Any, str]:
    """What each block weighs: households; where none are known persons as households, else one a building."""
    for measure in ("households", "persons"):
        found = np.array([sum(getattr(house, measure) for house in group) for group in blocks.houses], dtype=float)
        if found.sum():
            return (found / PERSONS if measure == "persons" else found), measure
    return np.array([len(group) for group in blocks.houses], dtype=float), "buildings"


def _task(division: Division, blocks: Blocks, weights: Any, measure: str, wishes: Wishes) -> Task:
    grids = _continuable(division)
    number = {shape.area_id: nth for nth, shape in enumerate(grids)}
    today = np.array([_most(group, number) for group in blocks.houses])
    count = wishes.count
    if count is None and measure == "buildings":
        count = max(len(grids), 2)
    least, most = band(division.limits, wishes)
    return Task(blocks, weights, today, least, most, count)


def _continuable(division: Division) -> list[Shape]:
    """The shapes whose areas may go on in a new form."""
    return [shape for shape in division.shapes if not shape.locked and shape.area_id is not None]


def _most(group: Sequence[House], number: dict[int | None, int]) -> int:
    """The grid most of a block belongs to today."""
    ranked = sorted(group, key=lambda house: (-house.households, -house.persons, house.pk))
    return next((number[house.area_id] for house in ranked if house.area_id in number), -1)


def _alternative(
    division: Division, locked: list[Shape], task: Task, labels: Any, said: tuple[str, str]
) -> Alternative:
    kept = [shape.but(geometry=many(polygon)) for shape, polygon in zip(locked, task.blocks.kept, strict=True)]
    undrawn = [shape for shape in division.shapes if shape.locked and shape.geometry is None]
    for polygons in _drawings(task, labels, locked):
        free = _named(division, task, labels, polygons)
        shapes = kept + undrawn + free
        if not _cuts(free, division.houses):
            break
    aim, measure = said
    return Alternative(aim, shapes, figures(division, shapes, measure, task))


def _drawings(task: Task, labels: Any, locked: list[Shape]) -> Iterator[list[Any]]:
    """Polygons of the parts: with straightened borders first, as the blocks have them where those would cut."""
    blocks = task.blocks
    part = labels[blocks.owner]
    plain = np.array([shapely.coverage_union_all(blocks.faces[part == one]) for one in np.unique(part)], dtype=object)
    yield _straight(task, labels, plain)
    yield list(plain)


def _straight(task: Task, labels: Any, plain: Any) -> list[Any]:
    """Wiggles of inner borders go; what lies on the outer border, on a kept grid or on a closed wall stays."""
    straight = plain.copy()
    names = np.unique(labels[task.blocks.owner]).tolist()
    for island in islands_of(task):
        chosen = [names.index(one) for one in np.unique(labels[island]).tolist() if one in names]
        if len(chosen) > 1:
            straight[chosen] = shapely.coverage_simplify(plain[chosen], STRAIGHTEN**0.5, simplify_boundary=False)
    return list(straight)


def _named(division: Division, task: Task, labels: Any, polygons: list[Any]) -> list[Shape]:
    """Each part goes on as the grid it shares most households with; the others are new, from west to east."""
    grids = _continuable(division)
    parts = np.unique(labels[task.blocks.owner]).tolist()
    goes_on = {part: grid for part, grid, weight in paired(labels, task.today, task.weights + 1e-6)}
    shapes, fresh = [], 0
    for _x, part, polygon in sorted((p.centroid.x, part, p) for part, p in zip(parts, polygons, strict=True)):
        mine = np.flatnonzero(labels == part)
        sources = tuple(sorted({grids[n].area_id for n in task.today[mine].tolist() if n >= 0}))
        if part in goes_on:
            shape = grids[goes_on[part]]
            same = shape.geometry is not None and _alike(shape.geometry, polygon)
            borders = shape.borders if same else ("", "", "", "")
            shapes.append(shape.but(geometry=many(polygon), sources=sources, borders=borders))
        else:
            fresh += 1
            facts: dict[str, Any] = {"sources": sources, "grid_kind": _kind(division)}
            shapes.append(Shape(f"p{fresh}", "", many(polygon), **facts))
    return shapes


def _alike(one: Any, other: Any) -> bool:
    """Nearly the same ground: the borders in words still hold."""
    return float(shapely.area(shapely.symmetric_difference(one, other))) < 0.02 * float(shapely.area(one))


def _kind(division: Division) -> str:
    return Area.GridKind.GENERAL if division.kind == Area.Kind.GRID else ""


def _cuts(shapes: Sequence[Shape], houses: Sequence[House]) -> bool:
    """Whether a border of these runs through a building."""
    outlines = [shapely.make_valid(house.footprint) for house in houses if house.footprint is not None]
    if not outlines:
        return False
    middle = float(np.nanmean(shapely.get_coordinates(outlines)[:, 0]))
    flat = in_metres(np.array(outlines, dtype=object), middle)
    parts = in_metres(np.array([shape.geometry for shape in shapes], dtype=object), middle)
    house, part = shapely.STRtree(parts).query(flat, predicate="intersects")
    several = np.isin(house, np.flatnonzero(np.bincount(house, minlength=len(flat)) > 1))
    both = shapely.area(shapely.intersection(flat[house[several]], parts[part[several]])) > CUT_M2
    return bool((np.bincount(house[several][both], minlength=1) > 1).any())


def figures(division: Division, shapes: Sequence[Shape], measure: str, task: Task) -> dict[str, Any]:
    """What the proposal is compared by; buildings cut are counted by the check of plans."""
    rows = _rows(division, shapes, numbers(shapes, division.houses, division.known), task)
    loads: list[float] = sorted(row["households"] for row in rows if not row["dedicated"]) or [0.0]
    rounds: list[float] = sorted(row["round"] for row in rows if not row["locked"])
    faults = check(Division(**{**vars(division), "shapes": shapes}))
    return {
        "measure": measure,
        "band": [task.least, task.most],
        "grids": len(shapes),
        "least": loads[0],
        "most": loads[-1],
        "ratio": round(loads[-1] / loads[0], 3) if loads[0] else None,
        "round_mean": round(sum(rounds) / len(rounds), 3) if rounds else None,
        "round_min": rounds[0] if rounds else None,
        "cut": sum(fault.code == "building_cut" for fault in faults),
        "outside": sum(not row["fits"] for row in rows if not row["dedicated"]),
        "rows": rows,
        "roads": along(shapes, division.ways),
        **_moved(division, shapes),
    }


def _moved(division: Division, shapes: Sequence[Shape]) -> dict[str, int]:
    """Households and buildings that would belong to another grid than today."""
    where, areas = assign(shapes, division.houses), {shape.key: shape.area_id for shape in shapes}
    moved = [house for house in division.houses if areas.get(where.get(house.pk, "")) != house.area_id]
    return {
        "moved": sum(house.households for house in moved),
        "moved_buildings": len(moved),
        "total": sum(house.households for house in division.houses),
    }


def _rows(division: Division, shapes: Sequence[Shape], weights: Any, task: Task) -> list[dict[str, Any]]:
    drawn = [shape for shape in shapes if shape.geometry is not None]
    flat = in_metres(np.array([shape.geometry for shape in drawn], dtype=object))
    rounds: Any = 4 * np.pi * shapely.area(flat) / np.maximum(shapely.length(flat), 1e-9) ** 2
    middle = shapely.union_all([shape.geometry for shape in drawn]).envelope.centroid
    rows = []
    for shape, round_ in zip(drawn, rounds.tolist(), strict=True):
        said = weights[shape.key]
        centre = shape.geometry.centroid  # type: ignore[union-attr]
        rows.append(
            {
                "key": shape.key,
                "name": shape.name,
                "area_id": shape.area_id,
                "households": said["households"],
                "persons": said["persons"],
                "buildings": said["buildings"],
                "round": round(round_, 3),
                "locked": shape.locked,
                "dedicated": shape.grid_kind == Area.GridKind.DEDICATED,
                "fits": task.least <= said["households"] <= task.most,
                "side": ("north" if centre.y >= middle.y else "south"),
            }
        )
    return rows
