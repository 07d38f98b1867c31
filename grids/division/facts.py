"""What areas are called and how their borders are described, where a plan and the ground may both change it."""

from collections.abc import Iterable
from typing import Any

from grids.division.shapes import BORDERS, Shape
from grids.models import Area

FACTS = ("name", "grid_kind", *BORDERS)
Facts = dict[str, str]


def of_shape(shape: Shape) -> Facts:
    """What a shape says."""
    return {"name": shape.name, "grid_kind": shape.grid_kind, **dict(zip(BORDERS, shape.borders, strict=True))}


def of_area(area: Area) -> Facts:
    """What an area says."""
    return {name: getattr(area, name) for name in FACTS}


def standing(shapes: Iterable[Shape]) -> dict[str, Facts]:
    """What a draft begins with, to be kept beside it: {area id: facts}."""
    return {str(shape.area_id): of_shape(shape) for shape in shapes if shape.area_id is not None}


def merged(mine: Facts, began: Facts, today: Facts) -> Facts:
    """What the plan changed is the plan's, everything else is as it is today."""
    return {name: today[name] if mine[name] == began.get(name, today[name]) else mine[name] for name in FACTS}


def clash(mine: Facts, began: Facts, today: Facts) -> bool:
    """Whether the plan and the ground have changed the same to something else."""
    return any(len({mine[name], began.get(name, today[name]), today[name]}) == 3 for name in FACTS)


def said(shape: Shape, facts: Facts) -> Shape:
    """The shape saying this."""
    borders: Any = tuple(facts[side] for side in BORDERS)
    return shape.but(name=facts["name"], grid_kind=facts["grid_kind"], borders=borders)
