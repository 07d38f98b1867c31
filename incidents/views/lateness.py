"""The supervision page: what is late and with whom; sums by unit; what may be taken beyond the street."""

from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.clock.levels import Level
from gridgov.dbtime import now
from gridgov.paging import keyset
from gridgov.typed import DayField
from grids import permissions
from grids.permissions import Perm, allows
from incidents import actions, lateness
from incidents.forms import ANY, Words
from incidents.lateness import Asked, Facets
from incidents.models import Referral
from incidents.views.case import load
from incidents.views.steps import back, page, tried
from incidents.workflow import Stage

PAGES = (
    ("supervision", gettext_lazy("Late now")),
    ("supervisions", gettext_lazy("Supervision records")),
    ("unit_sums", gettext_lazy("By unit")),
    ("referrals", gettext_lazy("Proposed to be taken further")),
)


def tabs(here: str) -> list[dict[str, Any]]:
    """The pages of the room."""
    return [{"label": label, "url": reverse(f"incidents:{name}"), "current": name == here} for name, label in PAGES]


class LateFilter(forms.Form):
    """What narrows the page, with how many cases each choice holds. Nonsense filters nothing."""

    stage = forms.ChoiceField(label=gettext_lazy("Stage"), required=False)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), required=False)
    level = forms.ChoiceField(label=gettext_lazy("Deadline"), required=False)
    area = forms.ChoiceField(label=gettext_lazy("Area"), required=False)

    def __init__(self, data: Any, *, found: Facets) -> None:
        super().__init__(data)
        offered = {
            "stage": [
                (stage.value, f"{stage.label} ({found.stages[stage]})") for stage in Stage if stage != Stage.PROMISE
            ],
            "unit": [(str(key), f"{name} ({sum(n.values())})") for (_code, key, name), n in found.units.items() if key],
            "level": [
                (str(level.value), f"{level.label} ({found.levels[level]})") for level in Level if level >= Level.LATE
            ],
            "area": [(path, f"{name} ({n})") for (path, name), n in sorted(found.areas.items())],
        }
        for name, choices in offered.items():
            field: Any = self.fields[name]
            field.choices = [ANY, *choices]

    def asked(self) -> Asked:
        """The question, understood."""
        self.is_valid()
        clean = getattr(self, "cleaned_data", {})
        number = {name: int(clean[name]) if clean.get(name) else None for name in ("unit", "level")}
        return Asked(stage=clean.get("stage", ""), area_path=clean.get("area", ""), **number)

    def active(self) -> list[dict[str, str]]:
        """What is on, in words, each with the address without it."""
        on = {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}
        return [
            {
                "label": f"{self.fields[name].label}: {dict(self.fields[name].choices)[value]}",  # type: ignore[attr-defined]
                "url": "?" + urlencode({key: other for key, other in on.items() if key != name}),
            }
            for name, value in on.items()
        ]


@require_safe
@never_cache
def supervision(request: SignedInRequest) -> HttpResponse:
    """Everything late now, grouped by the unit it waits for, in the order of the units' codes: seven queries."""
    permissions.require_anywhere(request.user, Perm.SUPERVISE_INCIDENTS)
    rows = lateness.late(request.user)
    found = lateness.facets(rows)
    form = LateFilter(request.GET, found=found)
    asked = form.asked()
    shown = keyset(lateness.with_ladder(asked.apply(rows)), request, by=lateness.ORDER)
    context = {
        "form": form,
        "active": form.active(),
        "clear_url": reverse("incidents:supervision"),
        "page": shown,
        "groups": [
            (name, [lateness.line(row) for row in rows])
            for name, rows in groupby(shown.rows, key=lambda row: row.unit_name)
        ],
        "units": [
            {"id": key, "name": name, "all": sum(n.values()), "very": n[3], "critical": n[4]}
            for (_code, key, name), n in found.units.items()
        ],
        "total": sum(found.levels.values()),
        "tabs": tabs("supervision"),
        "now": now(request),
    }
    return render(request, "incidents/late.html", context)


