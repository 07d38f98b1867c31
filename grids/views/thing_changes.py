"""Changing places and city assets, from the desk and from the phone: one form, one action, and the way back."""

from typing import Any
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.privacy import actions as privacy
from grids import permissions
from grids.actions import things as actions
from grids.forms import attempt
from grids.models import Area, Building, Place
from grids.permissions import Perm, allows
from grids.thing_forms import CloseForm, ReasonForm
from grids.things import PLACES, Sort
from grids.views.things import load

KEEP = Perm.KEEP_THINGS


def _page(request: SignedInRequest, sort: Sort, form: Any, heading: str, **more: Any) -> HttpResponse:
    cancel = sort.page(more["thing"]) if more.get("thing") else sort.url("list")
    context = {"sort": sort, **sort.addresses, "form": form, "heading": heading, "cancel": cancel, **more}
    return render(request, "grids/things/form.html", context)


def _begun(request: SignedInRequest) -> tuple[Area | None, dict[str, Any]]:
    """(area, initial) that the address names: a grid, or a building, whose page the form was opened from."""
    area, building = request.GET.get("area", ""), request.GET.get("building", "")
    if building.isdecimal() and len(building) < 18:
        rows = Building.objects.visible_to(request.user, KEEP).filter(retired_at=None).select_related("area")
        if found := rows.filter(pk=building).first():
            point = {"lon": found.point.x, "lat": found.point.y} if found.point else {}
            return found.area, {"building": found.pk, "grid": found.area_id, "address": found.address, **point}
    mine = Area.objects.visible_to(request.user, KEEP).standing()
    if area.isdecimal() and len(area) < 18 and (there := mine.filter(pk=area).first()):
        return there, {"grid": there.pk}
    grids = list(mine.grids()[:2])
    return (grids[0], {"grid": grids[0].pk}) if len(grids) == 1 else (None, {})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add(request: SignedInRequest, sort: Sort) -> HttpResponse:
    """A new one."""
    permissions.require_anywhere(request.user, KEEP)
    area, initial = _begun(request)
    form = sort.form(request.POST or None, by=request.user, area=area, initial=initial)
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        made = attempt(form, lambda: actions.add(sort.model, form.where(), by=request.user, now=now(request), **facts))
        if made is not None:
            return _done(request, sort, made, _("%(name)s has been added.") % {"name": made.title})
    return _page(request, sort, form, str(sort.new), picker=True)


def _done(request: SignedInRequest, sort: Sort, made: Any, words: str) -> HttpResponse:
    """To its page; to the list when it lies where the person does not see."""
    if made.area.is_grid:
        messages.success(request, words)
    else:
        text = _("%(name)s lies in no grid yet. It waits under “To be placed” of %(area)s.")
        messages.warning(request, text % {"name": made.title, "area": made.area.name})
    seen = allows(request.user, Perm.VIEW_AREAS, made)
    return redirect(sort.page(made) if seen else sort.url("list"))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: SignedInRequest, sort: Sort, pk: int | UUID) -> HttpResponse:
    """What is known about it, and where it is."""
    found = load(request, sort, pk, KEEP)
    form = sort.form(request.POST or None, by=request.user, thing=found)
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        done = attempt(form, lambda: actions.correct(found, form.where(), by=request.user, now=now(request), **facts))
        if done is not None:
            return _done(request, sort, done, _("Saved."))
    return _page(request, sort, form, _("Correct %(name)s") % {"name": found.title}, thing=found, picker=True)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def close(request: SignedInRequest, sort: Sort, pk: int | UUID) -> HttpResponse:
    """This place closed; this lamp is gone."""
    found = load(request, sort, pk, KEEP)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        done = attempt(form, lambda: actions.close(found, **said, by=request.user, now=now(request)))
        if done is not None:
            messages.success(request, _("No longer listed. It can be listed again here."))
            return redirect(sort.page(found))
    heading = _("%(name)s is no longer there") % {"name": found.title}
    return _page(request, sort, form, heading, thing=found, button=_("Take it off the list"))


@require_POST
def reopen(request: SignedInRequest, sort: Sort, pk: int | UUID) -> HttpResponse:
    """It is there after all."""
    found = load(request, sort, pk, KEEP)
    try:
        actions.reopen(found, by=request.user, now=now(request))
        messages.success(request, _("Listed again."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(sort.page(found))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@reauthentication_required
def reveal(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Ask for a reason, record it, then show the contact's phone once."""
    found: Place = load(request, PLACES, pk, Perm.REVEAL_CONTACTS)
    form, value = ReasonForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        why = {"reason": form.cleaned_data["reason"], "perm": Perm.REVEAL_CONTACTS}
        try:
            value = privacy.reveal(found, "contact_phone", by=request.user, now=now(request), **why)
        except privacy.QuotaReached as error:
            messages.error(request, str(error))
            return redirect(PLACES.page(found))
        except ValidationError as error:
            form.add_error("reason", error)
    return render(request, "grids/things/reveal.html", {"thing": found, "form": form, "value": value})
