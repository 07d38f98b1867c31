"""What the ground itself shows on an area's page: how many places and city assets are listed there."""

from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from grids.models import Asset, Place
from grids.panels import Panel, register


def numbers(request: Any, area: Any) -> dict[str, Any]:
    """Two queries over the subtree."""
    places = Place.objects.visible_to(request.user).listed().below(area)
    assets = Asset.objects.visible_to(request.user).listed().below(area)
    return {
        "area_id": area.pk,
        "places": places.count(),
        "assets": assets.aggregate(all=Count("pk"), damaged=Count("pk", filter=Q(condition="damaged"))),
    }


def register_own() -> None:
    """Called once, when the room opens."""
    register(Panel(10, _("Places and city assets"), "grids/things/area_panel.html", numbers))
