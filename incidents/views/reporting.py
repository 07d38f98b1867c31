"""A form's way through the one idempotent door, whoever fills it in; and the report taken at the desk."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.sync.actions import CONFLICT, SENT_ALREADY, Receipt, receive
from gridgov.typed import number
from gridgov.words import plain
from grids import permissions
from grids.models import Building
from grids.permissions import Perm
from grids.things import holding
from incidents import about
from incidents.forms import DeskReportForm, PlaceFields
from incidents.models.incident import Channel

KIND = "incidents.report"


def send(request: Any, form: PlaceFields, payload: dict[str, Any], *, by: Any) -> Receipt | None:
    """Hand a valid form in. None when it was refused: the reasons stand beside their fields, nothing is stored."""
    files = form.cleaned_data.get("photos") or []
    try:
        receipt = receive(form.cleaned_data["client_id"], KIND, payload, by=by, now=now(request), attachments=files)
    except ValidationError as error:
        _beside(form, error)
        return None
    except PermissionDenied:
        form.add_error(None, _("You cannot resolve this on the spot: it lies outside your grid. Report it instead."))
        return None
    if receipt.status == CONFLICT:
        form.add_error(None, SENT_ALREADY)
        return None
    return receipt


def _beside(form: forms.Form, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error("photos" if error.code in PHOTO_FAULTS else None, error)
        return
    for name, found in error.error_dict.items():
        form.add_error(name if name in form.fields else None, found)


PHOTO_FAULTS = {"empty", "too_large", "type", "pixels", "damaged", "suspicious"}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def report(request: SignedInRequest) -> HttpResponse:
    """Take a report at the desk, for a caller or for oneself."""
    permissions.require_anywhere(request.user, Perm.REPORT_INCIDENTS)
    initial = {"thing": request.GET.get("thing", "")}
    form = DeskReportForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        receipt = send(request, form, form.payload(Channel.DESK), by=request.user)
        if receipt is not None:
            messages.success(request, _("Recorded and routed; see below who has it."))
            return redirect("incidents:detail", receipt.id)
    buildings = Building.objects.visible_to(request.user, Perm.REPORT_INCIDENTS)
    building = buildings.filter(pk=number(form["building"].value()) or 0).first()
    context = {"form": form, "building": building, "thing": chosen(form)}
    return render(request, "incidents/report.html", context)


def chosen(form: forms.Form) -> dict[str, Any] | None:
    """The city asset or place that the form names, as its line is drawn; None without."""
    found = about.asked(str(form["thing"].value() or ""))
    return line_of(found) if found is not None else None


def line_of(thing: about.Thing) -> dict[str, Any]:
    """One line to choose."""
    return {"reference": about.reference(thing), "thing": thing, "more": about.more(thing)}


@require_safe
@never_cache
def things(request: SignedInRequest) -> HttpResponse:
    """City assets and places by name or number, or those around the point that was chosen: a part of report forms."""
    permissions.require_anywhere(request.user, Perm.REPORT_INCIDENTS)
    text = request.GET.get("thing_q", "").strip()[:40]
    form = PointForm(request.GET)
    found: list[about.Thing] = []
    if text:
        found = about.named(request.user, text)
    elif form.is_valid():
        found = about.near(request.user, Point(form.cleaned_data["lon"], form.cleaned_data["lat"], srid=4326))
    context = {"found": [line_of(one) for one in found], "asked": text}
    return render(request, "incidents/parts/things.html", context)


class PointForm(forms.Form):
    """A point on the map."""

    lon = forms.FloatField(min_value=-180, max_value=180)
    lat = forms.FloatField(min_value=-90, max_value=90)


@require_safe
@never_cache
def buildings(request: SignedInRequest) -> HttpResponse:
    """Buildings by name or address, to choose one: a part of the report form."""
    permissions.require_anywhere(request.user, Perm.REPORT_INCIDENTS)
    text = plain(request.GET.get("building_q", ""))[:40]
    found: Any = []
    if text:
        named = holding(text, "name", "address") | Q(code=text)
        rows = Building.objects.visible_to(request.user, Perm.REPORT_INCIDENTS).filter(named, retired_at=None)
        found = rows.select_related("area").order_by("area_path", "name")[:12]
    return render(request, "incidents/parts/buildings.html", {"found": found, "asked": text})
