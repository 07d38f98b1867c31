"""Hands that draw: random splits, merges and moved corners, neat as an editor makes them and careless as people are."""

import math
import random
from collections.abc import Callable
from itertools import count

import numpy as np
import shapely
from shapely.geometry import LineString
from shapely.ops import split as cut

from grids.division.shapes import Shape, many

_new = count(1)


def split(shapes: list[Shape], chance: random.Random) -> list[Shape]:
    """One shape becomes two, along a line through its middle; the neighbours do not hear of the new corners."""
    shape = chance.choice(shapes)
    middle, angle = shape.geometry.representative_point(), chance.uniform(0, math.pi)
    dx, dy = math.cos(angle), math.sin(angle)
    line = LineString([(middle.x - dx, middle.y - dy), (middle.x + dx, middle.y + dy)])
    pieces = [p for part in shapely.get_parts(shape.geometry) for p in cut(part, line).geoms if p.area > 0]
    pieces.sort(key=lambda p: p.area)
    if len(pieces) < 2:
        return shapes
    halves = [shapely.MultiPolygon([pieces[-1]]), many(shapely.union_all(pieces[:-1]))]
    sources = shape.sources or ((shape.area_id,) if shape.area_id else ())
    facts = {"area_id": None, "code": "", "sources": sources}
    made = [shape.but(key=f"n{next(_new)}", name=f"新{next(_new)}", geometry=half, **facts) for half in halves]
    return [one for one in shapes if one is not shape] + made


def merge(shapes: list[Shape], chance: random.Random) -> list[Shape]:
    """Two neighbours become one; the first may go on as itself. What an earlier hand has folded is left as it is."""
    first = chance.choice(shapes)
    if not first.geometry.is_valid:
        return shapes
    sound = [s for s in shapes if s is not first and s.geometry.is_valid]
    near = [s for s in sound if shapely.relate(s.geometry, first.geometry)[4] == "1"]
    if not near or len(shapes) < 3:
        return shapes
    other = chance.choice(near)
    sources = tuple({*first.sources, *other.sources, *(s.area_id for s in (first, other) if s.area_id)})
    facts = {} if chance.random() < 0.5 else {"key": f"n{next(_new)}", "area_id": None, "code": ""}
    one = first.but(geometry=many(shapely.union(first.geometry, other.geometry)), sources=sources, **facts)
    return [s for s in shapes if s is not first and s is not other] + [one]


def _moved(shapes: list[Shape], chance: random.Random, *, together: bool) -> list[Shape]:
    places = shapely.get_coordinates([s.geometry for s in shapes])
    x, y = places[chance.randrange(len(places))]
    by = np.array([chance.uniform(-4e-4, 4e-4), chance.uniform(-4e-4, 4e-4)])
    owners = [s for s in shapes if (shapely.get_coordinates(s.geometry) == (x, y)).all(axis=1).any()]
    chosen = owners if together else [chance.choice(owners)]

    def shift(points):
        same = (points == (x, y)).all(axis=1)
        return np.where(same[:, None], points + by, points)

    return [s.but(geometry=shapely.transform(s.geometry, shift)) if s in chosen else s for s in shapes]


def move(shapes: list[Shape], chance: random.Random) -> list[Shape]:
    """A corner moves in every shape that has it, as in the editor; it may leave the parent or fold a shape."""
    return _moved(shapes, chance, together=True)


def slip(shapes: list[Shape], chance: random.Random) -> list[Shape]:
    """A corner moves in one shape only: an overlap, a gap or both."""
    return _moved(shapes, chance, together=False)


def coarsen(shapes: list[Shape], chance: random.Random) -> list[Shape]:
    """One shape comes back with fewer decimals."""
    shape = chance.choice(shapes)
    rough = many(shapely.transform(shape.geometry, lambda points: np.round(points, 5)))
    return [one.but(geometry=rough) if one is shape else one for one in shapes]


HANDS: list[Callable[[list[Shape], random.Random], list[Shape]]] = [split, merge, move, slip, coarsen]
