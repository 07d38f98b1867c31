"""Patrols for the office: routes, their plans and posters; what was walked, once the walker has handed it in."""

from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridgov import paper
from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.paging import keyset
from grids import permissions
from grids.forms import attempt, saved
from grids.models import Building
from grids.permissions import Perm
from teams import patrols
from teams.actions import patrol_plans as actions
from teams.actions.patrol_tracks import look_at_track
from teams.models import CheckpointMark, Patrol, PatrolPlan, PatrolRoute
from teams.patrol_forms import LookForm, PlanForm, RouteForm, rows_of, stops_of

MOST_BUILDINGS = 400


def tabs(current: str) -> list[dict[str, Any]]:
    """The three pages of the office."""
    pages = (
        ("routes", _("Routes and plans"), "patrols:routes"),
        ("walked", _("Walked"), "patrols:list"),
        ("coverage", _("Not looked at"), "patrols:coverage"),
    )
    return [{"label": label, "url": reverse(name), "current": key == current} for key, label, name in pages]


def load_route(request: SignedInRequest, route_id: int) -> PatrolRoute:
    """The route, if the person plans patrols there."""
    permissions.require_anywhere(request.user, Perm.PLAN_PATROLS)
    rows = PatrolRoute.objects.visible_to(request.user, Perm.PLAN_PATROLS).select_related("area")
    return get_object_or_404(rows, pk=route_id)


@require_safe
@never_cache
def routes(request: SignedInRequest) -> HttpResponse:
    """Every route in reach, with how it is planned; those out of use on request."""
    permissions.require_anywhere(request.user, Perm.PLAN_PATROLS)
    retired = request.GET.get("retired") == "1"
    rows = patrols.routes_for_list(request.user, retired=retired)
    stops = Count("checkpoints", filter=Q(checkpoints__retired_at=None))
    page = keyset(rows.annotate(stops=stops), request, by=("area_path", "id"))
    context = {"page": page, "tabs": tabs("routes"), "retired": retired}
    return render(request, "teams/patrols/routes.html", context)


@require_safe
@never_cache
def route(request: SignedInRequest, route_id: int) -> HttpResponse:
    """One route: its checkpoints on the map and as a list, and its plans."""
    found = load_route(request, route_id)
    stops = list(found.checkpoints.standing().select_related("building", "area").order_by("order", "pk"))
    plans = found.plans.select_related("unit", "person").order_by("ended_at", "since", "pk")
    shapes = {"type": "FeatureCollection", "features": patrols.stop_features(stops)}
    context = {"route": found, "stops": stops, "plans": plans, "shapes": shapes}
    return render(request, "teams/patrols/route.html", context)


