"""Dwellings without people: the doors of a building at once, one corrected, one taken out again."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from grids import permissions
from grids.forms import attempt, saved
from grids.models import Building
from grids.permissions import Perm
from residents import actions
from residents.forms import DwellingForm, DwellingsForm
from residents.models import Dwelling


def _page(request: SignedInRequest, form: Any, heading: str, cancel: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "button": _("Save"), "cancel": cancel}
    return render(request, "residents/form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add_dwellings(request: SignedInRequest, building_id: int) -> HttpResponse:
    """All doors of an entrance in one step."""
    permissions.require_anywhere(request.user, Perm.EDIT_RESIDENTS)
    building = get_object_or_404(Building.objects.visible_to(request.user, Perm.EDIT_RESIDENTS), pk=building_id)
    form = DwellingsForm(request.POST or None, initial={"last": building.floors})
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        made = attempt(form, lambda: actions.add_dwellings(building, by=request.user, now=now(request), **facts))
        if made is not None:
            text = ngettext("%(n)s dwelling was added.", "%(n)s dwellings were added.", made)
            messages.success(request, text % {"n": made})
            return redirect("residents:building", building.pk)
    heading = _("Dwellings of %(building)s") % {"building": building.name}
    return _page(request, form, heading, reverse("residents:building", args=[building.pk]))


def _load(request: SignedInRequest, dwelling_id: int) -> Dwelling:
    permissions.require_anywhere(request.user, Perm.EDIT_RESIDENTS)
    rows = Dwelling.objects.visible_to(request.user, Perm.EDIT_RESIDENTS).select_related("building")
    return get_object_or_404(rows, pk=dwelling_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def correct_dwelling(request: SignedInRequest, dwelling_id: int) -> HttpResponse:
    """Floor and use."""
    found = _load(request, dwelling_id)
    form = DwellingForm(request.POST or None, initial={"floor": found.floor, "use": found.use})
    facts = form.cleaned_data if request.method == "POST" and form.is_valid() else {}
    if facts and saved(form, lambda: actions.correct_dwelling(found, by=request.user, now=now(request), **facts)):
        messages.success(request, _("Saved."))
        return redirect("residents:dwelling", found.pk)
    return _page(request, form, str(found), reverse("residents:dwelling", args=[found.pk]))


@require_POST
def remove_dwelling(request: SignedInRequest, dwelling_id: int) -> HttpResponse:
    """Entered by mistake."""
    found = _load(request, dwelling_id)
    building = found.building_id
    try:
        actions.remove_dwelling(found, by=request.user, now=now(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("residents:dwelling", dwelling_id)
    messages.success(request, _("Removed."))
    return redirect("residents:building", building)
