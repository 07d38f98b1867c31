"""How pages look for one person: language, text size, elder mode; kept with the sign-in, else in cookies.

Not audited: it changes nothing but the reader's own screen.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from gridgov.accounts.models import TextSize, User

app_name = "preferences"
TEXT_SIZE_COOKIE = "text_size"
ELDER_COOKIE = "elder_mode"
A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Look:
    """What `<html>` is told: data-text-size and data-elder."""

    text_size: str
    elder: bool


def look(request: HttpRequest) -> Look:
    """The reader's own choice; before signing in, this device's."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return Look(user.text_size, user.elder_mode)
    size = request.COOKIES.get(TEXT_SIZE_COOKIE, "")
    return Look(size if size in TextSize.values else TextSize.STANDARD, request.COOKIES.get(ELDER_COOKIE) == "on")


def _back(request: HttpRequest) -> HttpResponseRedirect:
    to = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(to if safe else "/")


def _keep(request: HttpRequest, cookie: str, value: str, **chosen: Any) -> HttpResponse:
    """Save on the person (one UPDATE of their own row) and on the device, then go back to the page."""
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(**chosen)
    response = _back(request)
    response.set_cookie(cookie, value, max_age=A_YEAR, samesite="Lax", secure=request.is_secure())
    return response


@login_not_required
@require_POST
def text_size(request: HttpRequest) -> HttpResponse:
    """Standard, large or extra large."""
    size = request.POST.get("text_size", "")
    if size not in TextSize.values:
        return HttpResponseBadRequest()
    return _keep(request, TEXT_SIZE_COOKIE, size, text_size=size)


@login_not_required
@require_POST
def elder_mode(request: HttpRequest) -> HttpResponse:
    """On or off."""
    mode = request.POST.get("elder_mode", "")
    if mode not in ("on", "off"):
        return HttpResponseBadRequest()
    return _keep(request, ELDER_COOKIE, mode, elder_mode=mode == "on")


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """One of LANGUAGES; LocaleMiddleware reads the cookie."""
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest()
    return _keep(request, settings.LANGUAGE_COOKIE_NAME, code, language=code)


urlpatterns = [
    path("text-size/", text_size, name="text_size"),
    path("elder-mode/", elder_mode, name="elder_mode"),
    path("language/", language, name="language"),
]
