"""What a draft weighs: households, persons, buildings, workload, area and outline of each of its shapes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from grids.division.shapes import Shape, drawn
from grids.geodata.bridge import to_shapely
from grids.geodata.measure import in_metres
from grids.models import Area, Building
from grids.permissions import ABOVE

PER_BUILDING = 10  # a building is work of its own: stairs, meters, fire doors; as much as ten households


@dataclass(frozen=True)
class House:
    """A building of the divided area, as far as a division needs it."""

    pk: int
    name: str
    households: int
    persons: int
    area_id: int
    point: shapely.Point | None
    footprint: shapely.MultiPolygon | None


def houses_of(parent: Area) -> list[House]:
    """The buildings that stand under `parent`; one query."""
    rows = Building.objects.filter(area_path__gte=parent.path, area_path__lt=parent.path + ABOVE, retired_at=None)
    columns = ("pk", "name", "households", "persons", "area_id", "point", "footprint")
    return [
        House(pk, name, households or 0, persons or 0, area, to_shapely(point), to_shapely(footprint))
        for pk, name, households, persons, area, point, footprint in rows.order_by("pk").values_list(*columns)
    ]


def assign(shapes: Sequence[Shape], houses: Sequence[House]) -> dict[int, str]:
    """Building → key of the one shape that holds it; what has no point stays with the shape that continues its area.

    A building in no shape is left out.
    """
    ordered = sorted(drawn(shapes), key=lambda shape: shape.order)
    continuing = {shape.area_id: shape.key for shape in shapes if shape.area_id is not None}
    stays = [house for house in houses if house.point is None and house.area_id in continuing]
    answer = {house.pk: continuing[house.area_id] for house in stays}
    placed = [house for house in houses if house.point is not None]
    if ordered and placed:
        polygons = np.array([shape.geometry for shape in ordered])
        shapely.prepare(polygons)
        points, found = shapely.STRtree(polygons).query([house.point for house in placed], predicate="intersects")
        for point, number in sorted(zip(points.tolist(), found.tolist(), strict=True), reverse=True):
            answer[placed[point].pk] = ordered[number].key
    return answer


def numbers(shapes: Sequence[Shape], houses: Sequence[House], known: dict[int, Area]) -> dict[str, dict[str, float]]:
    """Key → households, persons, buildings, workload, area_m2, perimeter_m.

    Households and persons are those of the buildings; where no building says any, those of the area it continues.
    """
    answer = {shape.key: dict.fromkeys(("households", "persons", "buildings"), 0.0) for shape in shapes}
    where = assign(shapes, houses)
    for house in houses:
        row = answer.get(where.get(house.pk, ""))
        if row is not None:
            row["buildings"] += 1
            row["households"] += house.households
            row["persons"] += house.persons
    if not any(house.households or house.persons for house in houses):
        _as_recorded(shapes, answer, known)
    flat = in_metres(np.array([shape.geometry for shape in shapes], dtype=object)) if shapes else []
    for shape, area, outline in zip(shapes, shapely.area(flat), shapely.length(flat), strict=True):
        row = answer[shape.key]
        row["workload"] = row["households"] + PER_BUILDING * row["buildings"]
        row["area_m2"] = round(float(np.nan_to_num(area)), 1)
        row["perimeter_m"] = round(float(np.nan_to_num(outline)), 1)
    return answer


def _as_recorded(shapes: Sequence[Shape], answer: dict[str, dict[str, float]], known: dict[int, Area]) -> None:
    for shape in shapes:
        area = known.get(shape.area_id) if shape.area_id is not None else None
        if area is not None:
            answer[shape.key] |= {"households": area.households or 0, "persons": area.persons or 0}
