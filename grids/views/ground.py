"""The tree and the map side by side, the shapes as GeoJSON, one area's page, and which grid holds a point."""

import hashlib
from datetime import datetime, time
from typing import Any

from django.db.models import Count, Max, Q
from django.http import HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.paging import keyset
from grids import permissions
from grids.forms import LocateForm
from grids.locate import Certainty, locate
from grids.models import Area, BoundaryVersion, Building
from grids.panels import panels_for
from grids.permissions import ABOVE, Perm, allows, scope

MANY = 400  # areas: above that the tree opens level by level
MOST_SHAPES = 20_000
DRAWN = Count("boundaries", filter=Q(boundaries__until=None))
ROUGH = 0.00002  # degrees (about 2 m): what a map of many shapes may leave out


def load(request: SignedInRequest, area_id: int, perm: str = Perm.VIEW_AREAS) -> Area:
    """The area, if the person holds `perm` on it; 404 otherwise."""
    return get_object_or_404(Area.objects.visible_to(request.user, perm).select_related("parent"), pk=area_id)


def _nested(areas: list[Area]) -> list[dict[str, Any]]:
    """Areas in path order as a tree; those whose parents are out of sight stand at the top."""
    top: list[dict[str, Any]] = []
    open_nodes: list[dict[str, Any]] = []
    for area in areas:
        node = {"area": area, "children": []}
        while open_nodes and not area.path.startswith(open_nodes[-1]["area"].path):
            open_nodes.pop()
        (open_nodes[-1]["children"] if open_nodes else top).append(node)
        open_nodes.append(node)
    return top


def _searched(request: SignedInRequest, rows: Any) -> tuple[str, Any]:
    text = request.GET.get("q", "").strip()[:40]
    return text, rows.filter(Q(name__icontains=text) | Q(code__startswith=text)) if text else rows


@require_safe
def tree(request: SignedInRequest) -> HttpResponse:
    """Everything in reach: the tree on the left, the map on the right."""
    permissions.require_anywhere(request.user, Perm.VIEW_AREAS)
    retired = request.GET.get("retired") == "1"
    rows: Any = Area.objects.visible_to(request.user).annotate(
        drawn=Count("boundaries", filter=Q(boundaries__until=None))
    )
    rows = rows.exclude(retired_at=None) if retired else rows.standing()
    text, rows = _searched(request, rows)
    found = list(rows.order_by("path")[: MANY + 1])
    many = len(found) > MANY
    if many:
        found = list(rows.exclude(kind=Area.Kind.GRID).order_by("path")[: 5 * MANY])
    context = {
        "tree": _nested(found),
        "many": many,
        "q": text,
        "retired": retired,
        "may_edit": scope(request.user).holds(Perm.EDIT_AREAS),
        "locate": LocateForm(),
    }
    return render(request, "grids/tree.html", context)


@require_safe
def branch(request: SignedInRequest, area_id: int) -> HttpResponse:
    """The grids of one community: a part of a big tree, fetched when it is opened."""
    area = load(request, area_id)
    rows = Area.objects.visible_to(request.user).standing().below(area.path).exclude(pk=area.pk)
    rows = rows.annotate(drawn=DRAWN)
    return render(request, "grids/branch.html", {"nodes": _nested(list(rows.order_by("path")))})


def feature(version: BoundaryVersion, rough: bool) -> dict[str, Any]:
    """One area's shape."""
    shape: Any = version.polygon.simplify(ROUGH, preserve_topology=True) if rough else version.polygon
    return {
        "type": "Feature",
        "geometry": {"type": shape.geom_type, "coordinates": rounded(shape.coords)},
        "properties": {
            "id": version.area_id,
            "label": version.area.name,
            "kind": "grid",
            "url": reverse("grids:area", args=[version.area_id]),
        },
    }


def rounded(coordinates: Any) -> Any:
    """Coordinates to a centimetre: seven places."""
    if isinstance(coordinates[0], float | int):
        return [round(coordinates[0], 7), round(coordinates[1], 7)]
    return [rounded(part) for part in coordinates]


def _shapes(request: SignedInRequest) -> tuple[Any, str]:
    """The versions asked for, and what an unchanged answer is known by."""
    under = load(request, int(request.GET["under"])) if request.GET.get("under", "").isdigit() else None
    rows = BoundaryVersion.objects.filter(until=None, area__retired_at=None)
    rows = rows.filter(area__in=Area.objects.visible_to(request.user))
    kind = request.GET.get("kind", Area.Kind.GRID)
    rows = rows.filter(kind=kind if kind in Area.Kind.values else Area.Kind.GRID)
    if under is not None:
        rows = rows.filter(area__path__gte=under.path, area__path__lt=under.path + ABOVE)
    newest = rows.aggregate(newest=Max("since"), count=Count("id"))
    said = f"{scope(request.user).paths(Perm.VIEW_AREAS)}{request.GET.urlencode()}{newest}"
    return rows, hashlib.sha256(said.encode()).hexdigest()[:32]


