"""One area's page, one building's, and which grid holds a point."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.paging import keyset
from grids import permissions
from grids.forms import LocateForm
from grids.geojson import PLACES
from grids.locate import Certainty, Located, locate
from grids.models import Area, AreaLineage, BoundaryVersion, Building
from grids.panels import panels_for
from grids.permissions import ABOVE, Perm, allows
from grids.views.shapes import instant_of, load
from grids.views.tree import DRAWN

MOST_PLACES = 60  # of one building


def _overview(request: SignedInRequest, area: Area) -> dict[str, Any]:
    """What belongs to it, on the map too, and what other rooms know of it."""
    if area.retired_at is not None:
        last = area.boundaries.defer("polygon").order_by("-since").first()
        return {"panels": panels_for(request, area), "map_query": _drawn_as(area, last), "around_query": ""}
    below = {"area__path__gte": area.path, "area__path__lt": area.path + ABOVE}
    drawn = area.is_grid or BoundaryVersion.objects.filter(kind=Area.Kind.GRID, until=None, **below).exists()
    return {
        "panels": panels_for(request, area),
        "map_query": f"?tiles=1&under={area.pk}&kind={Area.Kind.GRID if drawn else area.kind}"
        + ("&buildings=1" if area.is_grid else ""),
        "around_query": f"?around={area.pk}" if area.is_grid else "",
        **({} if area.is_grid else _children(request, area)),
    }


def _children(request: SignedInRequest, area: Area) -> dict[str, Any]:
    """What hangs directly from it, a page at a time: a district imported at once may have thousands."""
    rows = area.children.filter(retired_at=None).annotate(drawn=DRAWN)
    page = keyset(rows, request, by=("path",))
    whole = not page.next_url and not page.previous_url
    return {"children": page, "children_count": len(page.rows) if whole else rows.count()}


def _buildings(request: SignedInRequest, area: Area) -> dict[str, Any]:
    """The buildings below it, those no longer listed on request."""
    gone = request.GET.get("retired") == "1"
    rows = Building.objects.visible_to(request.user).filter(retired_at__isnull=not gone).select_related("area")
    rows = rows.filter(area_path__gte=area.path, area_path__lt=area.path + ABOVE)
    return {"buildings": keyset(rows, request, by=("area_path", "id")), "retired": gone}


def _history(request: SignedInRequest, area: Area) -> dict[str, Any]:
    """Its boundaries over time; `version` says which one to draw, the newest without."""
    versions = list(area.boundaries.select_related("created_by", "plan").defer("polygon").order_by("-since"))
    wanted = request.GET.get("version", "")
    shown = next((version for version in versions if str(version.pk) == wanted), versions[0] if versions else None)
    return {"versions": versions, "shown": shown, "map_query": _drawn_as(area, shown), **_descent(area)}


def _drawn_as(area: Area, version: BoundaryVersion | None) -> str:
    """What its map asks for: the area as this version drew it; as it is when that still holds."""
    query = f"?under={area.pk}&kind={area.kind}"
    if version is None or version.until is None:
        return query
    return f"{query}&at={version.since.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def _descent(area: Area) -> dict[str, Any]:
    """What it came from, what became of it, and the codes it had; three queries."""
    direct = AreaLineage.objects.filter(is_direct=True)
    return {
        "came_from": list(direct.filter(new=area).select_related("old", "plan")),
        "became": list(direct.filter(old=area).select_related("new", "plan")),
        "former_codes": list(area.former_codes.order_by("-until")),
    }


@dataclass(frozen=True)
class Tab:
    """One tab of an area's page."""

    label: str | Promise
    template: str
    content: Callable[[SignedInRequest, Area], dict[str, Any]]


TABS = {
    "": Tab(_("Overview"), "grids/area_overview.html", _overview),
    "buildings": Tab(_("Buildings"), "grids/area_buildings.html", _buildings),
    "history": Tab(_("History"), "grids/area_history.html", _history),
}


