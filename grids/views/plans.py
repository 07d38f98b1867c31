"""The plans that divide areas: the list, and a new one."""

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.paging import keyset
from grids import permissions
from grids.actions import plans as actions
from grids.forms import TreeChoice, attempt
from grids.models import Area, BoundaryPlan
from grids.permissions import Perm


class NewPlanForm(forms.Form):
    """What shall be divided, and into what."""

    wide = ("parent", "name", "note")

    parent = TreeChoice(label=gettext_lazy("Divides"), queryset=Area.objects.none())
    kind = forms.ChoiceField(label=gettext_lazy("Into"), choices=[])
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    note = forms.CharField(
        label=gettext_lazy("Why"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: object, by: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        mine = Area.objects.visible_to(by, Perm.PLAN_BOUNDARIES).standing().exclude(kind=Area.Kind.GRID)
        self.fields["parent"].queryset = mine  # type: ignore[attr-defined]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind.value, kind.label) for kind in reversed(Area.Kind) if kind != Area.Kind.DISTRICT
        ]


@require_safe
def plans(request: SignedInRequest) -> HttpResponse:
    """Every plan in reach, the newest first."""
    if not any(permissions.scope(request.user).holds(p) for p in (Perm.PLAN_BOUNDARIES, Perm.APPROVE_BOUNDARIES)):
        permissions.require_anywhere(request.user, Perm.PLAN_BOUNDARIES)
    rows = BoundaryPlan.objects.visible_to(request.user).select_related("parent", "saved_by")
    text = request.GET.get("q", "").replace("\x00", "").strip()[:40]
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(parent__name__icontains=text))
    context = {
        "page": keyset(rows, request, by=("-id",)),
        "q": text,
        "now": now(request),
        "may_plan": permissions.scope(request.user).holds(Perm.PLAN_BOUNDARIES),
    }
    return render(request, "grids/plans/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Begin a plan from the areas as they stand."""
    permissions.require_anywhere(request.user, Perm.PLAN_BOUNDARIES)
    form = NewPlanForm(request.POST or None, by=request.user, initial={"parent": request.GET.get("parent")})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        facts = {"kind": said["kind"], "name": said["name"], "note": said["note"]}
        made = attempt(form, lambda: actions.create_plan(said["parent"], by=request.user, now=now(request), **facts))
        if made is not None:
            messages.success(request, _("The draft begins with the areas as they stand."))
            return redirect("plans:plan", made.pk)
    return render(request, "grids/plans/new.html", {"form": form})
