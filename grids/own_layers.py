"""What the ground itself shows on the big map: the buildings."""

import json
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from grids.layers import MOST, Feature, Layer, register
from grids.models import Building
from grids.permissions import Perm


def buildings(request: Any) -> list[Feature]:
    """Footprints, or points where nothing was drawn; one query."""
    rows = Building.objects.visible_to(request.user).filter(retired_at=None)
    rows = rows.annotate(drawing=Coalesce(AsGeoJSON("footprint", precision=7), AsGeoJSON("point", precision=7)))
    found = (
        rows.exclude(drawing=None)
        .order_by("area_path", "name", "pk")
        .values_list("pk", "name", "area__name", "drawing")
    )
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
        for pk, name, area, drawing in found[:MOST]
    ]


def register_own() -> None:
    """Called once, when the room opens."""
    note = _("Footprints, or a point where none was drawn.")
    register(Layer(10, "buildings", _("Buildings"), "building", Perm.VIEW_AREAS, note, buildings))
