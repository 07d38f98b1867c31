"""The big map with its layers, and one layer as GeoJSON."""

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gridgov.accounts.requests import SignedInRequest
from grids import permissions
from grids.layers import layers_for
from grids.permissions import Perm


@require_safe
def big_map(request: SignedInRequest) -> HttpResponse:
    """Boundaries, and a switch for every layer this person may see; each can be read as a list."""
    permissions.require_anywhere(request.user, Perm.VIEW_AREAS)
    return render(request, "grids/map.html", {"layers": layers_for(request.user)})


@require_safe
def layer(request: SignedInRequest, key: str) -> HttpResponse:
    """The features of one layer, as far as its reader may see them."""
    found = next((one for one in layers_for(request.user) if one.key == key), None)
    if found is None:
        raise Http404
    response = JsonResponse({"type": "FeatureCollection", "features": found.features(request)})
    response["Cache-Control"] = "private, no-store"
    return response
