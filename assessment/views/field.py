"""The worker's Today and own grid, on the phone."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessment.cards import cards
from assessment.today import own_grids
from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from grids import permissions
from grids.models import Building
from grids.permissions import Perm, scope
from teams.models import Assignment


@require_safe
@never_cache
def today(request: SignedInRequest) -> HttpResponse:
    """What is due now, what is due first standing first, and within a day in the order of the way."""
    permissions.require_anywhere(request.user, Perm.REPORT_INCIDENTS)
    found = cards(request.user, now(request))
    points = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [card.lon, card.lat]},
            "properties": {
                "id": card.key,
                "label": f"{card.place} · {card.title}",
                "url": card.url,
                "level": card.level,
            },
        }
        for card in found
        if card.lon is not None
    ]
    collection = {"type": "FeatureCollection", "features": points}
    may_walk = scope(request.user).holds(Perm.WALK_PATROLS)
    context = {
        "cards": found,
        "grids": own_grids(request.user),
        "now": now(request),
        "points": collection,
        "may_walk": may_walk,
    }
    return render(request, "assessment/today.html", context)


@require_safe
@never_cache
def my_grid(request: SignedInRequest) -> HttpResponse:
    """My grid: its map, its buildings, the people who work in it."""
    permissions.require_anywhere(request.user, Perm.REPORT_INCIDENTS)
    grids = [area for area in own_grids(request.user) if area.is_grid] or own_grids(request.user)
    posts = Assignment.objects.on(timezone.localdate()).filter(area__in=grids).visible_to(request.user)
    context = {
        "grids": grids,
        "posts": posts.select_related("user", "area").order_by("area_path", "role"),
        "buildings": Building.objects.filter(area__in=grids, retired_at=None).order_by("area_path", "code", "name"),
        "residents": scope(request.user).holds(Perm.VIEW_RESIDENTS),
    }
    return render(request, "assessment/my_grid.html", context)