@require_safe
def area(request: SignedInRequest, area_id: int) -> HttpResponse:
    """One area: map, numbers, people; behind tabs its buildings and its history."""
    found = load(request, area_id)
    chosen = TABS.get(request.GET.get("tab", ""), TABS[""])
    tabs = [
        {"label": tab.label, "url": f"?tab={key}", "count": None, "current": tab is chosen} for key, tab in TABS.items()
    ]
    context = {
        "area": found,
        "tabs": tabs,
        "may_edit": allows(request.user, Perm.EDIT_AREAS, found),
        "sees_parent": found.parent is not None and allows(request.user, Perm.VIEW_AREAS, found.parent),
        "may_plan": any(allows(request.user, perm, found) for perm in (Perm.PLAN_BOUNDARIES, Perm.APPROVE_BOUNDARIES)),
        "may_propose": found.kind == Area.Kind.COMMUNITY
        and found.retired_at is None
        and allows(request.user, Perm.PLAN_BOUNDARIES, found),
        "now": now(request),
        **chosen.content(request, found),
    }
    return render(request, chosen.template, context)


@require_safe
def where(request: SignedInRequest) -> HttpResponse:
    """Which grid holds this point, today or on another day."""
    permissions.require_anywhere(request.user, Perm.VIEW_AREAS)
    form = LocateForm(request.GET or None)
    answer: Located | None = None
    day = None
    if form.is_valid():
        said, day = form.cleaned_data, form.cleaned_data["on"]
        at = instant_of(day, now(request)) if day else None
        answer = locate(said["lon"], said["lat"], at=at, accuracy=said["accuracy"])
    words = {
        Certainty.INSIDE: _("Inside"),
        Certainty.NEAR: _("Inside, but near a boundary"),
        Certainty.OUTSIDE: _("Outside every grid: a report from here goes to the street's triage"),
    }
    context = {
        "form": form,
        "answer": answer,
        "day": day,
        "certainty": words[answer.certainty] if answer else "",
        "opens": answer is not None and answer.area is not None and allows(request.user, Perm.VIEW_AREAS, answer.area),
        "map_query": f"?at={day:%Y-%m-%d}" if day else "",
    }
    return render(request, "grids/where.html", context)


def rounded(coordinates: Any) -> Any:
    """Coordinates to a centimetre."""
    if isinstance(coordinates[0], float | int):
        return [round(coordinates[0], PLACES), round(coordinates[1], PLACES)]
    return [rounded(part) for part in coordinates]


def _held_by(building: Building) -> list[BoundaryVersion]:
    """The grids whose ground its point was, the newest first; one query."""
    if building.point is None:
        return []
    rows = BoundaryVersion.objects.filter(kind=Area.Kind.GRID, polygon__intersects=building.point)
    return list(rows.select_related("area").defer("polygon").order_by("-since", "area__code")[:40])


@require_safe
def building(request: SignedInRequest, building_id: int) -> HttpResponse:
    """One building."""
    rows = Building.objects.visible_to(request.user).select_related("area")
    found = get_object_or_404(rows, pk=building_id)
    shape = found.footprint or found.point
    features = []
    if shape is not None:
        properties = {"id": found.pk, "label": found.name, "kind": "building" if found.footprint else "point"}
        drawing = {"type": shape.geom_type, "coordinates": rounded(shape.coords)}
        features.append({"type": "Feature", "geometry": drawing, "properties": properties})
    context = {
        "building": found,
        "grids_over_time": _held_by(found),
        "map": {"type": "FeatureCollection", "features": features},
        "places": list(found.places.listed().order_by("name", "pk")[:MOST_PLACES]),
        "may_edit": allows(request.user, Perm.EDIT_AREAS, found),
        "may_keep": allows(request.user, Perm.KEEP_THINGS, found),
    }
    return render(request, "grids/building.html", context)