@require_safe
def geojson(request: SignedInRequest) -> HttpResponse:
    """Shapes of grids (or of `kind`) in reach, under one area if asked; unchanged ones are not sent again."""
    permissions.require_anywhere(request.user, Perm.VIEW_AREAS)
    rows, tag = _shapes(request)
    if request.headers.get("If-None-Match", "").strip('"') == tag:
        return HttpResponseNotModified()
    versions = list(rows.select_related("area").order_by("area__path")[:MOST_SHAPES])
    features = [feature(version, len(versions) > MANY) for version in versions]
    if request.GET.get("buildings"):
        features += _buildings(request)
    response = JsonResponse({"type": "FeatureCollection", "features": features})
    response["ETag"] = f'"{tag}"'
    response["Cache-Control"] = "private, no-cache"
    return response


def _buildings(request: SignedInRequest) -> list[dict[str, Any]]:
    rows = Building.objects.visible_to(request.user).filter(retired_at=None, footprint__isnull=False)
    if request.GET.get("under", "").isdigit():
        area = load(request, int(request.GET["under"]))
        rows = rows.filter(area_path__gte=area.path, area_path__lt=area.path + ABOVE)
    return [
        {
            "type": "Feature",
            "geometry": {"type": "MultiPolygon", "coordinates": rounded(building.footprint.coords)},
            "properties": {
                "id": f"b{building.pk}", "label": building.name, "kind": "building",
                "url": reverse("grids:building", args=[building.pk]),
            },
        }
        for building in rows.order_by("pk")[:3000]
        if building.footprint is not None
    ]  # fmt: skip


@require_safe
def area(request: SignedInRequest, area_id: int) -> HttpResponse:
    """One area: map, numbers, what belongs to it, buildings, people, history."""
    found = load(request, area_id)
    children = found.children.annotate(drawn=DRAWN)
    buildings = Building.objects.visible_to(request.user).filter(
        area_path__gte=found.path, area_path__lt=found.path + ABOVE
    )
    context = {
        "area": found,
        "children": children.filter(retired_at=None).order_by("path"),
        "buildings": keyset(
            buildings.filter(retired_at=None).select_related("area"), request, by=("area_path", "id"), size=25
        ),
        "history": found.boundaries.select_related("created_by").order_by("-since"),
        "panels": panels_for(request, found),
        "may_edit": allows(request.user, Perm.EDIT_AREAS, found),
        "map_query": f"?under={found.pk}&kind=grid" + ("&buildings=1" if found.is_grid else ""),
        "now": now(request),
    }
    return render(request, "grids/area.html", context)


@require_safe
def where(request: SignedInRequest) -> HttpResponse:
    """Which grid holds this point, today or on another day."""
    permissions.require_anywhere(request.user, Perm.VIEW_AREAS)
    form, answer = LocateForm(request.GET or None), None
    if form.is_valid():
        day = form.cleaned_data["on"]
        at = timezone.make_aware(datetime.combine(day, time(12))) if day else None
        said = form.cleaned_data
        answer = locate(said["lon"], said["lat"], at=at, accuracy=said["accuracy"])
    words = {
        Certainty.INSIDE: _("Inside"),
        Certainty.NEAR: _("Inside, but near a boundary"),
        Certainty.OUTSIDE: _("Outside every grid: a report from here goes to the street's triage"),
    }
    context = {"form": form, "answer": answer, "certainty": words[answer.certainty] if answer else ""}
    return render(request, "grids/where.html", context)


@require_safe
def building(request: SignedInRequest, building_id: int) -> HttpResponse:
    """One building."""
    rows = Building.objects.visible_to(request.user).select_related("area")
    found = get_object_or_404(rows, pk=building_id)
    shape = found.footprint or found.point
    features = []
    if shape is not None:
        kind = "building" if found.footprint else "point"
        features.append(
            {
                "type": "Feature",
                "geometry": {"type": shape.geom_type, "coordinates": rounded(shape.coords)},
                "properties": {"id": found.pk, "label": found.name, "kind": kind},
            }
        )
    context = {
        "building": found,
        "map": {"type": "FeatureCollection", "features": features},
        "may_edit": allows(request.user, Perm.EDIT_AREAS, found),
    }
    return render(request, "grids/building.html", context)
