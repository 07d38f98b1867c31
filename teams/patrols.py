"""Reading patrols: what is due for whom, what a patrol says of its checkpoints, and everything as shapes for a map."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from grids.permissions import Perm, allows
from teams.models import Checkpoint, CheckpointMark, Patrol, PatrolPlan, PatrolRoute


@dataclass(frozen=True, slots=True)
class Due:
    """A plan that falls on a day, and the patrol that was already walked for it."""

    plan: PatrolPlan
    done: Patrol | None


def due_on(user: Any, day: date) -> list[Due]:
    """What is due for the person on `day`, in the order of the areas; two queries.

    Of a unit's plan anyone of the unit may walk; once somebody has begun, it is no longer due for the others.
    """
    plans = PatrolPlan.objects.on(day).meant_for(user).filter(route__retired_at=None)
    rows = [
        plan
        for plan in plans.select_related("route__area", "unit", "person")
        if plan.is_due(day) and allows(user, Perm.WALK_PATROLS, plan.route)
    ]
    if not rows:
        return []
    walked: dict[int, Patrol] = {}
    begins = timezone.make_aware(datetime.combine(day, time()))  # a span, not the day of each walk there ever was
    ends = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
    begun = Patrol.objects.filter(plan__in=rows, started_at__gte=begins, started_at__lt=ends).order_by("started_at")
    for patrol in begun:
        walked.setdefault(patrol.plan_id or 0, patrol)
    return [
        Due(plan, walked.get(plan.pk)) for plan in rows if plan.pk not in walked or walked[plan.pk].walker_id == user.pk
    ]


@dataclass(frozen=True, slots=True)
class Stop:
    """A checkpoint with what a patrol said of it; `mark` None when nothing was said."""

    checkpoint: Checkpoint
    mark: CheckpointMark | None

    @property
    def state(self) -> str:
        """confirmed, unconfirmed or open."""
        if self.mark is None:
            return "open"
        return "confirmed" if self.mark.is_confirmed else "unconfirmed"


def stops_of(patrol: Patrol) -> list[Stop]:
    """The checkpoints of the route as they are, and those taken off since that this patrol spoke of; two queries."""
    marks = {mark.checkpoint_id: mark for mark in patrol.marks.all()}
    rows = Checkpoint.objects.filter(route=patrol.route_id).filter(Q(retired_at=None) | Q(pk__in=list(marks)))
    return [Stop(row, marks.get(row.pk)) for row in rows.order_by("order", "pk")]


def line_feature(segments: Any) -> list[dict[str, Any]]:
    """A track as GeoJSON features, one for each stretch: between two of them the phone knew no place."""
    return [
        {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": [[x, y] for x, y, _at in part]},
            "properties": {"kind": "track"},
        }
        for part in segments
    ]


def stop_features(stops: Any) -> list[dict[str, Any]]:
    """Checkpoints that have a place."""
    return [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [stop.point.x, stop.point.y]},
            "properties": {"id": stop.pk, "label": f"{stop.order} {stop.name}", "kind": "stop"},
        }
        for stop in stops
        if stop.point
    ]


def walk_data(route: PatrolRoute, plan: PatrolPlan | None, url: str) -> dict[str, Any]:
    """What a phone needs to walk a route without a signal."""
    return {
        "route": route.pk,
        "plan": plan.pk if plan else None,
        "name": route.name,
        "url": url,
        "grid": route.area_id,  # reports on the way that name no place lie there
        "stops": [
            {
                "id": stop.pk,
                "name": stop.name,
                "lon": stop.point.x if stop.point else None,
                "lat": stop.point.y if stop.point else None,
            }
            for stop in route.standing_stops
        ],
    }


def routes_for_list(user: Any, *, retired: bool) -> Any:
    """Routes the office plans, with what a line of the list shows."""
    rows = PatrolRoute.objects.visible_to(user, Perm.PLAN_PATROLS).select_related("area")
    rows = rows.exclude(retired_at=None) if retired else rows.standing()
    planned = PatrolPlan.objects.on(timezone.localdate()).filter(route=OuterRef("pk"))
    return rows.annotate(planned=Exists(planned))
