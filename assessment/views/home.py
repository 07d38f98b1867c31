"""Where each person begins: the desk at the board, the grid worker at today, everyone else at their work."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from gridgov.accounts.requests import SignedInRequest
from grids.permissions import Perm, scope

FIRST = (
    (Perm.ACCEPT_INCIDENTS, "assessment:board"),
    (Perm.SUPERVISE_INCIDENTS, "assessment:board"),
    (Perm.SELF_RESOLVE_INCIDENTS, "assessment:today"),
    (Perm.EDIT_AREAS, "setup"),
    (Perm.APPOINT, "setup"),
    (Perm.VIEW_BOARD, "assessment:board"),
    (Perm.HANDLE_INCIDENTS, "incidents:list"),
    (Perm.REPORT_INCIDENTS, "assessment:today"),
    (Perm.VIEW_AUDIT, "logs:operations"),
    (Perm.OPERATE_SYSTEM, "setup"),
)


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """The first page of a person's day, by what their posts let them do."""
    own = scope(request.user)
    return redirect(next((name for perm, name in FIRST if own.holds(perm)), "accounts:profile"))
