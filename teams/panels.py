"""What the page of an area shows of people: who holds a post here, or in a unit of it, today."""

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grids.panels import Panel, register
from grids.permissions import Perm, allows
from teams.models import Assignment
from teams.roles import Role

MOST = 40
ORDER = {role.value: place for place, role in enumerate(Role)}


def people(request: Any, area: Any) -> dict[str, Any] | None:
    """Today's posts on the area itself and of its own units, for readers of the address book there."""
    if not allows(request.user, Perm.VIEW_PEOPLE, area):
        return None
    held = Assignment.objects.visible_to(request.user).on(timezone.localdate())
    rows = held.filter(Q(area=area) | Q(unit__area=area)).select_related("user", "unit", "area")
    posts = sorted(rows[: 5 * MOST], key=lambda post: (post.area_id != area.pk, ORDER.get(post.role, 99), post.pk))
    return {"posts": posts[:MOST], "more": len(posts) > MOST, "area": area}


def register_own() -> None:
    """Called once, when the room opens."""
    register(Panel(10, _("People"), "teams/area_panel.html", people))
