"""Who holds a post in which grid, and what of each was walked, on the big map."""

import json
from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON, PointOnSurface
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gridgov.dbtime import now
from grids.layers import MOST, NEAR, Feature, Layer, Rows, point, register
from grids.models import BoundaryVersion
from grids.permissions import Perm
from teams.models import Assignment, PatrolCoverage


def posts(request: Any) -> Rows:
    """One point in each grid that has people."""
    today = timezone.localdate(now(request))
    held = Assignment.objects.visible_to(request.user).on(today).filter(area__kind="grid", area__retired_at=None)
    drawn = BoundaryVersion.objects.filter(until=None, area__in=held.values("area"))
    return Rows(drawn, "polygon", lambda found: _people(found, held), sign="post", near=NEAR)


def _people(found: QuerySet[Any], held: QuerySet[Any]) -> list[Feature]:
    """With names and roles; two queries."""
    places = found.annotate(middle=PointOnSurface("polygon")).order_by("area__path")
    grids = list(places.values_list("area", "area__name", "middle")[:MOST])
    people: dict[int, list[str]] = defaultdict(list)
    for post in held.filter(area__in=[one[0] for one in grids]).select_related("user").order_by("role", "user__name"):
        people[post.area_id].append(post.person)
    return [
        point(
            middle.x, middle.y, id=f"p{area}", label=f"{name} · {_(', ').join(people[area])}",
            kind="post", url=reverse("grids:area", args=[area]),
        )
        for area, name, middle in grids
    ]  # fmt: skip


def coverage(request: Any) -> Rows:
    """Each grid by how much of its ground was walked in the last whole week."""
    today = timezone.localdate(now(request))
    week = today - timedelta(days=today.weekday() + 7)
    seen = PatrolCoverage.objects.visible_to(request.user).filter(week=week)
    drawn = BoundaryVersion.objects.filter(until=None, kind="grid", area__in=seen.values("area"))
    return Rows(drawn, "polygon", lambda found: _covered(found, seen), gathered=False, most=MOST)


def _covered(found: QuerySet[Any], seen: QuerySet[Any]) -> list[Feature]:
    """Two queries."""
    drawings = found.annotate(drawing=AsGeoJSON("polygon", precision=7)).order_by("area__path")
    grids = list(drawings.values_list("area", "area__name", "drawing")[:MOST])
    known = {one.area_id: one for one in seen.filter(area__in=[one[0] for one in grids])}
    features = []
    for area, name, drawing in grids:
        week = known[area]
        facts = {"percent": round(week.ground * 100), "seen": week.confirmed, "of": week.checkpoints}
        said = _("%(percent)s%% of the ground, %(seen)s of %(of)s checkpoints") % facts
        features.append(
            {
                "type": "Feature",
                "geometry": json.loads(drawing),
                "properties": {
                    "id": f"w{area}", "label": f"{name} · {said}", "kind": "covered",
                    "share": min(4, int(week.ground * 5)), "url": reverse("patrols:coverage"),
                },
            }
        )  # fmt: skip
    return features


def register_own() -> None:
    """Called once, when the room opens."""
    note = _("Who holds a post in each grid today.")
    register(Layer(40, "posts", _("People's posts"), "users", Perm.VIEW_PEOPLE, note, rows=posts))
    walked = _("How much of each grid's ground was walked last week: the darker, the more. It does not say by whom.")
    register(Layer(45, "coverage", _("Patrol coverage"), "route", Perm.PLAN_PATROLS, walked, rows=coverage))
