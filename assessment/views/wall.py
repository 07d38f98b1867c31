"""大屏: the board's numbers without names, behind a link that can be revoked."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessment import actions, metrics
from assessment.models import WallLink
from assessment.views.board import chart, coloured
from gridgov.accounts.qr import svg
from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from grids import permissions
from grids.forms import TreeChoice, attempt
from grids.models import Area, BoundaryVersion
from grids.permissions import Perm, ReachFields, readable
from incidents.models import Incident


class WallForm(forms.Form):
    """Which area, and where the screen hangs."""

    area = TreeChoice(label=gettext_lazy("Area"), queryset=Area.objects.none(), empty_label=None)
    label = forms.CharField(label=gettext_lazy("Where it hangs"), max_length=80)

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["area"]
        rows = Area.objects.visible_to(by, Perm.SHARE_BOARD).standing()
        field.queryset = rows.exclude(kind=Area.Kind.GRID)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def links(request: SignedInRequest) -> HttpResponse:
    """The links there are; a new one is shown once."""
    permissions.require_anywhere(request.user, Perm.SHARE_BOARD)
    form, made = WallForm(request.POST or None, by=request.user), ""
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: actions.share_wall(**form.cleaned_data, by=request.user, now=now(request)))
        if done is not None:
            made = request.build_absolute_uri(reverse("assessment:wall", args=[done[1]]))
            form = WallForm(by=request.user)
    rows = WallLink.objects.filter(readable(request.user, Perm.SHARE_BOARD, ReachFields()))
    rows = rows.select_related("area", "created_by", "revoked_by")
    qr = svg(made, label=_("The wall view")) if made else ""
    context = {"form": form, "links": rows, "made": made, "qr": qr, "now": now(request)}
    return render(request, "assessment/walls.html", context)


@require_POST
def revoke(request: SignedInRequest, link_id: int) -> HttpResponse:
    """End a link."""
    permissions.require_anywhere(request.user, Perm.SHARE_BOARD)
    rows = WallLink.objects.filter(readable(request.user, Perm.SHARE_BOARD, ReachFields()))
    found = get_object_or_404(rows, pk=link_id)
    actions.revoke_wall(found, by=request.user, now=now(request))
    messages.success(request, _("The link no longer opens anything."))
    return redirect("assessment:walls")


@login_not_required
@never_cache
@require_safe
def wall(request: HttpRequest, token: str) -> HttpResponse:
    """The screen itself: numbers, map and tables; no person, no case, no address."""
    link = get_object_or_404(
        WallLink.objects.select_related("area"), token_hash=actions.token_hash(token), revoked_at=None
    )
    area = link.area
    rows = Incident.objects.filter(metrics.within(area.path), is_confidential=False)
    by_area = metrics.by_area(rows)
    versions = BoundaryVersion.objects.filter(
        until=None, kind=Area.Kind.GRID, area__path__gte=area.path, area__path__lt=area.path + permissions.ABOVE
    ).select_related("area")
    context = {
        "area": area,
        "numbers": metrics.numbers(rows, now(request)),
        "by_area": by_area,
        "by_unit": metrics.by_unit(rows),
        "map": coloured(versions, {item["area_id"]: item for item in by_area}, lambda grid: ""),
        "trend": chart(metrics.trend(area.path, now(request))),
        "now": now(request),
    }
    return render(request, "assessment/wall.html", context)
