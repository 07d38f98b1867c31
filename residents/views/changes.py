"""Changing: add behind a door, correct, move, leave, and the way back from each."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from grids import permissions
from grids.forms import attempt, saved
from grids.models import Building
from grids.permissions import Perm
from residents import actions
from residents.forms import AddForm, CorrectForm, DayForm, MoveForm
from residents.models import Dwelling, Household, Resident
from residents.protection import protected
from residents.views.reading import load


def _already_here(request: SignedInRequest, form: AddForm, building: Building) -> list[Resident]:
    """People within reach with the same phone, or of the same name in the same building: a hint, not a rule."""
    name, phone = form.cleaned_data["name"], form.cleaned_data["phone"]
    with protected(request.user, Perm.EDIT_RESIDENTS):
        mine = Resident.objects.visible_to(request.user, Perm.EDIT_RESIDENTS).present()
        same = mine.named(name).filter(household__dwelling__building=building)
        found = same | mine.phoned(phone) if phone else same
        return list(found.select_related("household__dwelling__building").distinct()[:5])


@transaction.atomic
def _add(building: Building, facts: dict[str, Any], request: SignedInRequest) -> Resident:
    """Dwelling, household and person in one step; a household already behind the door takes the person in."""
    by, at = request.user, now(request)
    home = actions.add_dwelling(building, entrance=facts["entrance"], room=facts["room"], by=by, now=at)
    with protected(by, Perm.EDIT_RESIDENTS):
        household = Household.objects.filter(dwelling=home).present().order_by("pk").first()
    household = household or actions.add_household(home, by=by, now=at)
    return actions.add_resident(
        household, name=facts["name"], living=facts["living"], phone=facts["phone"], by=by, now=at
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add(request: SignedInRequest, building_id: int) -> HttpResponse:
    """Add a person behind a door of this building; someone alike is pointed out first."""
    permissions.require_anywhere(request.user, Perm.EDIT_RESIDENTS)
    building = get_object_or_404(Building.objects.visible_to(request.user, Perm.EDIT_RESIDENTS), pk=building_id)
    initial = {name: request.GET.get(name, "")[:20] for name in ("entrance", "room")}
    form = AddForm(request.POST or None, initial=initial)
    alike: list[Resident] = []
    if request.method == "POST" and form.is_valid():
        alike = [] if form.cleaned_data["anyway"] else _already_here(request, form, building)
        made = None if alike else attempt(form, lambda: _add(building, form.cleaned_data, request))
        if made is not None:
            messages.success(request, _("Added to %(door)s.") % {"door": made.household.dwelling})
            return redirect("residents:dwelling", made.household.dwelling_id)
    if not alike:
        del form.fields["anyway"]
    return render(request, "residents/add.html", {"building": building, "form": form, "alike": alike})


def _form_page(request: SignedInRequest, found: Resident, form: Any, heading: str, button: str) -> HttpResponse:
    cancel = reverse("residents:resident", args=[found.pk])
    context = {"form": form, "heading": heading, "button": button, "cancel": cancel}
    return render(request, "residents/form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def correct(request: SignedInRequest, resident_id: str) -> HttpResponse:
    """Correct what is written about a person."""
    found = load(request, resident_id, Perm.EDIT_RESIDENTS)
    form = CorrectForm(request.POST or None, resident=found)
    if (
        request.method == "POST"
        and form.is_valid()
        and saved(form, lambda: actions.correct_resident(found, **form.facts(), by=request.user, now=now(request)))
    ):
        messages.success(request, _("Corrected."))
        return redirect("residents:resident", found.pk)
    return _form_page(request, found, form, _("Correct %(name)s") % {"name": found}, _("Save"))


@transaction.atomic
def _move(found: Resident, facts: dict[str, Any], request: SignedInRequest) -> Resident:
    by, at = request.user, now(request)
    with protected(by, Perm.EDIT_RESIDENTS):
        household = Household.objects.filter(dwelling=facts["dwelling"]).present().order_by("pk").first()
    household = household or actions.add_household(facts["dwelling"], since_on=facts["on"], by=by, now=at)
    return actions.move_resident(found, household, on=facts["on"], by=by, now=at)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def move(request: SignedInRequest, resident_id: str) -> HttpResponse:
    """Move within my areas; who goes elsewhere leaves."""
    found = load(request, resident_id, Perm.EDIT_RESIDENTS)
    dwellings = Dwelling.objects.visible_to(request.user, Perm.EDIT_RESIDENTS).exclude(pk=found.household.dwelling_id)
    dwellings = dwellings.select_related("building").order_by("area_path", "building__name", "entrance", "room")
    form = MoveForm(request.POST or None, dwellings=dwellings)
    if request.method == "POST" and form.is_valid() and saved(form, lambda: _move(found, form.cleaned_data, request)):
        messages.success(request, _("Moved."))
        return redirect("residents:resident", found.pk)
    return _form_page(request, found, form, _("Move %(name)s") % {"name": found}, _("Move"))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def leave(request: SignedInRequest, resident_id: str) -> HttpResponse:
    """The person has moved away."""
    found = load(request, resident_id, Perm.EDIT_RESIDENTS)
    form = DayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        on = form.cleaned_data["on"]
        if saved(form, lambda: actions.leave(found, on=on, by=request.user, now=now(request))):
            messages.success(request, _("Marked as moved away."))
            return redirect("residents:resident", found.pk)
    return _form_page(request, found, form, _("%(name)s has moved away") % {"name": found}, _("Moved away"))


def _step(request: SignedInRequest, resident_id: str, act: Callable[..., Resident], words: str) -> HttpResponse:
    found = load(request, resident_id, Perm.EDIT_RESIDENTS)
    act(found, by=request.user, now=now(request))
    messages.success(request, words)
    return redirect("residents:resident", found.pk)


@require_POST
def come_back(request: SignedInRequest, resident_id: str) -> HttpResponse:
    """Take "moved away" back."""
    return _step(request, resident_id, actions.come_back, _("Listed as living here again."))


@require_POST
def remove(request: SignedInRequest, resident_id: str) -> HttpResponse:
    """Take out someone entered by mistake."""
    return _step(request, resident_id, actions.remove, _("Removed. It can be undone here."))


@require_POST
def restore(request: SignedInRequest, resident_id: str) -> HttpResponse:
    """Undo the removal."""
    return _step(request, resident_id, actions.restore, _("Listed again."))
