"""The first steps: a checklist for administrators until the street works."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gridgov.accounts.requests import SignedInRequest
from grids import permissions
from grids.permissions import Perm
from teams import steps
from teams.roles import Role

MAY_SEE = (Perm.APPOINT, Perm.EDIT_AREAS, Perm.EDIT_UNITS, Perm.EDIT_CATALOGUE, Perm.OPERATE_SYSTEM, Perm.VIEW_AUDIT)


def _row(step: steps.Step, scope: permissions.Scope) -> dict[str, Any]:
    """A step as the page shows it: doors for who may pass, else the role that can."""
    mine = scope.holds(step.needs)
    return {"step": step, "done": step.done(), "doors": step.doors() if mine else [], "keeper": Role(step.keeper).label}


@require_GET
def setup(request: SignedInRequest) -> HttpResponse:
    """What is done and what comes next; each step leads to its page. Creates nothing."""
    scope = permissions.scope(request.user)
    if not any(scope.holds(perm) for perm in MAY_SEE):
        raise PermissionDenied(_("The first steps are for administrators."))
    rows = [_row(step, scope) for step in steps.all_steps()]
    following = next((row for row in rows if not row["done"]), None)
    missing = [(role, Role(role).label) for role in steps.missing_administrators()]
    context = {"rows": rows, "following": following, "missing": missing, "done": sum(1 for row in rows if row["done"])}
    return render(request, "teams/setup.html", context)
