"""One's own account: who I am here, where I am signed in, how I am protected."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from gridgov.accounts import actions, devices, pins, platforms
from gridgov.accounts.requests import SignedInRequest
from gridgov.accounts.signing_in import person_of
from gridgov.dbtime import now


@never_cache
def profile(request: SignedInRequest) -> HttpResponse:
    """My account, at the desk."""
    return _account(request, "accounts/base.html")


@never_cache
def me(request: SignedInRequest) -> HttpResponse:
    """My account, on the phone: the last of the four entries at the bottom."""
    return _account(request, "field/base.html")


def _account(request: SignedInRequest, layout: str) -> HttpResponse:
    kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    context = {
        "layout": layout,
        "person": request.user,
        "devices": devices.of(person_of(request), request.session.session_key),
        "platforms": platforms.configured(),
        "has_factor": Authenticator.Type.TOTP in kinds,
        "pin_offered": pins.offered(request.user),
        "has_pin": pins.has(request),
        "pin_days": settings.PIN_DAYS,
        "has_codes": Authenticator.Type.RECOVERY_CODES in kinds,
    }
    return render(request, "accounts/profile.html", context)


@never_cache
def signed_in_devices(request: SignedInRequest) -> HttpResponse:
    """Every device signed in as me."""
    shown = devices.of(person_of(request), request.session.session_key)
    return render(request, "accounts/devices.html", {"devices": shown})


@require_POST
def end_session(request: SignedInRequest, session_id: int) -> HttpResponse:
    """Sign one of my devices out."""
    row = get_object_or_404(UserSession, user=request.user, pk=session_id)
    actions.end_session(person_of(request), row.pk, by=request.user, now=now(request))
    messages.success(request, _("That device is signed out."))
    return redirect("usersessions_list")


@require_POST
def end_other_sessions(request: SignedInRequest) -> HttpResponse:
    """Sign all my other devices out."""
    keep = request.session.session_key or ""
    actions.end_other_sessions(person_of(request), keep=keep, by=request.user, now=now(request))
    messages.success(request, _("Your other devices are signed out."))
    return redirect("usersessions_list")
