"""What has not been looked at, by grid and week: for the office, and never by whom (no ranking, no distances)."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gridgov.accounts.requests import SignedInRequest
from grids import permissions
from grids.models import Building
from grids.permissions import Perm
from teams.actions.patrol_coverage import monday
from teams.models import Checkpoint, CheckpointMark, PatrolCoverage
from teams.patrol_forms import WeekForm
from teams.views.patrols import tabs

MOST_GRIDS = 200
MOST_SHAPES = 1500
MOST_NAMES = 40
SHAPE = Coalesce("footprint", "point", output_field=GeometryField(srid=4326))


def _week(request: SignedInRequest) -> date:
    form = WeekForm(request.GET)
    asked = form.cleaned_data["week"] if form.is_valid() else None
    return monday(asked or timezone.localdate())


def _open_stops(rows: list[PatrolCoverage], week: date) -> dict[int, list[Checkpoint]]:
    """Grid → standing checkpoints nobody confirmed that week."""
    begin = timezone.make_aware(datetime.combine(week, time()))
    end = begin + timedelta(days=7)
    seen = CheckpointMark.objects.filter(
        checkpoint=OuterRef("pk"), is_confirmed=True, patrol__started_at__gte=begin, patrol__started_at__lt=end
    )
    found = Checkpoint.objects.standing().filter(area__in=[row.area_id for row in rows], route__retired_at=None)
    grouped: dict[int, list[Checkpoint]] = {}
    for stop in found.filter(~Exists(seen)).order_by("route", "order")[:MOST_SHAPES]:
        grouped.setdefault(stop.area_id, []).append(stop)
    return grouped


def _buildings(rows: list[PatrolCoverage]) -> dict[int, list[Any]]:
    """Grid → buildings no track came near, with their shapes."""
    ids = [pk for row in rows for pk in row.unseen][:MOST_SHAPES]
    found = Building.objects.filter(pk__in=ids).annotate(shape=AsGeoJSON(SHAPE, precision=6))
    grouped: dict[int, list[Any]] = {}
    for building in found.order_by("area_path", "name").only("name", "area_id"):
        grouped.setdefault(building.area_id, []).append(building)
    return grouped


def _shapes(buildings: dict[int, list[Any]], stops: dict[int, list[Checkpoint]]) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "geometry": json.loads(one.shape),
            "properties": {"id": f"b{one.pk}", "label": one.name, "kind": "building"},
        }
        for group in buildings.values()
        for one in group
        if one.shape
    ]
    features += [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [stop.point.x, stop.point.y]},
            "properties": {"id": f"c{stop.pk}", "label": stop.name, "kind": "stop"},
        }
        for group in stops.values()
        for stop in group
        if stop.point
    ]
    return {"type": "FeatureCollection", "features": features}


@require_safe
@never_cache
def coverage(request: SignedInRequest) -> HttpResponse:
    """A line for each grid, in the order of their codes: which places nobody looked at this week."""
    permissions.require_anywhere(request.user, Perm.PLAN_PATROLS)
    week = _week(request)
    kept = PatrolCoverage.objects.visible_to(request.user).filter(week=week).select_related("area")
    rows = list(kept.order_by("area_path")[:MOST_GRIDS])
    buildings, stops = _buildings(rows), _open_stops(rows, week)
    lines = [
        {
            "row": row,
            "ground": round(row.ground * 100),
            "open": row.buildings - row.buildings_seen + len(stops.get(row.area_id, [])),
            "buildings": buildings.get(row.area_id, [])[:MOST_NAMES],
            "stops": stops.get(row.area_id, [])[:MOST_NAMES],
        }
        for row in rows
    ]
    this = monday(timezone.localdate())
    context = {
        "tabs": tabs("coverage"),
        "week": week,
        "last_day": week + timedelta(days=6),
        "earlier": week - timedelta(days=7),
        "later": week + timedelta(days=7) if week < this else None,
        "lines": lines,
        "shapes": _shapes(buildings, stops),
        "as_of": max((row.reckoned_at for row in rows), default=None),
        "title": _("Not looked at"),
    }
    return render(request, "teams/patrols/coverage.html", context)
