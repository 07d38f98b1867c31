"""Patrols on the phone: what is due, the walk itself, the summary that its walker sees first, one's own tracks."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.accounts.signing_in import person_of
from gridgov.dbtime import now
from grids import permissions
from grids.forms import attempt
from grids.permissions import Perm
from teams import gpx, patrols
from teams.actions import patrols as actions
from teams.actions.patrol_tracks import import_track
from teams.models import Checkpoint, CheckpointMark, Patrol, PatrolPlan, PatrolRoute, PatrolTrack
from teams.patrol_forms import HandInForm, ImportForm

RECENT = 20
MOST_ROUTES = 40


@require_safe
@never_cache
def home(request: SignedInRequest) -> HttpResponse:
    """What is due today, every other route of mine, and what I walked."""
    permissions.require_anywhere(request.user, Perm.WALK_PATROLS)
    due = patrols.due_on(request.user, timezone.localdate())
    named = {one.plan.route_id for one in due}
    routes = PatrolRoute.objects.visible_to(request.user).standing().select_related("area").exclude(pk__in=named)
    mine = Patrol.objects.filter(walker=person_of(request)).select_related("route").order_by("-started_at")
    context = {"due": due, "routes": routes[:MOST_ROUTES], "mine": mine[:RECENT]}
    return render(request, "teams/patrols/home.html", context)


def walk_url(route: PatrolRoute, plan: PatrolPlan | None = None) -> str:
    """Where a route is walked."""
    return reverse("walks:walk", args=[route.pk]) + (f"?plan={plan.pk}" if plan else "")


@require_safe
@never_cache
def walk(request: SignedInRequest, route_id: int) -> HttpResponse:
    """The walk: the phone fills and keeps it; nothing of it is known here until it arrives."""
    permissions.require_anywhere(request.user, Perm.WALK_PATROLS)
    routes = PatrolRoute.objects.visible_to(request.user).standing().select_related("area")
    route = get_object_or_404(routes, pk=route_id)
    asked = request.GET.get("plan", "")
    plans = PatrolPlan.objects.on(timezone.localdate()).meant_for(request.user).filter(route=route)
    plan = plans.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 18 else None
    context = {
        "route": route,
        "walk": patrols.walk_data(route, plan, walk_url(route, plan)),
        "reasons": CheckpointMark.Why.choices,
    }
    return render(request, "teams/patrols/walk.html", context)


@require_safe
@never_cache
def checkpoint(request: SignedInRequest, checkpoint_id: int) -> HttpResponse:
    """What the code on a poster opens: confirm here on the patrol that runs on this phone, or begin one."""
    permissions.require_anywhere(request.user, Perm.WALK_PATROLS)
    routes = PatrolRoute.objects.visible_to(request.user)
    found = get_object_or_404(Checkpoint.objects.filter(route__in=routes).select_related("route"), pk=checkpoint_id)
    usable = found.retired_at is None and found.route.retired_at is None
    context = {"stop": found, "usable": usable, "walk": patrols.walk_data(found.route, None, walk_url(found.route))}
    return render(request, "teams/patrols/checkpoint.html", context)


def _mine(request: SignedInRequest, pk: Any) -> Patrol:
    permissions.require_anywhere(request.user, Perm.WALK_PATROLS)
    return get_object_or_404(Patrol.objects.filter(walker=person_of(request)).select_related("route"), pk=pk)


def _summary(request: SignedInRequest, found: Patrol, form: HandInForm) -> HttpResponse:
    track = PatrolTrack.objects.filter(patrol=found).first()
    stops = patrols.stops_of(found)
    features = patrols.line_feature(track.line) if track else []
    shapes = features + patrols.stop_features(stop.checkpoint for stop in stops)
    context = {
        "patrol": found,
        "stops": stops,
        "form": form,
        "has_track": bool(track),
        "track_days": settings.TRACK_DAYS,
        "shapes": {"type": "FeatureCollection", "features": shapes},
        "looks": found.looks.select_related("by").order_by("-at")[:50],
    }
    return render(request, "teams/patrols/summary.html", context)


@require_safe
@never_cache
def patrol(request: SignedInRequest, pk: Any) -> HttpResponse:
    """One's own patrol: places, gaps, who looked at the track; comment and hand in."""
    found = _mine(request, pk)
    return _summary(request, found, HandInForm(initial={"comment": found.comment}))


@require_POST
def hand_in(request: SignedInRequest, pk: Any) -> HttpResponse:
    """Let the office see it, with what there is to say."""
    found, form = _mine(request, pk), HandInForm(request.POST)
    if not form.is_valid():
        return _summary(request, found, form)
    try:
        actions.hand_in(found, form.cleaned_data["comment"], by=request.user, now=now(request))
        messages.success(
            request, _("Handed in. The office sees the places and your comment; your track only for a reason.")
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("walks:patrol", found.pk)


@require_safe
@never_cache
def track(request: SignedInRequest, pk: Any) -> HttpResponse:
    """One's own track, to take along."""
    found = _mine(request, pk)
    line = get_object_or_404(PatrolTrack, patrol=found).line
    begun = timezone.localtime(found.started_at)
    name = f"{found.route.name} {begun:%Y-%m-%d}"
    answer = HttpResponse(gpx.write(line, name=name), content_type="application/gpx+xml")
    answer.headers["Content-Disposition"] = f'attachment; filename="patrol-{begun:%Y%m%d-%H%M}.gpx"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def take_file(request: SignedInRequest) -> HttpResponse:
    """A track from another program becomes one's own patrol."""
    permissions.require_anywhere(request.user, Perm.WALK_PATROLS)
    form = ImportForm(request.POST or None, request.FILES or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        route, data, on = said["route"], said["file"], said["on"]
        made = attempt(form, lambda: import_track(route, data, on=on, by=request.user, now=now(request)))
        if made is not None:
            return redirect("walks:patrol", made.pk)
    return render(request, "teams/patrols/import.html", {"form": form})
