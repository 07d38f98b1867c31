"""The page of the boundary editor. Everything it draws and saves goes through the plan's document."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gridgov.accounts.requests import SignedInRequest
from grids.imports.options import CRS
from grids.models import Area
from grids.views.plan_document import load
from grids.views.plan_words import TOOLS, words
from grids.workflow import BAR


@require_safe
def editor(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """The editor for whoever may draft; the same map to read for everyone else who sees the plan."""
    plan = load(request, plan_id)
    context = {
        "plan": plan,
        "states": BAR,
        "tools": TOOLS,
        "words": words(),
        "datums": CRS[1:],
        "grid_kinds": Area.GridKind.choices if plan.child_kind == Area.Kind.GRID else [],
    }
    return render(request, "grids/plans/editor.html", context)