@require_safe
@never_cache
def unit_sums(request: SignedInRequest) -> HttpResponse:
    """Who waited for whom, summed by unit over the last 30 days."""
    permissions.require_anywhere(request.user, Perm.SUPERVISE_INCIDENTS)
    rows = lateness.sums(request.user, now(request))
    context = {"rows": rows, "days": lateness.DAYS, "tabs": tabs("unit_sums")}
    return render(request, "incidents/unit_sums.html", context)


@require_safe
@never_cache
def waits(request: SignedInRequest) -> HttpResponse:
    """The stretches behind a sum: `?unit=`, and `?late=1` for those beyond their limit."""
    permissions.require_anywhere(request.user, Perm.SUPERVISE_INCIDENTS)
    rows = lateness.waits(request.user, now(request))
    unit = request.GET.get("unit", "")
    rows = rows.filter(unit=int(unit)) if unit.isdecimal() and len(unit) < 10 else rows.exclude(unit=None)
    rows = rows.filter(late__gt=0) if request.GET.get("late") == "1" else rows
    shown = keyset(rows.select_related("incident__category", "unit"), request, by=("-until", "clock_id", "part"))
    context = {"page": shown, "now": now(request), "days": lateness.DAYS, "late": request.GET.get("late") == "1"}
    return render(request, "incidents/waits.html", context)


# ── By hand, and beyond the street ──────────────────────────────────────────────────────────────────────


class SuperviseForm(forms.Form):
    """What the office wants of the unit, and by when."""

    words = Words(gettext_lazy("What is wanted"), rows=4)
    due_on = DayField(
        label=gettext_lazy("Answer by"),
        required=False,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def supervise(request: SignedInRequest, pk: Any) -> HttpResponse:
    """督办单: open a supervision by hand."""
    permissions.require_anywhere(request.user, Perm.SUPERVISE_INCIDENTS)
    incident = load(request, pk)
    permissions.require(request.user, Perm.SUPERVISE_INCIDENTS, incident)
    form = SuperviseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        if tried(form, lambda: actions.open_supervision(incident, **facts, by=request.user, now=now(request))):
            messages.success(request, _("Opened. The unit has been told."))
            return back(request, incident)
    return page(request, incident, form, heading=_("Open a supervision"), button=_("Open a supervision"))


@require_safe
@never_cache
def referrals(request: SignedInRequest) -> HttpResponse:
    """拟提请区级 / 联席会议: cases at the highest level, and what the leader in charge decided."""
    permissions.require_anywhere(request.user, Perm.SUPERVISE_INCIDENTS)
    decided = Prefetch("referrals", Referral.objects.select_related("decided_by"))
    rows = lateness.proposed(request.user).for_list().prefetch_related(decided)
    shown = keyset(rows, request, by=("reported_at", "id"))
    lines = [
        {
            "row": row,
            "decision": next((one for one in row.referrals.all() if one.cycle == row.cycle), None),
            "may_decide": allows(request.user, Perm.INSTRUCT_INCIDENTS, row),
        }
        for row in shown.rows
    ]
    context = {"page": shown, "lines": lines, "tabs": tabs("referrals"), "now": now(request)}
    return render(request, "incidents/referrals.html", context)


class ReferralForm(forms.Form):
    """Where to, whether, and why."""

    to = forms.ChoiceField(label=gettext_lazy("Take it to"), choices=Referral.To.choices, widget=forms.RadioSelect)
    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("approve", gettext_lazy("Approve")), ("refuse", gettext_lazy("Refuse"))],
        widget=forms.RadioSelect,
    )
    words = Words(gettext_lazy("Why"))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def refer(request: SignedInRequest, pk: Any) -> HttpResponse:
    """The leader in charge decides whether a case leaves the street."""
    permissions.require_anywhere(request.user, Perm.INSTRUCT_INCIDENTS)
    incident = load(request, pk)
    permissions.require(request.user, Perm.INSTRUCT_INCIDENTS, incident)
    form = ReferralForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = {"to": form.cleaned_data["to"], "words": form.cleaned_data["words"]}
        approve = form.cleaned_data["decision"] == "approve"
        if tried(
            form, lambda: actions.decide_referral(incident, approve=approve, **said, by=request.user, now=now(request))
        ):
            messages.success(request, _("Decided and recorded."))
            return back(request, incident)
    heading = _("Take it to the district or a joint meeting")
    return page(request, incident, form, heading=heading, button=_("Decide"))
