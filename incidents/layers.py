"""What incidents show on the big map: each open case as a point, and each grid by its most urgent case."""

import json
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import Count, Max, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridgov.privacy import masks
from grids.layers import MOST, MOST_PINS, NEAR, Feature, Layer, Rows, point, register
from grids.models import BoundaryVersion
from grids.permissions import Perm
from incidents.models import Incident


def pin(incident: Incident) -> Feature:
    """One incident as a GeoJSON point."""
    assert incident.point is not None
    label = f"{incident.category.label} · {masks.mask_text(incident.place) or incident.area.name}"
    url = reverse("incidents:detail", args=[incident.pk])
    return point(incident.point.x, incident.point.y, id=str(incident.pk), label=label, level=incident.level, url=url)


def open_cases(request: Any) -> Rows:
    """The open incidents that have a place; many together are gathered, coloured by the most urgent."""
    rows = Incident.objects.visible_to(request.user).open().filter(point__isnull=False)
    return Rows(rows, "point", _pins, level="level", most=MOST_PINS, near=NEAR)


def _pins(found: QuerySet[Any]) -> list[Feature]:
    """The newest first; one query."""
    rows = found.select_related("category", "area").order_by("-reported_at", "-id")
    return [pin(incident) for incident in rows[:MOST]]


def by_grid(request: Any) -> Rows:
    """Each grid with open incidents, filled by the highest level among them."""
    rows = Incident.objects.visible_to(request.user).open().order_by()
    drawn = BoundaryVersion.objects.filter(until=None, kind="grid", area__in=rows.values("area"))
    return Rows(drawn, "polygon", lambda found: _filled(found, rows), gathered=False, most=MOST)


def _filled(drawn: QuerySet[Any], rows: QuerySet[Any]) -> list[Feature]:
    """Two queries."""
    inside = rows.filter(area__in=drawn.values("area"))
    counts = {one["area"]: one for one in inside.values("area").annotate(open=Count("pk"), level=Max("level"))}
    found = (
        drawn.order_by("area__path")
        .annotate(drawing=AsGeoJSON("polygon", precision=7))
        .values_list("area", "area__name", "drawing")
    )
    return [
        {
            "type": "Feature",
            "geometry": json.loads(drawing),
            "properties": {
                "id": f"i{area}",
                "label": f"{name} · {counts[area]['open']}",
                "kind": "filled",
                "fill": counts[area]["level"],
                "url": reverse("grids:area", args=[area]),
            },
        }
        for area, name, drawing in found[:MOST]
        if area in counts  # closed meanwhile
    ]


def register_own() -> None:
    """Called once, when the room opens."""
    cases = _("Open incidents; shape and colour tell the level.")
    filled = _("How many are open in each grid; the colour is that of the most urgent.")
    perm = Perm.VIEW_INCIDENTS
    register(Layer(30, "incidents", _("Incidents"), "clipboard-list", perm, cases, shown=True, rows=open_cases))
    register(Layer(20, "incidents-by-grid", _("Incidents by grid"), "chart-bar", perm, filled, rows=by_grid))
