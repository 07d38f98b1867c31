"""The big map with its layers, and one layer as GeoJSON or as the address of its tiles."""

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gridgov.accounts.requests import SignedInRequest
from grids import permissions, tiles
from grids.layers import Layer, View, layers_for
from grids.models import BoundaryVersion
from grids.permissions import Perm
from grids.views.shapes import TILED, tiles_at


@require_safe
def big_map(request: SignedInRequest) -> HttpResponse:
    """Boundaries, and a switch for every layer this person may see; each can be read as a list."""
    permissions.require_anywhere(request.user, Perm.VIEW_AREAS)
    drawn = BoundaryVersion.objects.visible_to(request.user).filter(until=None)
    box = tiles.bounds(drawn, "polygon")
    extent = ",".join(f"{side:.6f}" for side in box) if box else ""
    holds = permissions.scope(request.user).holds
    may = {"may_import": holds(Perm.EDIT_AREAS), "may_plan": holds(Perm.PLAN_BOUNDARIES)}
    return render(request, "grids/map.html", {"layers": layers_for(request.user), "extent": extent, **may})


@require_safe
def layer(request: SignedInRequest, key: str) -> HttpResponse:
    """One layer, as far as its reader may see it: everything, or what is in `box` at `z`oom; tiles of a crowd."""
    found = next((one for one in layers_for(request.user) if one.key == key), None)
    if found is None:
        raise Http404
    said = _tiled(request, found) or _drawn(request, found)
    response = JsonResponse({"type": "FeatureCollection", "features": [], **said})
    response["Cache-Control"] = "private, no-store"
    return response


def _drawn(request: SignedInRequest, layer: Layer) -> dict[str, Any]:
    shown = layer.show(request, _view(request))
    return {"features": shown.features, "total": shown.total, "here": shown.here, "whole": shown.whole}


def _tiled(request: SignedInRequest, layer: Layer) -> dict[str, Any] | None:
    """Where the tiles are, when there are more shapes than a page bears."""
    if not layer.tiles or layer.rows is None:
        return None
    rows = layer.rows(request)
    count = rows.found.count()
    if count <= TILED:
        return None
    page = reverse("grids:building" if layer.tiles == "buildings" else "grids:area", args=[0])
    facts = {"bounds": tiles.bounds(rows.found, rows.column), "count": count}
    kind = "building" if layer.tiles == "buildings" else layer.tiles
    said = {**facts, "url": tiles_at(layer.tiles), "kind": kind, "page": page.replace("/0/", "/{ref}/")}
    return {"tiles": said, "total": count, "here": count, "whole": True}


def _view(request: SignedInRequest) -> View | None:
    """The part of the map that was named; None when none was, or nonsense."""
    try:
        west, south, east, north = (float(side) for side in request.GET.get("box", "").split(","))
        zoom = float(request.GET.get("z", ""))
    except ValueError:
        return None
    sound = -360 <= west < east <= 360 and -90 <= south < north <= 90 and 0 <= zoom <= 24
    return View((west, south, east, north), zoom, finger="finger" in request.GET) if sound else None
