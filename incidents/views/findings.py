"""What was found on a patrol, as a part of the patrol's page: only what its reader may see."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gridgov.accounts.requests import SignedInRequest
from grids import permissions
from grids.permissions import Perm
from incidents.models import Incident, PatrolFinding

MOST = 50


@require_safe
@never_cache
def patrol_findings(request: SignedInRequest, key: Any) -> HttpResponse:
    """The incidents reported on the walk of this number."""
    permissions.require_anywhere(request.user, Perm.VIEW_INCIDENTS)
    found = PatrolFinding.objects.of(key).values("incident")
    rows = Incident.objects.visible_to(request.user).filter(pk__in=found).for_list().order_by("reported_at")[:MOST]
    context = {"rows": rows, "field": request.GET.get("door") == "field"}
    return render(request, "incidents/parts/findings.html", context)
