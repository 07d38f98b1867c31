"""What a street holds its divisions against, one page for each area and level."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from grids import permissions
from grids.actions import plans as actions
from grids.actions.plans.limits import LIMITS
from grids.forms import TreeChoice, saved
from grids.models import Area, DivisionLimits
from grids.permissions import Perm
from grids.views.shapes import load


class WhereForm(forms.Form):
    """Whose limits."""

    parent = TreeChoice(label=gettext_lazy("Area"), queryset=Area.objects.none(), required=False, empty_label=None)
    kind = forms.ChoiceField(
        label=gettext_lazy("Divided into"),
        required=False,
        choices=[(kind.value, kind.label) for kind in reversed(Area.Kind) if kind != Area.Kind.DISTRICT],
    )

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Area.objects.visible_to(by, Perm.PLAN_BOUNDARIES).standing().exclude(kind=Area.Kind.GRID)
        self.fields["parent"].queryset = mine  # type: ignore[attr-defined]


class LimitsForm(forms.ModelForm):
    """All the limits; an empty one is not checked."""

    class Meta:
        model = DivisionLimits
        fields = LIMITS


@require_http_methods(["GET", "HEAD", "POST"])
def limits(request: SignedInRequest) -> HttpResponse:
    """Look at the limits of an area, and change them."""
    permissions.require_anywhere(request.user, Perm.PLAN_BOUNDARIES)
    where = WhereForm(request.GET, by=request.user)
    said = where.cleaned_data if where.is_valid() else {}
    if request.method == "POST" and where.errors:
        raise Http404  # never another area's limits in place of those that were meant
    area = said.get("parent") or Area.objects.visible_to(request.user, Perm.PLAN_BOUNDARIES).standing().first()
    kind = said.get("kind") or Area.Kind.GRID
    if area is None:
        return render(request, "grids/plans/limits.html", {"where": where})
    row = DivisionLimits.for_division(area, kind)
    form = LimitsForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in LIMITS}
        if saved(form, lambda: actions.set_limits(area, kind, by=request.user, now=now(request), **facts)):
            messages.success(request, _("Saved. The next check uses them."))
            return redirect(_address(area, kind))
    where = WhereForm({"parent": area.pk, "kind": kind}, by=request.user)
    own = row.area_id == area.pk
    return render(
        request, "grids/plans/limits.html", {"where": where, "form": form, "area": area, "row": row, "own": own}
    )


def _address(area: Area, kind: str) -> str:
    return f"{reverse('plans:limits')}?parent={area.pk}&kind={kind}"


@require_POST
def forget_limits(request: SignedInRequest, area_id: int, kind: str) -> HttpResponse:
    """Back to those of the area above."""
    area = load(request, area_id, Perm.PLAN_BOUNDARIES)
    actions.forget_limits(area, kind, by=request.user, now=now(request))
    messages.success(request, _("The limits of the area above count again."))
    return redirect(_address(area, kind))
