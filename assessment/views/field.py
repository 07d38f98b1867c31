"""The worker's Today and the own grid, on the phone."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from grids import permissions
from grids.models import Area, Building
from grids.permissions import Perm, scope
from incidents.lists import mine
from incidents.models import Incident
from incidents.permissions import leading, steps_open
from incidents.workflow import MOVES
from teams.models import Assignment

MOST = 40


def own_grids(user: object) -> list[Area]:
    """The grids of a person's posts, the smallest areas first."""
    paths = scope(user).paths(Perm.REPORT_INCIDENTS)
    return list(Area.objects.filter(path__in=paths).order_by("path"))


@require_safe
@never_cache
def today(request: SignedInRequest) -> HttpResponse:
    """What is due now, first what is due first."""
    permissions.require_anywhere(request.user, Perm.REPORT_INCIDENTS)
    rows = Incident.objects.visible_to(request.user).open().filter(mine(scope(request.user)))
    cards = []
    for incident in rows.for_list().order_by("due_at", "id")[:MOST]:
        name = leading(steps_open(request.user, incident))
        cards.append({"row": incident, "action": MOVES[name].label if name else _("Look")})
    grids = own_grids(request.user)
    context = {"cards": cards, "grids": grids, "now": now(request), "as_map": request.GET.get("show") == "map"}
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
