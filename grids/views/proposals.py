"""Ask for ways to divide an area, look at them side by side, take one as a draft."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from grids import tasks
from grids.actions import proposals as actions
from grids.actions.plans import Meanwhile
from grids.division.propose import Wishes, band
from grids.forms import attempt
from grids.models import Area, BoundaryPlan, DivisionLimits, DivisionProposal, ProposedDivision
from grids.permissions import Perm
from grids.views.shapes import load

EARLIER = 8


class ProposeForm(forms.Form):
    """What a division shall keep to."""

    old_estate = forms.TypedChoiceField(
        label=gettext_lazy("Size of a grid"), coerce=lambda said: said == "1", widget=forms.RadioSelect
    )
    count = forms.IntegerField(
        label=gettext_lazy("Number of grids"),
        min_value=1,
        max_value=200,
        required=False,
        help_text=gettext_lazy("Empty: as many as the standard asks for."),
    )

    def __init__(self, *args: Any, limits: DivisionLimits, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sizes = {mark: band(limits, Wishes(old_estate=mark == "1")) for mark in ("0", "1")}
        usual = _("%(least)d–%(most)d households") % dict(zip(("least", "most"), sizes["0"], strict=True))
        old = _("Old estate: %(least)d–%(most)d households") % dict(zip(("least", "most"), sizes["1"], strict=True))
        self.fields["old_estate"].choices = [("0", usual), ("1", old)]  # type: ignore[attr-defined]
        self.fields["old_estate"].initial = "0"


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: SignedInRequest, area_id: int) -> HttpResponse:
    """Ask. `plan` names a draft whose walls and kept grids count, `only` the one grid that is split."""
    area = load(request, area_id, Perm.PLAN_BOUNDARIES)
    if area.is_grid:
        raise Http404
    plan = _draft(request, area)
    only = _one(request, area)
    kind = plan.child_kind if plan else Area.Kind.GRID
    form = ProposeForm(request.POST or None, limits=DivisionLimits.for_division(area, kind))
    if request.method == "POST" and form.is_valid():
        wishes = Wishes(form.cleaned_data["count"], form.cleaned_data["old_estate"])
        facts: dict[str, Any] = {"plan": plan, "only": only, "wishes": wishes}
        made = attempt(form, lambda: actions.propose(area, **facts, by=request.user, now=now(request)))
        if made is not None:
            _begin(made, request)
            return redirect("plans:proposal", made.pk)
    earlier = DivisionProposal.objects.visible_to(request.user).filter(parent=area).select_related("created_by")
    context = {"area": area, "plan": plan, "only": only, "form": form, "earlier": list(earlier[:EARLIER])}
    return render(request, "grids/proposals/new.html", context | {"now": now(request)})


def _one(request: SignedInRequest, area: Area) -> Area | None:
    said = request.GET.get("only", "")
    if not said.isascii() or not said.isdigit():
        return None
    return get_object_or_404(Area.objects.standing().filter(parent=area, kind=Area.Kind.GRID), pk=int(said[:18]))


def _draft(request: SignedInRequest, area: Area) -> BoundaryPlan | None:
    try:
        asked = UUID(request.GET.get("plan", ""))
    except ValueError:
        return None
    rows = BoundaryPlan.objects.visible_to(request.user, Perm.PLAN_BOUNDARIES).filter(parent=area)
    plan = get_object_or_404(rows, pk=asked)
    return plan if plan.editable else None


def _begin(made: DivisionProposal, request: SignedInRequest) -> None:
    """Small ones at once; for large ones the worker is told, and the schedule finds them when it did not hear."""
    if actions.soon_done(made.parent):
        actions.work_out(made.pk, now=now(request))
        return
    with suppress(tasks.propose.OperationalError):
        tasks.propose.apply_async(retry=False)


@require_safe
def proposal(request: SignedInRequest, proposal_id: UUID) -> HttpResponse:
    """The ways side by side; while they are worked out the page asks again by itself."""
    found = _load(request, proposal_id)
    ways = list(found.ways.select_related("draft").order_by("nth")) if found.finished_at else []
    shown = [_shown(way) for way in ways]
    judged = _judged([way.figures for way in ways])
    for nth, one in enumerate(shown):
        one["best"] = [words for words, values in judged.values() if values[nth] == max(values) > min(values)]
        one["words"] += _next_best(nth, ways, judged)
    context = {"proposal": found, "ways": shown}
    return render(request, "grids/proposals/proposal.html", context)


def _load(request: SignedInRequest, proposal_id: UUID) -> DivisionProposal:
    rows = DivisionProposal.objects.visible_to(request.user).select_related("parent", "plan", "only", "created_by")
    return get_object_or_404(rows, pk=proposal_id)


def _shown(way: ProposedDivision) -> dict[str, Any]:
    rows = [row | {"label": row["name"] or _fresh(row["key"])} for row in way.figures["rows"]]
    labels = {row["key"]: f"{row['label']} · {row['households']:.0f}" for row in rows}
    features = [
        {**one, "properties": {"id": f"{way.nth}-{one['id']}", "label": labels.get(one["id"], ""), "kind": "grid"}}
        for one in way.shapes
        if one["geometry"]
    ]
    ordered = sorted(rows, key=lambda row: (row["dedicated"], not row["area_id"], row["label"]))
    return {
        "way": way,
        "aim": way.get_aim_display(),
        "figures": way.figures,
        "rows": ordered,
        "words": sentences(way.figures),
        "map": {"type": "FeatureCollection", "features": features},
        "source": f"way-{way.nth}",
    }


def _judged(figures: list[dict[str, Any]]) -> dict[str, tuple[str, list[float]]]:
    """What ways are compared at, by aim: the word for the best, and a number for each way, the largest the best."""
    return {
        ProposedDivision.Aim.EQUAL: (_("most even"), [-(one["ratio"] or 1e9) for one in figures]),
        ProposedDivision.Aim.COMPACT: (_("most compact"), [one["round_mean"] or 0 for one in figures]),
        ProposedDivision.Aim.STEADY: (_("fewest changes"), [-one["moved_buildings"] for one in figures]),
        "roads": (_("most along roads"), [(one.get("roads") or {}).get("share") or 0 for one in figures]),
    }


def _next_best(nth: int, ways: list[ProposedDivision], judged: dict[str, tuple[str, list[float]]]) -> list[str]:
    """A way may be best at more than it was sought for; whoever reads the others is told so."""
    _words, values = judged[ways[nth].aim]
    if values[nth] == max(values):
        return []
    other = ways[values.index(max(values))].get_aim_display()
    return [_("“%(other)s” does even better at this; here is the next best.") % {"other": other}]


def _fresh(key: str) -> str:
    return f"{_('New grid')} {key.removeprefix('p')}"


def sentences(figures: dict[str, Any]) -> list[str]:
    """The figures in words."""
    said = []
    for side, where in (("north", _("In the north")), ("south", _("In the south"))):
        loads = [row["households"] for row in figures["rows"] if row["side"] == side and not row["dedicated"]]
        if loads:
            said.append(_sized(where, loads))
    said.append(_moved(figures))
    said += _along(figures.get("roads"))
    if figures["outside"]:
        text = ngettext(
            "%(n)d grid is outside the standard.", "%(n)d grids are outside the standard.", figures["outside"]
        )
        said.append(text % {"n": figures["outside"]})
    else:
        said.append(_("Every grid is within the standard."))
    return said


def _sized(where: str, loads: list[float]) -> str:
    """How many grids on one side, and how large they are: a range only where they differ."""
    least, most = round(min(loads)), round(max(loads))
    facts = {"where": where, "n": len(loads), "least": least, "most": most}
    if least != most:
        return _("%(where)s %(n)d grids with %(least)d–%(most)d households.") % facts
    text = ngettext(
        "%(where)s %(n)d grid with %(least)d households.",
        "%(where)s %(n)d grids with %(least)d households each.",
        len(loads),
    )
    return text % facts


def _along(roads: dict[str, Any] | None) -> list[str]:
    """How much of the borders follows roads and water; nothing for a proposal of before they were known."""
    if roads is None:
        return []
    if not roads["known"]:
        return [_("No roads or water are known here: borders run half-way between buildings.")]
    if roads["share"] is None:
        return []
    facts = {"share": round(roads["share"] * 100), "names": _(", ").join(roads["names"])}
    said = [
        _("%(share)d%% of the borders between grids follow roads or water: %(names)s.") % facts
        if roads["names"]
        else _("%(share)d%% of the borders between grids follow roads or water.") % facts
    ]
    if roads["across"]:
        text = ngettext(
            "%(n)d grid lies on both sides of a main road or water.",
            "%(n)d grids lie on both sides of a main road or water.",
            roads["across"],
        )
        said.append(text % {"n": roads["across"]})
    return said


def _moved(figures: dict[str, Any]) -> str:
    """Who comes to another grid: households, or buildings where nobody lives; that nothing does is said, too."""
    if figures["moved"]:
        text = ngettext(
            "%(moved)d of %(total)d households comes to another grid than today.",
            "%(moved)d of %(total)d households come to another grid than today.",
            round(figures["moved"]),
        )
        return text % figures
    if figures["moved_buildings"]:
        text = ngettext(
            "%(moved_buildings)d building comes to another grid than today, no household does.",
            "%(moved_buildings)d buildings come to another grid than today, no household does.",
            figures["moved_buildings"],
        )
        return text % figures
    return _("No building changes its grid.")


@require_POST
def take(request: SignedInRequest, proposal_id: UUID, nth: int) -> HttpResponse:
    """Go on with one of them in the editor."""
    found = _load(request, proposal_id)
    way = get_object_or_404(found.ways.select_related("proposal__parent", "proposal__plan"), nth=nth)
    name = _("%(area)s: %(aim)s") % {"area": (found.only or found.parent).name, "aim": way.get_aim_display()}
    try:
        plan = actions.take_proposal(way, name=name[:80], by=request.user, now=now(request))
    except Meanwhile:
        messages.error(request, _("The draft was saved by somebody since. Ask for new proposals."))
        return redirect("plans:proposal", found.pk)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("plans:proposal", found.pk)
    messages.success(request, _("It is a draft now: change it in the editor, or withdraw it."))
    return redirect("plans:plan", plan.pk)
