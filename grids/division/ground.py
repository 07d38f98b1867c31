"""The ground as it is today, as a division needs it: children, their polygons, the parent's, the neighbours'."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import shapely
from django.contrib.gis.geos import Polygon

from grids.geodata.bridge import to_shapely
from grids.models import Area, BoundaryPlan, BoundaryVersion
from grids.permissions import ABOVE


@dataclass(frozen=True)
class Version:
    """A boundary version with its polygon for shapely."""

    pk: UUID
    area_id: int
    drawing: shapely.MultiPolygon


def children_of(parent: Area, kind: str) -> list[Area]:
    """The areas of `kind` in use directly under `parent`, in the order of their codes; one query."""
    return list(parent.children.filter(kind=kind, retired_at=None).order_by("code"))


def in_between(parent: Area, kind: str) -> Area | None:
    """An area in use between `parent` and `kind`: that one is divided, not the same ground twice; one query."""
    levels = list(Area.Kind)
    between = levels[levels.index(Area.Kind(parent.kind)) + 1 : levels.index(Area.Kind(kind))]
    rows = Area.objects.filter(path__gt=parent.path, path__lt=parent.path + ABOVE, kind__in=between, retired_at=None)
    return rows.order_by("path").first() if between else None


def known_to(plan: BoundaryPlan) -> dict[int, Area]:
    """Every area that a shape of the plan may continue or come from, retired ones too; one query."""
    return {area.pk: area for area in Area.objects.filter(parent=plan.parent_id, kind=plan.child_kind)}


def current_of(areas: Iterable[Area]) -> dict[int, Version]:
    """Area id → its current boundary; one query."""
    rows = BoundaryVersion.objects.filter(area__in=[area.pk for area in areas], until=None)
    columns = rows.values_list("pk", "area_id", "polygon")
    return {area: Version(pk, area, to_shapely(polygon)) for pk, area, polygon in columns}


def outline_of(parent: Area) -> shapely.MultiPolygon | None:
    """The current polygon of `parent`, if it has one."""
    version = parent.boundaries.filter(until=None).first()
    return to_shapely(version.polygon) if version else None


def around(parent: Area, kind: str, box: tuple[float, float, float, float] | None) -> list[tuple[int, str, Any]]:
    """(id, name, polygon) of the areas of `kind` under other parents that touch the box."""
    if box is None:
        return []
    rows = BoundaryVersion.objects.filter(kind=kind, until=None, area__retired_at=None)
    rows = rows.filter(polygon__bboverlaps=Polygon.from_bbox(box)).exclude(area__parent=parent)
    return list(rows.order_by("area__path").values_list("area_id", "area__name", "polygon")[:500])
