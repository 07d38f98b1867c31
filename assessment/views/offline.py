"""What the field door needs to work without a signal: the tray's screen, the shell, the worker, the day's data."""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from assessment.today import day_of, things_of
from gridgov import program
from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.sync.registry import labels
from grids import permissions
from grids.permissions import Perm
from incidents.campaign_forms import CheckForm
from incidents.field_forms import FieldReportForm
from incidents.forms import CommentForm
from teams.models import CheckpointMark


@require_safe
@never_cache
def tray(request: SignedInRequest) -> HttpResponse:
    """待上传: what lies on this phone and has not arrived. The browser fills it; nothing of it is known here."""
    return render(request, "field/tray.html", {"kinds": labels()})


@login_not_required
@require_safe
@never_cache
def offline_shell(request: HttpRequest) -> HttpResponse:
    """The page a phone keeps for the time without a signal: the same for everyone of one language and text size.

    It holds no name, no token, no message; what it shows lies encrypted on the phone.
    """
    context = {
        "shell": True,
        "messages": [],
        "kinds": labels(),
        "reasons": CheckpointMark.Why.choices,
        "form": FieldReportForm(),
        "comment_form": CommentForm(),
        "check_form": CheckForm(items=[]),
    }
    return render(request, "field/shell.html", context)


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, from the root so that it may serve the whole field door."""
    response = HttpResponse(program.worker(), content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
@never_cache
def today_json(request: SignedInRequest) -> JsonResponse:
    """The day to take along: masked; the phone seals it and forgets it after a day without contact."""
    permissions.require_anywhere(request.user, Perm.REPORT_INCIDENTS)
    response = JsonResponse(day_of(request.user, now(request)))
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@never_cache
@gzip_page
def things_json(request: SignedInRequest) -> HttpResponseBase:
    """City assets and places to choose from without a signal. Unchanged since the phone asked (ETag): 304, no body."""
    permissions.require_anywhere(request.user, Perm.REPORT_INCIDENTS)
    response = JsonResponse(
        things_of(request.user), json_dumps_params={"ensure_ascii": False, "separators": (",", ":")}
    )
    response["Cache-Control"] = "private, no-store"
    tag = f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = tag
    return get_conditional_response(request, etag=tag, response=response) or response
