"""Areas and buildings as lines of GeoJSON, written by the database: a feature each, in degrees (CGCS2000)."""

import json
from collections.abc import Iterable
from typing import Any

from django.contrib.gis.db.models import MultiPolygonField
from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import F, Func, QuerySet, Value
from django.urls import reverse

from grids.models import BoundaryVersion, Building

PLACES = 7  # digits after the point: a centimetre
ROUGH = 0.00002  # degrees (about 2 m): what a map of many shapes, or one for a phone's pocket, may leave out
MOST_SHAPES = 20_000
MOST_BUILDINGS = 5_000


def area_lines(rows: QuerySet[BoundaryVersion], *, rough: bool, linked: bool = True) -> Iterable[str]:
    """A line for each boundary, parents first; `linked`: with the address of the area's page."""
    shape: Any = F("polygon")
    if rough:
        shape = Func(shape, Value(ROUGH), function="ST_SimplifyPreserveTopology", output_field=MultiPolygonField())
    rows = rows.annotate(drawing=AsGeoJSON(shape, precision=PLACES)).order_by("area__path")
    for pk, name, kind, drawing in rows.values_list("area_id", "area__name", "kind", "drawing")[:MOST_SHAPES]:
        page = {"url": reverse("grids:area", args=[pk])} if linked else {}
        yield _line(drawing, id=pk, label=name, kind=kind, **page)


def building_lines(rows: QuerySet[Building]) -> Iterable[str]:
    """A line for each building, by its footprint."""
    rows = rows.annotate(drawing=AsGeoJSON("footprint", precision=PLACES)).order_by("pk")
    for pk, name, drawing in rows.values_list("pk", "name", "drawing")[:MOST_BUILDINGS]:
        yield _line(drawing, id=f"b{pk}", label=name, kind="building", url=reverse("grids:building", args=[pk]))


def _line(shape: str, **properties: Any) -> str:
    return f'{{"type":"Feature","properties":{json.dumps(properties, ensure_ascii=False)},"geometry":{shape}}}'
