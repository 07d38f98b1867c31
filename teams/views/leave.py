"""Leave and substitutes: entered at a person's page, called off there."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridgov.accounts.models import User
from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from grids.forms import saved
from grids.permissions import Perm, scope
from teams import actions
from teams.absence import may_enter
from teams.forms import LeaveForm
from teams.models import Leave, people_visible_to
from teams.views.people import form_page


def _person(request: SignedInRequest, public_id: str) -> User:
    who = get_object_or_404(people_visible_to(request.user).filter(is_active=True), public_id=public_id)
    if not may_enter(request.user, who, timezone.localdate()):
        raise PermissionDenied(
            _("Leave is entered by the person concerned, the head of the unit or somebody who appoints people.")
        )
    return who


@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """The way to one's own leave from the profile."""
    return redirect("teams:enter_leave", request.user.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: SignedInRequest, public_id: str) -> HttpResponse:
    """From when to when, and who stands in."""
    who = _person(request, public_id)
    sees_people = scope(request.user).holds(Perm.VIEW_PEOPLE)  # administrators of the system do not
    back = reverse("teams:person", args=[who.public_id]) if sees_people else reverse("accounts:profile")
    form = LeaveForm(request.POST or None, user=who)
    if (
        request.method == "POST"
        and form.is_valid()
        and saved(form, lambda: actions.enter_leave(who, **form.cleaned_data, by=request.user, now=now(request)))
    ):
        words = {"name": form.cleaned_data["substitute"].name, "day": form.cleaned_data["last_on"]}
        messages.success(request, _("%(name)s stands in until %(day)s.") % words)
        return redirect(back)
    return form_page(request, form, _("Leave of %(name)s") % {"name": who.name}, _("Enter leave"), back, who.name)


@require_POST
def cancel(request: SignedInRequest, leave_id: int) -> HttpResponse:
    """Call it off, or come back early."""
    visible = Leave.objects.filter(user__in=people_visible_to(request.user))
    leave = get_object_or_404(visible.select_related("user"), pk=leave_id)
    try:
        actions.cancel_leave(leave, by=request.user, now=now(request))
        messages.success(request, _("The leave has been called off; nobody stands in any more."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("teams:person", leave.user.public_id)
