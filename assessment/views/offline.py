"""What the field door needs to work without a signal: the tray's screen, the shell, the worker, the day's data."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.sync.registry import labels


@require_safe
@never_cache
def tray(request: SignedInRequest) -> HttpResponse:
    """待上传: what lies on this phone and has not arrived. The browser fills it; nothing of it is known here."""
    return render(request, "field/tray.html", {"kinds": labels()})
