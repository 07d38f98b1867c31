"""What the page of an area shows of people: who holds a post here today."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grids.panels import Panel, register
from grids.permissions import Perm, allows
from teams.models import Assignment

MOST = 40


def people(request: Any, area: Any) -> dict[str, Any] | None:
    """Posts on the area itself, for readers of the address book there."""
    if not allows(request.user, Perm.VIEW_PEOPLE, area):
        return None
    posts = Assignment.objects.on(timezone.localdate()).filter(area=area).select_related("user", "unit")
    return {"posts": list(posts.order_by("role", "id")[:MOST])}


def register_own() -> None:
    """Called once, when the room opens."""
    register(Panel(10, _("People"), "teams/area_panel.html", people))
