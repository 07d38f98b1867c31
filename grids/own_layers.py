"""What the ground itself shows on the big map: the borders of each level, the buildings, roads and water."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from grids.layers import MOST, Feature, Layer, Rows, register
from grids.models import Area, BoundaryVersion, Building, Way, WaySet
from grids.permissions import Perm


def _houses(found: QuerySet[Any]) -> list[Feature]:
    drawn = found.annotate(drawing=AsGeoJSON("place", precision=7)).order_by("area_path", "name", "pk")
    return [
        {
            "type": "Feature",
            "geometry": json.loads(drawing),
            "properties": {
                "id": f"b{pk}",
                "label": f"{name} · {area}",
                "kind": "building",
                "url": reverse("grids:building", args=[pk]),
            },
        }
        for pk, name, area, drawing in drawn.values_list("pk", "name", "area__name", "drawing")[:MOST]
    ]


def buildings(request: Any) -> Rows:
    """Footprints, or points where nothing was drawn."""
    found = Building.objects.visible_to(request.user).filter(retired_at=None)
    place = Coalesce("footprint", "point", output_field=GeometryField(srid=4326))
    return Rows(found.annotate(place=place).exclude(place=None), "place", _houses, most=MOST)


def _lines(found: QuerySet[Any]) -> list[Feature]:
    drawn = found.annotate(drawing=AsGeoJSON("line", precision=7)).order_by("pk")
    return [
        {
            "type": "Feature",
            "geometry": json.loads(drawing),
            "properties": {
                "id": f"w{pk}",
                "label": " · ".join(filter(None, [name, str(Way.Kind(kind).label)])),
                "kind": f"way-{kind}",
            },
        }
        for pk, kind, name, drawing in drawn.values_list("pk", "kind", "name", "drawing")[:MOST]
    ]


def ways(request: Any) -> Rows:
    """Roads, railways and water where the reader may see the area they were imported for."""
    sets = WaySet.objects.visible_to(request.user).current()
    return Rows(Way.objects.filter(set__in=sets), "line", _lines, gathered=False, most=MOST)


def _borders(found: QuerySet[Any]) -> list[Feature]:
    drawn = found.annotate(drawing=AsGeoJSON("polygon", precision=7), label=F("area__name")).order_by("area__path")
    return [
        {
            "type": "Feature",
            "geometry": json.loads(drawing),
            "properties": {"id": area, "label": label, "kind": kind, "url": reverse("grids:area", args=[area])},
        }
        for area, label, kind, drawing in drawn.values_list("area", "label", "kind", "drawing")[:MOST]
    ]


def borders(kind: str) -> Callable[[Any], Rows]:
    """The polygons of one level."""

    def rows(request: Any) -> Rows:
        found = BoundaryVersion.objects.filter(kind=kind, until=None, area__retired_at=None)
        return Rows(found.filter(area__in=Area.objects.visible_to(request.user)), "polygon", _borders, most=MOST)

    return rows


BORDERS = (
    (1, "streets", Area.Kind.STREET, _("Borders of streets"), "building-community"),
    (2, "communities", Area.Kind.COMMUNITY, _("Borders of communities"), "home"),
    (3, "grids", Area.Kind.GRID, _("Borders of grids"), "grid-dots"),
)


def register_own() -> None:
    """Called once, when the room opens."""
    perm = Perm.VIEW_AREAS
    for order, key, kind, label, icon in BORDERS:
        shown = kind == Area.Kind.GRID
        note = _("As they stand today; the name where there is room for it.")
        register(Layer(order, key, label, icon, perm, note, shown=shown, rows=borders(kind), tiles=str(kind)))
    note = _("Footprints, or a point where none was drawn; from afar, how many lie together.")
    register(Layer(10, "buildings", _("Buildings"), "building", perm, note, rows=buildings, tiles="buildings"))
    note = _("As they were imported.")
    register(Layer(12, "ways", _("Roads and water"), "route", perm, note, rows=ways))
