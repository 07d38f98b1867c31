"""Units: the list, one unit, founding, correcting, dissolving."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.paging import keyset
from grids import permissions
from grids.forms import attempt, saved
from grids.permissions import Perm
from teams import actions
from teams.forms import UnitForm
from teams.models import Assignment, Unit
from teams.views.people import form_page


def _editable(request: SignedInRequest, unit_id: int) -> Unit:
    permissions.require_anywhere(request.user, Perm.EDIT_UNITS)
    return get_object_or_404(Unit.objects.visible_to(request.user, Perm.EDIT_UNITS).select_related("area"), pk=unit_id)


@require_GET
def units(request: SignedInRequest) -> HttpResponse:
    """Every unit in reach, dissolved ones on request."""
    permissions.require_anywhere(request.user, Perm.VIEW_PEOPLE)
    found = Unit.objects.reachable_by(request.user).select_related("area", "parent")
    retired = request.GET.get("retired") == "1"
    found = found.exclude(retired_at=None) if retired else found.standing()
    tabs = [
        {"label": _("Standing"), "url": "?", "current": not retired},
        {"label": _("Dissolved"), "url": "?retired=1", "current": retired},
    ]
    context = {
        "page": keyset(found, request, by=("area_path", "id")),
        "tabs": tabs,
        "may_edit": permissions.scope(request.user).holds(Perm.EDIT_UNITS),
    }
    return render(request, "teams/units.html", context)


@require_GET
def unit(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """One unit: where it works, how to call it, who is in it."""
    permissions.require_anywhere(request.user, Perm.VIEW_PEOPLE)
    found = get_object_or_404(Unit.objects.reachable_by(request.user).select_related("area", "parent"), pk=unit_id)
    posts = Assignment.objects.on(timezone.localdate()).filter(unit=found).visible_to(request.user)
    context = {
        "unit": found,
        "posts": posts.select_related("user", "area").order_by("-is_head", "id"),
        "may_edit": permissions.allows(request.user, Perm.EDIT_UNITS, found.area),
    }
    return render(request, "teams/unit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    """Found a unit."""
    permissions.require_anywhere(request.user, Perm.EDIT_UNITS)
    form = UnitForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: actions.create_unit(**form.cleaned_data, by=request.user, now=now(request)))
        if made is not None:
            return redirect("teams:unit", made.pk)
    return form_page(request, form, _("New unit"), _("Create unit"), reverse("teams:units"), _("Units"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """Correct a unit."""
    found = _editable(request, unit_id)
    initial = {name: getattr(found, name) for name in ("name", "phone", "is_desk")} | {"parent": found.parent_id}
    form = UnitForm(request.POST or None, by=request.user, unit=found, initial=initial)
    if (
        request.method == "POST"
        and form.is_valid()
        and saved(form, lambda: actions.edit_unit(found, **form.cleaned_data, by=request.user, now=now(request)))
    ):
        return redirect("teams:unit", found.pk)
    back = reverse("teams:unit", args=[found.pk])
    return form_page(request, form, _("Correct %(name)s") % {"name": found.name}, _("Save"), back, found.name)


@require_POST
def retire(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """Dissolve a unit that holds neither people nor work."""
    found = _editable(request, unit_id)
    try:
        actions.retire_unit(found, by=request.user, now=now(request))
        messages.success(request, _("%(unit)s has been dissolved.") % {"unit": found})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("teams:unit", found.pk)


@require_POST
def reopen(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """Take a dissolution back."""
    found = _editable(request, unit_id)
    try:
        actions.reopen_unit(found, by=request.user, now=now(request))
        messages.success(request, _("%(unit)s is in use again.") % {"unit": found})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("teams:unit", found.pk)
