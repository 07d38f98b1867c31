"""Codes by place: from west to east, row by row from north to south (docs/domain.md §1.3). No code is given twice."""

import math
from datetime import datetime

import shapely

from grids import codes
from grids.division.change import Change
from grids.division.shapes import Shape
from grids.models import Area, FormerCode


def by_place(shapes: list[Shape]) -> list[Shape]:
    """The shapes in rows from north to south, each row from west to east; a row is as high as a shape on average."""
    polygons = {shape.key: shape.geometry for shape in shapes if shape.geometry is not None}
    if not polygons:
        return list(shapes)
    boxes = [polygon.bounds for polygon in polygons.values()]
    row = sorted(north - south for _west, south, _east, north in boxes)[len(boxes) // 2] or 1e-9
    top = max(north for _west, _south, _east, north in boxes)

    def place(shape: Shape) -> tuple[float, float]:
        if shape.key not in polygons:
            return math.inf, 0
        middle = shapely.point_on_surface(polygons[shape.key])
        return (top - middle.y) // row, middle.x

    return sorted(shapes, key=place)


def number_new(change: Change) -> None:
    """The next free codes for the new areas, in the order of their place."""
    _number(change, [shape for shape in change.shapes if shape.area_id is None])


def number_anew(change: Change, *, now: datetime) -> None:
    """New codes for all in the order of their place; the old ones are kept as former codes."""
    for shape in change.shapes:
        area = change.areas.get(shape.area_id) if shape.area_id is not None else None
        if area is not None:
            FormerCode.objects.create(
                area=area, code=area.code, code_scheme=area.code_scheme, until=now, plan=change.plan
            )
    _number(change, list(change.shapes))


def _number(change: Change, shapes: list[Shape]) -> None:
    plan = change.plan
    for shape in by_place(shapes):
        code = codes.next_free(plan.parent, plan.child_kind, shape.grid_kind)
        Area.objects.filter(pk=change.ids[shape.key]).update(code=code, code_scheme=plan.parent.code_scheme)
