"""Who holds a post in which grid, on the big map."""

from collections import defaultdict
from typing import Any

from django.contrib.gis.db.models.functions import PointOnSurface
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gridgov.dbtime import now
from grids.layers import MOST, Feature, Layer, point, register
from grids.models import BoundaryVersion
from grids.permissions import Perm
from teams.models import Assignment


def posts(request: Any) -> list[Feature]:
    """One point in each grid that has people, with their names and roles; two queries."""
    today = timezone.localdate(now(request))
    held = Assignment.objects.visible_to(request.user).on(today).filter(area__kind="grid", area__retired_at=None)
    people: dict[int, list[str]] = defaultdict(list)
    for post in held.select_related("user").order_by("area_path", "role", "user__name")[: 4 * MOST]:
        people[post.area_id].append(f"{post.user.name}（{post.get_role_display()}）")
    drawn = BoundaryVersion.objects.filter(until=None, area__in=list(people)).annotate(middle=PointOnSurface("polygon"))
    found = drawn.order_by("area__path").values_list("area", "area__name", "middle")[:MOST]
    return [
        point(
            middle.x, middle.y, id=f"p{area}", label=f"{name} · {'、'.join(people[area])}",
            kind="post", url=reverse("grids:area", args=[area]),
        )
        for area, name, middle in found
    ]  # fmt: skip


def register_own() -> None:
    """Called once, when the room opens."""
    note = _("Who holds a post in each grid today.")
    register(Layer(40, "posts", _("People's posts"), "users", Perm.VIEW_PEOPLE, note, posts))
