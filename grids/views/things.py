"""Places and city assets: the lists, one of them, and the list as a file."""

from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gridgov import paper
from gridgov.accounts.models import User
from gridgov.accounts.requests import SignedInRequest
from gridgov.audit import actions as audit
from gridgov.audit.models import AuditEvent
from gridgov.audit.words import word
from gridgov.dbtime import now
from gridgov.paging import keyset
from grids import permissions
from grids.models import Asset, BoundaryVersion
from grids.panels import thing_panels_for
from grids.permissions import Perm, allows, scope
from grids.sheets import XLSX, as_csv, as_xlsx
from grids.things import ASSETS, Sort, narrowed

MOST_ROWS = 20_000
MOST_EVENTS = 40
MOST_POSTERS = 60


def _tabs(request: SignedInRequest, state: str) -> list[dict[str, Any]]:
    """Listed, waiting for a grid, no longer listed; the filters stay."""
    names = {"": _("Listed"), "unplaced": _("To be placed"), "ended": _("No longer listed")}
    tabs = []
    for key, label in names.items():
        query = request.GET.copy()
        for gone in ("state", "after", "before"):
            query.pop(gone, None)
        if key:
            query["state"] = key
        tabs.append({"label": label, "url": f"?{query.urlencode()}", "count": None, "current": key == state})
    return tabs


def _asked(request: SignedInRequest, sort: Sort) -> tuple[Any, Any, str]:
    """(form, rows, state) of the address."""
    form = sort.filter(request.GET, user=request.user)
    state = request.GET.get("state", "")
    rows = sort.model.objects.visible_to(request.user).select_related("area", *_more(sort))
    if state == "ended":
        rows = rows.exclude(ended_on=None)
    else:
        state = state if state == "unplaced" else ""
        rows = rows.listed().unplaced() if state else rows.listed()
    return form, narrowed(sort, rows, form.said(), request.user), state


def _more(sort: Sort) -> tuple[str, ...]:
    return () if sort is ASSETS else ("building",)


def _active(request: SignedInRequest, form: Any) -> list[dict[str, str]]:
    """The filters that are on, each with the address without it."""
    active = []
    for name, value in form.said().items():
        query = request.GET.copy()
        for gone in (name, "after", "before"):
            query.pop(gone, None)
        active.append({"label": form.words(name, value), "url": f"?{query.urlencode()}"})
    return active


@require_safe
@never_cache
def listing(request: SignedInRequest, sort: Sort) -> HttpResponse:
    """What is listed in the reader's areas, grid by grid."""
    permissions.require_anywhere(request.user, Perm.VIEW_AREAS)
    form, rows, state = _asked(request, sort)
    page = keyset(rows, request, by=sort.order)
    features = [sort.pin(one) for one in page.rows if one.point is not None]
    mine = scope(request.user)
    context = {
        "sort": sort,
        **sort.addresses,
        "form": form,
        "active": _active(request, form),
        "clear_url": f"?state={state}" if state else "?",
        "keep": {"state": state} if state else {},
        "state": state,
        "tabs": _tabs(request, state),
        "page": page,
        "map": {"type": "FeatureCollection", "features": features},
        "query": request.GET.urlencode(),
        "may_keep": mine.holds(Perm.KEEP_THINGS),
        "may_import": mine.holds(Perm.EDIT_AREAS),
        "area_asked": form.said().get("area", ""),
    }
    return render(request, "grids/things/list.html", context)


def load(request: SignedInRequest, sort: Sort, pk: Any, perm: Perm = Perm.VIEW_AREAS) -> Any:
    """One of them within the reader's areas; 404 otherwise."""
    rows = sort.model.objects.visible_to(request.user, perm).select_related("area__parent", *_more(sort))
    return get_object_or_404(rows, pk=pk)


def _grids_over_time(thing: Any) -> list[BoundaryVersion]:
    """The grids whose ground its point was, the newest first; one query."""
    if thing.point is None:
        return []
    rows = BoundaryVersion.objects.filter(kind="grid", polygon__intersects=thing.point).select_related("area")
    return [one for one in rows.defer("polygon").order_by("-since")[:20] if one.until or one.area_id != thing.area_id]


