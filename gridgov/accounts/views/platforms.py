"""Signing in through 企业微信, 钉钉 or OpenID Connect, and linking such an account while signed in."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gridgov.accounts import identity_actions, lockout, platforms, signing_in
from gridgov.accounts.forms import locked_message
from gridgov.accounts.models import Identity
from gridgov.accounts.platforms import Way, trips
from gridgov.accounts.platforms.trips import Trip
from gridgov.accounts.requests import SignedInRequest
from gridgov.accounts.signing_in import person_of
from gridgov.dbtime import now
from gridgov.outside.trouble import Trouble

HOME = "/"


def _way(name: str) -> Way:
    way = platforms.named(name)
    if way is None:
        raise Http404
    return way


def _depart(request: HttpRequest, way: Way, trip: Trip) -> HttpResponse:
    try:
        return redirect(way.away(request, trip, platforms.back_url(way)))
    except Trouble:
        return _failed(request, way, "unreachable", 502)


def _failed(request: HttpRequest, way: Way, reason: str, status: int, words: str = "") -> HttpResponse:
    context = {"way": way, "reason": reason, "words": words, "linking": request.user.is_authenticated}
    return render(request, "accounts/platform_failed.html", context, status=status)


@login_not_required
@require_POST
def start(request: HttpRequest, platform: str) -> HttpResponse:
    """Go to the platform to sign in."""
    way = _way(platform)
    if request.user.is_authenticated:
        return redirect(signing_in.safe_next(request) or HOME)
    return _depart(request, way, trips.begin(request, way.name, to=signing_in.safe_next(request)))


@login_not_required
@never_cache
@require_safe
def back(request: HttpRequest, platform: str) -> HttpResponse:
    """Back from the platform: sign in, or link. A GET because platforms send people back by one; it counts once."""
    way = _way(platform)
    trip = trips.finish(request, way.name, request.GET.get("state", ""))
    if trip is None:
        signing_in.note_platform_failure(request, None, way.name, "state")
        return _failed(request, way, "state", 400)
    if request.GET.get("error") or not (request.GET.get("code") or request.GET.get("authCode")):
        return _failed(request, way, "cancelled", 400)
    try:
        subject = way.who(request.GET.dict(), trip, platforms.back_url(way))
    except Trouble:
        signing_in.note_platform_failure(request, None, way.name, "trouble")
        return _failed(request, way, "unreachable", 502)
    if not subject:
        signing_in.note_platform_failure(request, None, way.name, "outside")
        return _failed(request, way, "outside", 403)
    return _link(request, way, trip, subject) if trip.user else _enter(request, way, trip, subject)


def _enter(request: HttpRequest, way: Way, trip: Trip, subject: str) -> HttpResponse:
    try:
        user = signing_in.check_platform(request, way.name, subject)
    except lockout.Locked as locked:
        return _failed(request, way, "locked", 429, locked_message(locked))
    if user is None:
        return _failed(request, way, "unknown", 403)
    return signing_in.finish_platform(request, user, way.name, to=trip.to or resolve_url("home"))


def _link(request: HttpRequest, way: Way, trip: Trip, subject: str) -> HttpResponse:
    if not request.user.is_authenticated or request.user.pk != trip.user:
        return _failed(request, way, "state", 400)
    person = person_of(request)
    try:
        identity_actions.link(person, way.name, subject, by=person, now=now(request))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("The account is linked. You can sign in with it from now on."))
    return redirect("accounts:linked")


@never_cache
@require_safe
def linked(request: SignedInRequest) -> HttpResponse:
    """The accounts elsewhere that sign me in here."""
    mine = {row.platform: row for row in Identity.objects.filter(user=request.user)}
    lines = [{"way": way, "identity": mine.get(way.name)} for way in platforms.configured()]
    return render(request, "accounts/linked.html", {"lines": lines})


@reauthentication_required
@require_POST
def link(request: SignedInRequest, platform: str) -> HttpResponse:
    """Go to the platform to link my account there; the password was typed just now."""
    way = _way(platform)
    return _depart(request, way, trips.begin(request, way.name, user=request.user.pk))


@require_POST
def unlink(request: SignedInRequest, platform: str) -> HttpResponse:
    """Take the link away."""
    if identity_actions.unlink(request.user, platform, by=request.user, now=now(request)):
        messages.success(request, _("The account is no longer linked. You can still sign in with your password."))
    return redirect("accounts:linked")
