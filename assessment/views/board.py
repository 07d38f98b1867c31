"""街道总览: what needs me now, the map, the table that explains it, the stream."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, When
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessment import metrics
from assessment.metrics import Numbers
from gridgov.accounts.requests import SignedInRequest
from gridgov.clock import calendars
from gridgov.clock.levels import Level
from gridgov.dbtime import now
from grids import permissions
from grids.models import Area, BoundaryVersion
from grids.permissions import Perm, scope
from incidents.lists import mine
from incidents.models import Incident
from incidents.models.incident import IS_OPEN
from incidents.permissions import leading, steps_open
from incidents.words import line
from incidents.workflow import MOVES

NEEDS_ME = 6
NEWEST = 4


def chosen(request: SignedInRequest) -> tuple[Area, list[Area]]:
    """The area the board is about (`?area=id`), and those it could be about."""
    permissions.require_anywhere(request.user, Perm.VIEW_BOARD)
    areas = metrics.board_areas(request.user)
    wanted = request.GET.get("area", "")
    found = next((area for area in areas if str(area.pk) == wanted), None)
    if wanted and found is None:
        raise Http404
    streets = [area for area in areas if area.kind == Area.Kind.STREET]
    found = found or next(iter(streets or areas), None)
    if found is None:
        raise Http404
    return found, areas


def listed(path: str, **query: Any) -> str:
    """The address of the list that a number counts."""
    return f"{reverse('incidents:list')}?{urlencode({'tab': 'all', 'area': path, **query})}"


def linked(path: str, **query: Any) -> dict[str, str]:
    """The lists behind the three numbers of a line in a table."""
    return {
        "url": listed(path, status="open", **query),
        "late_url": listed(path, tab="late", **query),
        "very_late_url": listed(path, tab="late", status="very_late", **query),
    }


def heads(found: Numbers, area: Area) -> list[dict[str, Any]]:
    """The row of numbers, each a link to the list it counts."""
    return [
        {"label": _("To dispatch"), "value": found.waiting, "url": listed(area.path, tab="waiting")},
        {"label": _("New today"), "value": found.new_today, "url": listed(area.path, reported=1)},
        {"label": _("Due today"), "value": found.due_today, "url": listed(area.path, due="today")},
        {"label": Level.LATE.label, "value": found.late, "url": listed(area.path, tab="late"), "level": 2},
        {
            "label": Level.VERY_LATE.label,
            "value": found.very_late,
            "url": listed(area.path, tab="late", status="very_late"),
            "level": 3,
        },
        {"label": _("To verify"), "value": found.to_verify, "url": listed(area.path, status="to_verify")},
        {"label": _("Under way"), "value": found.open, "url": listed(area.path, status="open")},
    ]


def newest_and_mine(request: SignedInRequest, area: Area) -> tuple[list[Incident], ...]:
    """The last reports the person may read, whoever they wait for, and what waits for their units; in one query.

    Their keys are found first: what a line shows besides is joined to ten rows, not to all that could be among them.
    """
    rows = Incident.objects.visible_to(request.user).filter(metrics.within(area.path))
    waits = IS_OPEN & mine(scope(request.user))
    newest = rows.order_by("-reported_at", "-id").values("pk")[:NEWEST]
    waiting = rows.filter(waits).order_by("due_at", "id").values("pk")[:NEEDS_ME]
    for_me = Case(When(waits, then=True), default=False)
    found: Any = Incident.objects.filter(pk__in=newest.union(waiting)).for_list().annotate(for_me=for_me)
    found, last = list(found), datetime.max.replace(tzinfo=UTC)
    return (
        sorted(found, key=lambda row: (row.reported_at, row.pk), reverse=True)[:NEWEST],
        sorted((row for row in found if row.for_me), key=lambda row: (row.due_at or last, row.pk))[:NEEDS_ME],
    )


def with_step(request: SignedInRequest, incident: Incident) -> dict[str, Any]:
    """An incident with its one button."""
    name = leading(steps_open(request.user, incident, now=now(request)))
    return {"row": incident, "step": MOVES[name].label if name else _("Look")}


def _queue(request: SignedInRequest) -> dict[str, Any]:
    area, areas = chosen(request)
    rows = Incident.objects.visible_to(request.user, Perm.VIEW_BOARD).filter(metrics.within(area.path))
    newest, waiting = newest_and_mine(request, area)
    return {
        "area": area,
        "areas": areas,
        "map_query": f"?area={area.pk}",
        "rows": rows,
        "heads": heads(metrics.numbers(rows, now(request)), area),
        "newest": newest,
        "newest_url": listed(area.path, reported=1),
        "mine": [with_step(request, incident) for incident in waiting],
        "now": now(request),
    }


@require_safe
@never_cache
def queue(request: SignedInRequest) -> HttpResponse:
    """The numbers, the last reports and what waits: asked for every eight seconds while the page is looked at."""
    return render(request, "assessment/board_queue.html", _queue(request))


@require_safe
@never_cache
def board(request: SignedInRequest) -> HttpResponse:
    """The whole board; its lower half refreshes every minute."""
    context = _queue(request)
    area, rows = context["area"], context["rows"]
    context |= {
        "by_area": [item | linked(item["area_path"], exact=1) for item in metrics.by_area(rows)],
        "by_unit": [item | linked(area.path, acting=item["unit"]) for item in metrics.by_unit(rows)],
        "stream": [(step, line(step)) for step in metrics.stream(request.user, area.path)],
        "without_arrangement": [f"{one.name} {year}" for one, year in calendars.missing_years(now(request))],
    }
    part = request.headers.get("HX-Target") == "board-body"
    return render(request, "assessment/board_body.html" if part else "assessment/board.html", context)


@require_safe
@never_cache
def board_trend(request: SignedInRequest) -> HttpResponse:
    """The chart of the last days, fetched when it is scrolled to."""
    area, _areas = chosen(request)
    trend = chart(metrics.trend(area.path, now(request)))
    return render(request, "assessment/board_trend.html", {"trend": trend})


def chart(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "line",
        "head": _("Day"),
        "unit": _("incidents"),
        "labels": found["labels"],
        "series": [
            {"name": _("Reported"), "values": found["reported"]},
            {"name": _("Ended"), "values": found["ended"]},
        ],
    }


def coloured(versions: Any, counts: dict[int, dict[str, Any]], url: Any) -> dict[str, Any]:
    """Grids as GeoJSON, each with how many are open and its highest level."""
    features = []
    for version in versions:
        here = counts.get(version.area_id, {"open": 0, "level": 0})
        features.append(
            {
                "type": "Feature",
                "geometry": {"type": "MultiPolygon", "coordinates": version.polygon.coords},
                "properties": {
                    "id": version.area_id,
                    "label": f"{version.area.name} · {here['open']}",
                    "count": str(here["open"] or ""),  # where the name does not fit
                    "kind": "grid",
                    "fill": here["level"] if here["open"] else None,
                    "url": url(version.area),
                },
            }
        )
    return {"type": "FeatureCollection", "features": features}


@require_safe
@never_cache
def board_map(request: SignedInRequest) -> JsonResponse:
    """The grids of the board's area, coloured by their latest incident."""
    area, _areas = chosen(request)
    rows = Incident.objects.visible_to(request.user, Perm.VIEW_BOARD).filter(metrics.within(area.path))
    counts = {item["area_id"]: item for item in metrics.by_area(rows)}
    versions = BoundaryVersion.objects.filter(
        until=None, kind=Area.Kind.GRID, area__path__gte=area.path, area__path__lt=area.path + permissions.ABOVE
    ).select_related("area")
    reads = scope(request.user).holds(Perm.VIEW_INCIDENTS)
    return JsonResponse(coloured(versions, counts, lambda grid: listed(grid.path) if reads else ""))