def history_of(thing: Any) -> list[dict[str, Any]]:
    """What was done to it, the newest first, from the trail; two queries."""
    kind = thing._meta.label_lower
    events = list(AuditEvent.objects.about(kind, str(thing.pk)).order_by("-id")[:MOST_EVENTS])
    names = dict(User.objects.filter(pk__in={one.actor_id for one in events}).values_list("pk", "name"))
    icons = {"add": "plus", "close": "archive", "reopen": "refresh", "correct": "pencil", "reveal": "eye"}
    return [
        {
            "at": one.at,
            "what": word(one.action),
            "who": names.get(one.actor_id or 0, ""),
            "icon": icons.get(one.action.partition(".")[2].partition("_")[0], "circle"),
        }
        for one in events
    ]


@require_safe
@never_cache
def thing(request: SignedInRequest, sort: Sort, pk: int | UUID) -> HttpResponse:
    """One place or asset: facts, map, what happened there, what was done to its entry."""
    found = load(request, sort, pk)
    context = {
        "sort": sort,
        **sort.addresses,
        **sort.steps(found),
        "thing": found,
        "map": {"type": "FeatureCollection", "features": [sort.pin(found)] if found.point else []},
        "grids_over_time": _grids_over_time(found),
        "history": history_of(found),
        "panels": thing_panels_for(request, found),
        "may_keep": allows(request.user, Perm.KEEP_THINGS, found),
        "may_reveal": allows(request.user, Perm.REVEAL_CONTACTS, found),
        "now": now(request),
    }
    return render(request, sort.template, context)


@require_safe
def by_code(request: SignedInRequest, code: str) -> HttpResponse:
    """An asset by its official number."""
    found = get_object_or_404(Asset.objects.visible_to(request.user), code=code)
    return redirect(ASSETS.page(found))


@require_safe
def posters(request: SignedInRequest) -> HttpResponse:
    """A poster for each asset of the filtered list: its code is a plain address for anybody's camera."""
    permissions.require_anywhere(request.user, Perm.KEEP_THINGS)
    _form, found, _state = _asked(request, ASSETS)
    kept = Asset.objects.visible_to(request.user, Perm.KEEP_THINGS).values("pk")
    rows = []
    for one in found.filter(pk__in=kept).order_by(*ASSETS.order)[:MOST_POSTERS]:
        address = request.build_absolute_uri(reverse("incidents:about_asset", args=[one.code]))
        picture = segno.make(address, error="m", micro=False).svg_data_uri(scale=8, border=2)
        rows.append({"asset": one, "code": picture, "address": address})
    if not rows:
        messages.info(request, _("There is nothing to print here."))
        return redirect(ASSETS.url("list"))
    title = _("Codes of city assets")
    return paper.response(
        paper.pdf("grids/things/posters.html", {"title": title, "rows": rows}, now=now(request)), title
    )


@require_POST
def export(request: SignedInRequest, sort: Sort, form: str) -> HttpResponse:
    """The list as it is filtered, where the reader keeps it, at most 20,000 lines; recorded before it leaves.

    The phones of contacts never leave with it.
    """
    permissions.require_anywhere(request.user, Perm.KEEP_THINGS)
    if form not in ("csv", "xlsx"):
        raise Http404
    _form, rows, _state = _asked(request, sort)
    kept = sort.model.objects.visible_to(request.user, Perm.KEEP_THINGS).values("pk")
    lines = [sort.line(one) for one in rows.filter(pk__in=kept).order_by(*sort.order)[:MOST_ROWS]]
    with transaction.atomic():
        audit.record(
            "grids.export_things", None, by=request.user, at=now(request), sort=sort.key, form=form, rows=len(lines)
        )
    head = [str(one) for one in sort.head]
    body = as_csv(head, lines) if form == "csv" else as_xlsx(head, lines)
    response = HttpResponse(body, content_type="text/csv; charset=utf-8" if form == "csv" else XLSX)
    stamp = f"{timezone.localtime(now(request)):%Y%m%d-%H%M}"
    response["Content-Disposition"] = f'attachment; filename="{sort.key}s-{stamp}.{form}"'
    response["Cache-Control"] = "private, no-store"
    return response
