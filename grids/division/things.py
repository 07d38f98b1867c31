"""Which places and city assets a plan passes from one area to another: by the rule of their buildings or points."""

from collections.abc import Sequence
from typing import Any

import shapely
from django.db.models import Q

from grids.division.change import Change
from grids.division.numbers import House, assign
from grids.division.shapes import Shape
from grids.models import Asset, Place

SORTS: tuple[type[Any], ...] = (Place, Asset)


def touched(model: type[Any], change: Change) -> list[Any]:
    """Those in areas that lose, win or go, and those that wait for a grid in what is divided; one query."""
    rows = model.objects.filter(Q(area__in=change.affected) | Q(area=change.plan.parent_id))
    return list(rows.order_by("pk"))


def _house(thing: Any) -> House:
    point = shapely.Point(thing.point.x, thing.point.y) if thing.point is not None else None
    return House(thing.pk, "", 0, 0, thing.area_id, point, None)


def moves(rows: Sequence[Any], shapes: Sequence[Shape], change: Change) -> list[tuple[Any, str]]:
    """(thing, key of the area it comes to), where that is another one. Without a place it follows the heir."""
    own = {shape.area_id: shape.key for shape in shapes if shape.area_id is not None}
    points = assign(shapes, [_house(thing) for thing in rows])
    found = []
    for thing in rows:
        building = getattr(thing, "building_id", None)
        key = change.where.get(building) if building else points.get(thing.pk)
        key = key or change.heirs.get(thing.area_id)
        if key is not None and key != own.get(thing.area_id):
            found.append((thing, key))
    return found