def _editor(request: SignedInRequest, form: RouteForm, rows: list[dict[str, Any]], heading: str, back: str) -> Any:
    buildings = Building.objects.visible_to(request.user, Perm.PLAN_PATROLS).filter(retired_at=None)
    context = {
        "form": form,
        "rows": rows,
        "heading": heading,
        "cancel": back,
        "buildings": buildings.order_by("area_path", "name").only("name", "point", "area_path")[:MOST_BUILDINGS],
    }
    return render(request, "teams/patrols/route_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def create_route(request: SignedInRequest) -> HttpResponse:
    """Draw a route."""
    permissions.require_anywhere(request.user, Perm.PLAN_PATROLS)
    form = RouteForm(request.POST or None, by=request.user)
    rows = rows_of(request.POST)
    if request.method == "POST" and form.is_valid():
        stops = stops_of(rows, request.user)
        made = attempt(
            form, lambda: actions.create_route(**form.cleaned_data, stops=stops, by=request.user, now=now(request))
        )
        if made is not None:
            messages.success(request, _("Saved. Now say when it is walked and by whom."))
            return redirect("patrols:create_plan", made.pk)
    return _editor(request, form, rows, _("New route"), reverse("patrols:routes"))


def _rows(found: PatrolRoute) -> list[dict[str, Any]]:
    return [
        {
            "stop_id": stop.pk,
            "stop_name": stop.name,
            "stop_lon": f"{stop.point.x:.6f}" if stop.point else "",
            "stop_lat": f"{stop.point.y:.6f}" if stop.point else "",
            "stop_building": str(stop.building_id or ""),
        }
        for stop in found.checkpoints.standing().order_by("order", "pk")
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit_route(request: SignedInRequest, route_id: int) -> HttpResponse:
    """Change a route."""
    found = load_route(request, route_id)
    form = RouteForm(request.POST or None, by=request.user, route=found, initial={"name": found.name})
    rows = rows_of(request.POST) if request.method == "POST" else _rows(found)
    if request.method == "POST" and form.is_valid():
        stops, name = stops_of(rows, request.user), form.cleaned_data["name"]
        if saved(form, lambda: actions.edit_route(found, name=name, stops=stops, by=request.user, now=now(request))):
            return redirect("patrols:route", found.pk)
    back = reverse("patrols:route", args=[found.pk])
    return _editor(request, form, rows, _("Change %(name)s") % {"name": found.name}, back)


@require_POST
def retire_route(request: SignedInRequest, route_id: int) -> HttpResponse:
    """Take a route out of use."""
    found = actions.retire_route(load_route(request, route_id), by=request.user, now=now(request))
    messages.success(request, _("%(name)s is out of use. It can be put back.") % {"name": found})
    return redirect("patrols:route", found.pk)


@require_POST
def reopen_route(request: SignedInRequest, route_id: int) -> HttpResponse:
    """Put it back."""
    found = load_route(request, route_id)
    try:
        actions.reopen_route(found, by=request.user, now=now(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("patrols:route", found.pk)


@require_safe
def posters(request: SignedInRequest, route_id: int) -> HttpResponse:
    """A poster for each checkpoint: its code is a plain address for the phone's own camera."""
    found = load_route(request, route_id)
    rows = []
    for stop in found.checkpoints.standing().select_related("area").order_by("order", "pk"):
        address = request.build_absolute_uri(reverse("walks:checkpoint", args=[stop.pk]))
        code = segno.make(address, error="m", micro=False).svg_data_uri(scale=8, border=2)
        rows.append({"stop": stop, "code": code, "address": address})
    title = _("Posters of %(name)s") % {"name": found.name}
    context = {"title": title, "route": found, "rows": rows}
    return paper.response(paper.pdf("teams/patrols/posters.html", context, now=now(request)), title)


def _plan_page(request: SignedInRequest, form: PlanForm, found: PatrolRoute, heading: str) -> HttpResponse:
    back = reverse("patrols:route", args=[found.pk])
    context = {"form": form, "heading": heading, "button": _("Save"), "cancel": back, "crumb": found.name}
    return render(request, "teams/form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def create_plan(request: SignedInRequest, route_id: int) -> HttpResponse:
    """Say when a route is walked and by whom."""
    found = load_route(request, route_id)
    form = PlanForm(request.POST or None, by=request.user, route=found)
    if (
        request.method == "POST"
        and form.is_valid()
        and saved(form, lambda: actions.create_plan(found, form.rule(), by=request.user, now=now(request)))
    ):
        messages.success(request, _("Planned. It appears in Today when it is due."))
        return redirect("patrols:route", found.pk)
    return _plan_page(request, form, found, _("When is %(name)s walked, and by whom") % {"name": found.name})


def _load_plan(request: SignedInRequest, plan_id: int) -> PatrolPlan:
    permissions.require_anywhere(request.user, Perm.PLAN_PATROLS)
    rows = PatrolPlan.objects.visible_to(request.user).select_related("route__area")
    return get_object_or_404(rows, pk=plan_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit_plan(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """Change a plan."""
    plan = _load_plan(request, plan_id)
    names = ("rhythm", "weekdays", "every", "unit", "person", "since", "until")
    initial = {name: getattr(plan, name) for name in names}
    form = PlanForm(request.POST or None, by=request.user, route=plan.route, initial=initial)
    if (
        request.method == "POST"
        and form.is_valid()
        and saved(form, lambda: actions.edit_plan(plan, form.rule(), by=request.user, now=now(request)))
    ):
        return redirect("patrols:route", plan.route_id)
    return _plan_page(request, form, plan.route, _("Change when %(name)s is walked") % {"name": plan.route.name})


@require_POST
def end_plan(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """From now on nothing of it is due."""
    plan = actions.end_plan(_load_plan(request, plan_id), by=request.user, now=now(request))
    messages.success(request, _("Ended. You can take it up again."))
    return redirect("patrols:route", plan.route_id)


@require_POST
def resume_plan(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """Take the end back."""
    plan = actions.resume_plan(_load_plan(request, plan_id), by=request.user, now=now(request))
    messages.success(request, _("It is due again."))
    return redirect("patrols:route", plan.route_id)


def _for_office(request: SignedInRequest) -> Any:
    rows = Patrol.objects.visible_to(request.user, now(request))
    return rows.filter(permissions.readable(request.user, Perm.PLAN_PATROLS, Patrol.reach_fields))


def _marks(*, confirmed: bool) -> Coalesce:
    """How many places: asked for the patrols that are shown, where a join would count those of all there are."""
    marks = CheckpointMark.objects.filter(patrol=OuterRef("pk"), is_confirmed=confirmed).order_by()
    return Coalesce(Subquery(marks.values("patrol").annotate(n=Count("patrol")).values("n")), 0)


@require_safe
@never_cache
def walked(request: SignedInRequest) -> HttpResponse:
    """What was handed in, the newest first: how many places, and which not."""
    permissions.require_anywhere(request.user, Perm.PLAN_PATROLS)
    rows = _for_office(request).select_related("route", "area", "walker")
    rows = rows.annotate(confirmed=_marks(confirmed=True), unconfirmed=_marks(confirmed=False))
    page = keyset(rows, request, by=("-started_at", "-id"))
    return render(request, "teams/patrols/walked.html", {"page": page, "tabs": tabs("walked")})


def _patrol_page(request: SignedInRequest, found: Patrol, **more: Any) -> HttpResponse:
    may_look = Patrol.objects.with_tracks_for(request.user, now(request)).filter(pk=found.pk).exists()
    context = {
        "patrol": found,
        "stops": patrols.stops_of(found),
        "may_look": may_look,
        "form": LookForm(),
        "track_days": settings.TRACK_DAYS,
        **more,
    }
    return render(request, "teams/patrols/patrol.html", context)


@require_safe
@never_cache
def patrol(request: SignedInRequest, pk: Any) -> HttpResponse:
    """One patrol for the office: places, findings, the walker's comment. Its track only for a reason."""
    permissions.require_anywhere(request.user, Perm.PLAN_PATROLS)
    return _patrol_page(request, get_object_or_404(_for_office(request).select_related("route", "walker"), pk=pk))


@require_POST
@never_cache
def look(request: SignedInRequest, pk: Any) -> HttpResponse:
    """Look at the track, once, for a reason that is written down and shown to the walker."""
    permissions.require_anywhere(request.user, Perm.VIEW_TRACKS)
    rows = Patrol.objects.with_tracks_for(request.user, now(request)).select_related("route", "walker")
    found = get_object_or_404(rows, pk=pk)
    form = LookForm(request.POST)
    if not form.is_valid():
        return _patrol_page(request, found, form=form)
    reason = form.cleaned_data["reason"]
    lines = attempt(form, lambda: [look_at_track(found, reason, by=request.user, now=now(request))])
    if lines is None:
        return _patrol_page(request, found, form=form)
    features = [feature for track in lines if track for feature in patrols.line_feature(track.line)]
    stops = [stop.checkpoint for stop in patrols.stops_of(found)]
    shapes = {"type": "FeatureCollection", "features": features + patrols.stop_features(stops)}
    return _patrol_page(request, found, shapes=shapes, gone=not features, looked=reason)
