"""A plan as its editor reads it: what is drawn, what stands around it, what it weighs and what it is held against."""

import json
from typing import Any

import shapely

from grids.division import ground
from grids.division.numbers import House, houses_of, numbers
from grids.division.shapes import Shape, feature, shape_of, stored
from grids.division.ways import Line, ways_around
from grids.models import Area, BoundaryPlan, DivisionLimits, PlanStep


def step_of(plan: BoundaryPlan) -> PlanStep:
    """The newest saved step; one query."""
    return PlanStep.objects.get(plan=plan, revision=plan.revision)


def shapes_of(plan: BoundaryPlan) -> list[Shape]:
    """The shapes of the newest step."""
    return stored(step_of(plan).shapes)


def document(plan: BoundaryPlan, *, may_edit: bool, since: int | None = None) -> dict[str, Any]:
    """Everything at once; eight queries, whatever the number of shapes. `since` adds an earlier step as it was."""
    step = step_of(plan)
    shapes = stored(step.shapes)
    houses = houses_of(plan.parent)
    outline = ground.outline_of(plan.parent)
    known = ground.known_to(plan)
    weights = numbers(shapes, houses, known)
    return {
        "plan": _plan(plan, may_edit=may_edit),
        "parent": _drawing(outline),
        "around": _collection(_around(plan, shapes, outline)),
        "shapes": collection(shapes, weights),
        "areas": [_said(area) for area in known.values() if area.retired_at is None],
        "buildings": _collection([_house(house) for house in houses if house.point is not None]),
        "walls": _collection(step.walls),
        "ways": _collection([_way(line) for line in ways_around(plan.parent, outline)]),
        **({"before": _earlier(plan, since)} if since is not None else {}),
    }


def _earlier(plan: BoundaryPlan, revision: int) -> dict[str, Any] | None:
    """Shapes and walls of an earlier step; None when it is no longer kept."""
    step = PlanStep.objects.filter(plan=plan, revision=revision).first()
    return {"shapes": _collection(step.shapes), "walls": _collection(step.walls)} if step else None


def collection(shapes: list[Shape], weights: dict[str, dict[str, float]] | None = None) -> dict[str, Any]:
    """Shapes as a FeatureCollection, with their numbers where given."""
    features = [feature(shape) for shape in shapes]
    for one in features:
        if weights is not None:
            one["properties"]["numbers"] = weights[one["id"]]
    return _collection(features)


def _plan(plan: BoundaryPlan, *, may_edit: bool) -> dict[str, Any]:
    parent = plan.parent
    return {
        "id": str(plan.pk),
        "name": plan.name,
        "status": plan.status,
        "revision": plan.revision,
        "effective_on": plan.effective_on,
        "parent": {"id": parent.pk, "name": parent.name, "code": parent.code, "kind": parent.kind},
        "child_kind": plan.child_kind,
        "editable": plan.editable and may_edit,
        "limits": limits(DivisionLimits.for_division(parent, plan.child_kind)),
    }


def limits(row: DivisionLimits) -> dict[str, Any]:
    """What numbers are held against; None is not checked. Households are [at least, good from, at most]."""
    return {
        "households": [row.households_least, row.households_good, row.households_most],
        "persons": row.persons_most,
        "ratio": row.ratio_most,
        "overlap_m2": row.overlap_m2,
        "gap_m2": row.gap_m2,
        "gap_percent": row.gap_percent,
    }


def _said(area: Area) -> dict[str, Any]:
    """What is said of an area as it is in use: parts of it that are joined again become it again."""
    said: dict[str, Any] = feature(shape_of(area, None))["properties"]
    return said


def _around(plan: BoundaryPlan, shapes: list[Shape], outline: Any) -> list[dict[str, Any]]:
    everything = [shape.geometry for shape in shapes if shape.geometry is not None] + ([outline] if outline else [])
    box = tuple(map(float, shapely.total_bounds(everything))) if everything else None
    found = ground.around(plan.parent, plan.child_kind, box)  # type: ignore[arg-type]
    return [
        {"type": "Feature", "id": pk, "geometry": json.loads(polygon.json), "properties": {"id": pk, "name": name}}
        for pk, name, polygon in found
    ]


def _house(house: House) -> dict[str, Any]:
    properties = {
        "name": house.name,
        "households": house.households,
        "persons": house.persons,
        "area_id": house.area_id,
        "footprint": _drawing(house.footprint),
    }
    return {"type": "Feature", "id": house.pk, "geometry": _drawing(house.point), "properties": properties}


def _way(line: Line) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": _drawing(line.geometry),
        "properties": {"kind": line.kind, "name": line.name},
    }


def _drawing(geometry: Any) -> Any:
    return json.loads(shapely.to_geojson(geometry)) if geometry is not None else None


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}
