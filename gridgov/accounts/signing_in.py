"""From a typed name and password to a session: counted, equally slow for everyone, written down."""

from typing import Any

from allauth.account.internal.flows.login import perform_login, perform_password_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from gridgov.accounts import lockout
from gridgov.accounts.models import Identity, User
from gridgov.audit import actions as audit
from gridgov.audit.origin import current_address
from gridgov.dbtime import now
from gridgov.privacy import crypto


def check(request: HttpRequest, typed: str, password: str) -> User | None:
    """The person, or None for a wrong name or password. Raises lockout.Locked. Every failure is recorded."""
    known = User.objects.by_sign_in(typed)
    address, present = current_address(), now(request)
    try:
        last = lockout.begin(known, crypto.normalise(typed), address, now=present)
    except lockout.Locked:
        audit.record("accounts.sign_in_refused", known, by=None, at=present, reason="locked")
        raise
    user: Any = authenticate(request, username=typed, password=password)
    if user is None:
        audit.record("accounts.sign_in_failed", known, by=None, at=present)
        if last:
            audit.record("accounts.locked", known, by=None, at=present)
        return None
    lockout.forgive(user, address)
    return user


def check_again(request: HttpRequest, password: str) -> bool:
    """Whether this is the signed-in person's password, counted like a sign-in. Raises lockout.Locked."""
    return check(request, request.user.get_username(), password) is not None


def check_platform(request: HttpRequest, platform: str, subject: str) -> User | None:
    """Whose linked account this is, counted and locked like a password; None when nobody may enter by it.

    Raises lockout.Locked. A closed sign-in and an account nobody linked answer alike.
    """
    identity = Identity.objects.behind(platform, subject)
    known = identity.user if identity else None
    address, present = current_address(), now(request)
    try:
        last = lockout.begin(known, f"{platform}:{subject}", address, now=present)
    except lockout.Locked:
        audit.record("accounts.sign_in_refused", known, by=None, at=present, reason="locked", platform=platform)
        raise
    if identity is None or known is None or not known.is_active or known.is_service:
        audit.record("accounts.sign_in_failed", known, by=None, at=present, platform=platform)
        if last:
            audit.record("accounts.locked", known, by=None, at=present)
        return None
    lockout.forgive(known, address)
    Identity.objects.filter(pk=identity.pk).update(last_used_at=present)
    return known


def note_platform_failure(request: HttpRequest, user: User | None, platform: str, reason: str) -> None:
    """Write down that somebody came back from a platform without a proof; it counts for the address they came from."""
    present = now(request)
    try:
        lockout.count(lockout.address_key(current_address()), limit=settings.LOCKOUT_ADDRESS, now=present)
    except lockout.Locked:
        return  # written down already; more rows would tell nothing new
    audit.record("accounts.sign_in_failed", user, by=None, at=present, platform=platform, reason=reason)


def finish_platform(request: HttpRequest, user: User, platform: str, *, to: str) -> HttpResponse:
    """Go on to the second step, or sign in; the platform stands for the password, not for the second factor."""
    record_authentication(request, user, method="platform", platform=platform)
    return perform_login(request, Login(user=user, email_verification="none", redirect_url=to or None))


def finish(request: HttpRequest, user: User, *, to: str) -> HttpResponse:
    """Go on to the second step, or sign in (a new session key) and go to `to`."""
    login = Login(user=user, email_verification="none", redirect_url=to or None)
    return perform_password_login(request, {"username": user.get_username()}, login)


def safe_next(request: HttpRequest) -> str:
    """The address to return to after signing in: on this site only, "" when there is none.

    A word without a slash would be taken for the name of a page, and there may be none of that name.
    """
    to = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    return to if safe and "/" in to else ""


def person_of(request: HttpRequest) -> User:
    """The signed-in person, for pages that nobody else reaches."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
