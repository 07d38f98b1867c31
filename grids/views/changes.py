"""Changing the ground: areas and buildings, each change one form and one action."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from grids import actions
from grids.division.ways import borders_in_words
from grids.forms import BuildingForm, FactsForm, MoveAreaForm, MoveBuildingForm, NewAreaForm, attempt, saved
from grids.models import Area, Building
from grids.permissions import Perm
from grids.views.shapes import load

EDIT = Perm.EDIT_AREAS
FACTS = ("name", "households", "persons", "east", "south", "west", "north")


def page(request: SignedInRequest, form: forms.Form, heading: str, thing: Area | Building, **more: Any) -> HttpResponse:
    """The one page all forms of this room share; `thing` is where one comes from and goes back to."""
    context = {"form": form, "heading": heading, "place": thing, "cancel": _address(thing), **more}
    return render(request, "grids/form.html", context)


def _address(thing: Area | Building) -> str:
    return reverse("grids:building" if isinstance(thing, Building) else "grids:area", args=[thing.pk])


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, area_id: int) -> HttpResponse:
    """Name, counts and borders in words; roads and water suggest those that are not written yet."""
    found = load(request, area_id, EDIT)
    initial = {name: getattr(found, name) for name in FACTS} | borders_in_words(found)
    form = FactsForm(request.POST or None, initial=initial)
    facts = form.cleaned_data if request.method == "POST" and form.is_valid() else {}
    if facts and saved(form, lambda: actions.rename_area(found, by=request.user, now=now(request), **facts)):
        messages.success(request, _("Saved."))
        return redirect(_address(found))
    return page(request, form, _("Correct %(name)s") % {"name": found.name}, found)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, area_id: int) -> HttpResponse:
    """A new area below this one."""
    parent = load(request, area_id, EDIT)
    form = NewAreaForm(request.POST or None, parent=parent)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form, lambda: actions.create_area(parent, by=request.user, now=now(request), **form.cleaned_data)
        )
        if made is not None:
            messages.success(request, _("%(name)s has been added with the code %(code)s.") % vars(made))
            return redirect(_address(made))
    return page(request, form, _("New area in %(name)s") % {"name": parent.name}, parent)


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: SignedInRequest, area_id: int) -> HttpResponse:
    """Hang it under another area, with all that belongs to it."""
    found = load(request, area_id, EDIT)
    form = MoveAreaForm(request.POST or None, by=request.user, area=found, initial={"parent": found.parent_id})
    if request.method == "POST" and form.is_valid():
        target = form.cleaned_data["parent"]
        if attempt(form, lambda: actions.move_area(found, target, by=request.user, now=now(request))):
            messages.success(request, _("Moved, with everything that belongs to it."))
            return redirect(_address(found))
    return page(request, form, _("Move %(name)s") % {"name": found.name}, found)


def _plainly(request: SignedInRequest, act: Any, words: str) -> None:
    try:
        act()
        messages.success(request, words)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))


@require_POST
def retire(request: SignedInRequest, area_id: int) -> HttpResponse:
    """Take it out of use; its past stays."""
    found = load(request, area_id, EDIT)
    _plainly(request, lambda: actions.retire_area(found, by=request.user, now=now(request)), _("No longer in use."))
    return redirect(_address(found))


@require_POST
def reopen(request: SignedInRequest, area_id: int) -> HttpResponse:
    """Take that back."""
    found = load(request, area_id, EDIT)
    _plainly(request, lambda: actions.reopen_area(found, by=request.user, now=now(request)), _("In use again."))
    return redirect(_address(found))


def _building(request: SignedInRequest, building_id: int) -> Building:
    return get_object_or_404(Building.objects.visible_to(request.user, EDIT).select_related("area"), pk=building_id)


@require_http_methods(["GET", "HEAD", "POST"])
def add_building(request: SignedInRequest, area_id: int) -> HttpResponse:
    """A building in this area."""
    area = load(request, area_id, EDIT)
    form = BuildingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: actions.create_building(area, by=request.user, now=now(request), **form.facts()))
        if made is not None:
            return redirect("grids:building", made.pk)
    return page(request, form, _("New building in %(name)s") % {"name": area.name}, area, picker=True)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_building(request: SignedInRequest, building_id: int) -> HttpResponse:
    """What is known about it."""
    found = _building(request, building_id)
    form = BuildingForm(request.POST or None, initial=BuildingForm.initial_of(found))
    facts = form.facts() if request.method == "POST" and form.is_valid() else {}
    if facts and saved(form, lambda: actions.rename_building(found, by=request.user, now=now(request), **facts)):
        return redirect(_address(found))
    return page(request, form, _("Correct %(name)s") % {"name": found.name}, found, picker=True)


@require_http_methods(["GET", "HEAD", "POST"])
def move_building(request: SignedInRequest, building_id: int) -> HttpResponse:
    """Put it into another grid; who lives there follows."""
    found = _building(request, building_id)
    form = MoveBuildingForm(request.POST or None, by=request.user, initial={"area": found.area_id})
    if request.method == "POST" and form.is_valid():
        area = form.cleaned_data["area"]
        if attempt(form, lambda: actions.move_building(found, area, by=request.user, now=now(request))):
            messages.success(request, _("Moved. The people who live there have moved with it."))
            return redirect(_address(found))
    return page(request, form, _("Move %(name)s") % {"name": found.name}, found)


@require_POST
def retire_building(request: SignedInRequest, building_id: int) -> HttpResponse:
    """It no longer stands."""
    found = _building(request, building_id)
    _plainly(request, lambda: actions.retire_building(found, by=request.user, now=now(request)), _("No longer listed."))
    return redirect("grids:building", found.pk)


@require_POST
def reopen_building(request: SignedInRequest, building_id: int) -> HttpResponse:
    """It stands after all."""
    found = _building(request, building_id)
    _plainly(request, lambda: actions.reopen_building(found, by=request.user, now=now(request)), _("Listed again."))
    return redirect("grids:building", found.pk)
