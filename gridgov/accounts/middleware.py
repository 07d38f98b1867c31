"""Keeps sessions honest: idle and absolute limits, a forced new password, a second factor where one is due."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from gridgov.accounts import pins, sessions
from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from gridgov.dbtime import now

ALWAYS_ALLOWED = {"account_change_password", "account_logout", "account_reauthenticate"}
WHILE_LOCKED = {"accounts:unlock", "account_logout", "account_login", "assessment:worker", "assessment:offline_shell"}
FACTOR_ALLOWED = ALWAYS_ALLOWED | {"mfa_index", "mfa_activate_totp", "mfa_view_recovery_codes", "mfa_reauthenticate"}


def page_of(request: HttpRequest) -> str:
    """The page to come back to after signing in: for a form or a fragment, the page it stood on."""
    on = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if request.method == "GET" and not request.headers.get("HX-Request"):
        return request.get_full_path()
    if url_has_allowed_host_and_scheme(on, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(on)
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return reverse(settings.LOGIN_REDIRECT_URL)


def password_is_due(user: User, request: HttpRequest) -> bool:
    """Whether a new password is asked for: after a reset, and by age under the dengbao3 profile."""
    if user.must_change_password:
        return True
    if settings.SECURITY_PROFILE != "dengbao3" or user.password_changed_at is None:
        return False
    return now(request) - user.password_changed_at > timedelta(days=settings.PASSWORD_MAX_DAYS)


def _ask_for_pin(request: HttpRequest) -> HttpResponse:
    """To the PIN and back; a program is told that the phone is locked."""
    if request.path.startswith("/api/") or request.path.endswith(".json"):
        said = {"title": _("This phone is locked"), "status": 403, "code": "locked"}
        return JsonResponse(said, status=403, content_type="application/problem+json")
    url = f"{reverse('accounts:unlock')}?{urlencode({'next': page_of(request)})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


def _lead_to(url: str, request: HttpRequest) -> HttpResponse:
    """To what must be done first; a fragment that a page asks for by itself stays empty, or that page stood in it."""
    return HttpResponse(status=204) if request.headers.get("HX-Request") else redirect(url)


def _refuse_program() -> HttpResponse:
    """A program behind a session is no way around what its person must do first."""
    said = {"title": _("First sign in with the browser and do what it asks for"), "status": 403, "code": "sign_in"}
    return JsonResponse(said, status=403, content_type="application/problem+json")


class SessionRulesMiddleware:
    """Ends sessions that are too old and leads people to what they must do first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if user.is_authenticated:
            if pins.expired(request) if pins.has(request) else sessions.expired(request):
                audit.record("accounts.session_expired", user, by=user)
                logout(request)
            elif not (pins.locked(request, user) or "X-Background" in request.headers):
                sessions.touch(request, user)  # a page that asks by itself (poll.js, tray.js) is nobody's presence
        return self._towards_sign_in(request, self.get_response(request))

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Nothing else works until the password is changed or the second factor is set up."""
        user: Any = request.user
        name = request.resolver_match.view_name if request.resolver_match else ""
        open_to_all = not getattr(view, "login_required", True)  # the API too: it asks by itself who is there
        if not user.is_authenticated or (open_to_all and not request.path.startswith("/api/")):
            return None
        if name not in WHILE_LOCKED and (pins.locked(request, user) or pins.due_again(request, name)):
            return _ask_for_pin(request)
        if open_to_all:
            due = password_is_due(user, request) or sessions.factor_missing(request)
            return _refuse_program() if due else None
        if name not in ALWAYS_ALLOWED and password_is_due(user, request):
            return _lead_to(f"{reverse('account_change_password')}?{urlencode({'next': page_of(request)})}", request)
        if name not in FACTOR_ALLOWED and sessions.factor_missing(request):
            return _lead_to(reverse("mfa_index"), request)
        return None

    def _towards_sign_in(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """A form or fragment whose session is over leads back to its page, not to an address nobody can open."""
        to = urlsplit(response.headers.get("Location", ""))
        turned_away = to.path == reverse("account_login") and to.query.startswith("next=")
        if not turned_away or request.user.is_authenticated:
            return response
        url = f"{reverse('account_login')}?{urlencode({'next': page_of(request)})}"
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": url})
        return HttpResponseRedirect(url) if request.method != "GET" else response
