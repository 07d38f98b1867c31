"""The public board of a grid (网格公示牌): looked at, printed, worded by the office, agreed to by each person."""

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridgov import paper
from gridgov.accounts.requests import SignedInRequest
from gridgov.accounts.signing_in import person_of
from gridgov.dbtime import now
from grids.forms import saved
from grids.models import Area
from grids.permissions import Perm, allows
from grids.prints import map_of
from grids.views.shapes import load
from teams.actions import publication as actions
from teams.board_forms import BoardTextForm, OwnFaceForm
from teams.models import BoardText, PublicFace
from teams.publication import board_of

ROOM = {"a4": (185.0, 92.0), "a3": (272.0, 140.0)}  # millimetres for the map


def _report_address(request: SignedInRequest, area: Area) -> str:
    """Where a resident reports: the street's page. The path of a street is the one above its communities."""
    street = Area.objects.filter(path__in=area.ancestor_paths, kind=Area.Kind.STREET).first()
    name = reverse("incidents:public_street", args=[street.code]) if street else reverse("incidents:public")
    return request.build_absolute_uri(name)


@require_safe
@never_cache
def board(request: SignedInRequest, area_id: int) -> HttpResponse:
    """What the board would say today, what is missing, and the way to print it."""
    area = load(request, area_id)
    context = {
        "area": area,
        "board": board_of(area),
        "report_url": _report_address(request, area),
        "may_edit": allows(request.user, Perm.EDIT_AREAS, area),
    }
    return render(request, "teams/boards/board.html", context)


@require_safe
def board_pdf(request: SignedInRequest, area_id: int) -> HttpResponse:
    """The board on A4 or A3 (`size`)."""
    area, size, moment = load(request, area_id), paper.size_of(request.GET.get("size")), now(request)
    width, height = ROOM[size]
    address = _report_address(request, area)
    title = _("Public board of %(name)s") % {"name": area.name}
    context = {
        "title": title,
        "size": size,
        "board": board_of(area),
        "drawing": map_of(area, [], width=width, height=height, now=moment),
        "code": segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=1),
        "address": address,
    }
    return paper.response(paper.pdf("teams/boards/paper.html", context, now=moment), title)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit_text(request: SignedInRequest, area_id: int) -> HttpResponse:
    """The words of the board, here and below."""
    area = load(request, area_id, Perm.EDIT_AREAS)
    own = BoardText.objects.filter(area=area).first()
    initial = {"duties": own.duties, "supervision": own.supervision} if own else {}
    form = BoardTextForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        if saved(form, lambda: actions.set_board_text(area, by=request.user, now=now(request), **words)):
            messages.success(request, _("Saved."))
            return redirect("teams:board", area.pk)
    heading = _("Words of the board of %(name)s") % {"name": area.name}
    cancel = reverse("teams:board", args=[area.pk])
    return render(request, "teams/form.html", {"form": form, "heading": heading, "button": _("Save"), "cancel": cancel})


def _layout(request: SignedInRequest) -> dict[str, Any]:
    field = request.GET.get("door") == "field"
    return {
        "layout": "field/base.html" if field else "accounts/base.html",
        "back": reverse("accounts:me" if field else "accounts:profile"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def own_face(request: SignedInRequest) -> HttpResponse:
    """What the board may show of me."""
    me = person_of(request)
    face = PublicFace.objects.filter(user=me).select_related("photo").first()
    form = OwnFaceForm(request.POST or None, request.FILES or None, initial={"number": face.number if face else ""})
    if request.method == "POST" and form.is_valid():
        agreed = form.cleaned_data
        if saved(form, lambda: actions.show_on_board(me, by=request.user, now=now(request), **agreed)):
            messages.success(request, _("Saved. Boards printed from now on show it."))
            return redirect(_layout(request)["back"])
    return render(request, "teams/boards/own_face.html", {"form": form, "face": face, **_layout(request)})


@require_POST
def hide_face(request: SignedInRequest) -> HttpResponse:
    """Take it back."""
    actions.hide_from_board(person_of(request), by=request.user, now=now(request))
    messages.success(request, _("Boards printed from now on show neither photo nor number."))
    return redirect(_layout(request)["back"])
