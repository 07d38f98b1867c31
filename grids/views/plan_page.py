"""One plan's page: how far it is, what is wrong, what moves, who has confirmed, what has happened."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

import shapely
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from shapely.geometry import mapping

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from grids.actions.exports import may_export
from grids.actions.plans.going import moved_on
from grids.division.below import cut
from grids.division.change import Change, change_of
from grids.division.checks import Division, check, division_of
from grids.division.faults import Fault, Level, ordered
from grids.division.numbers import numbers
from grids.division.preview import Preview, Row, collect, posts_faults
from grids.division.shapes import Shape
from grids.logged import WORDS
from grids.models import Area, BoundaryPlan
from grids.permissions import Perm, allows
from grids.views.plan_document import load
from grids.views.plan_forms import forms_of
from grids.workflow import BAR, PLAN_MOVES, UNDER_WAY, PlanStatus

MOST = 60
MOST_DRAWN = 2_000
STEPS = 12
FEW = 6  # lines of what moves, of each kind of thing


@dataclass(frozen=True)
class Line:
    """One area of the plan with what it weighs."""

    shape: Shape
    numbers: dict[str, float]
    mark: str | Promise
    area: Area | None
    code: str
    former: str = ""  # the code it had in the draft, where it has another now


@require_safe
def plan(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Everything about one plan."""
    return page(request, load(request, plan_id))


def page(request: SignedInRequest, found: BoundaryPlan, refused: BaseForm | None = None) -> HttpResponse:
    """The same, after a step was `refused`: what its form says is wrong, and what was typed, wherever it may stand."""
    division = division_of(found)
    change = change_of(found, division) if found.status in UNDER_WAY else None
    context = {
        "plan": found,
        "now": now(request),
        "under_way": change is not None,
        "bar": _bar(found),
        "may": _may(request, found),
        "may_plan": allows(request.user, Perm.PLAN_BOUNDARIES, found),
        "may_export": may_export(request.user, found),
        **_areas(request, found, division, change),
        **({"map": _map(division, [])} if change is None else _looked_at(request, found, division, change)),
        **_people(request, found),
        **_forms(request, found),
        **_history(found),
    }
    if context.get("unfit"):
        context["words_form"].initial["words"] = _("The ground has changed since.")
    context |= _refusal(context, refused) if refused is not None else {}
    return render(request, "grids/plans/plan.html", context, status=200 if refused is None else 422)


def _refusal(context: dict[str, Any], form: BaseForm) -> dict[str, Any]:
    """The form that was refused in its place; if the page has that place no more, the words that were typed."""
    slot, may = getattr(form, "slot", ""), context["may"]
    there = {
        "submit_form": may["submit"] and not context.get("errors") and not context.get("behind"),
        "words_form": may["approve"] or may["send_back"],
        "describe_form": context["describe_form"] is not None,
        "revert_form": may["revert"],
    }
    if there.get(slot):
        return {"refusals": form.non_field_errors(), slot: form}
    typed = [str(form.data.get(name, "")).strip() for name in ("words", "note") if name in form.fields]
    said = [str(text) for found in form.errors.values() for text in found]
    return {"refusals": said, "typed": "\n".join(filter(None, typed)), slot or "form": form}


def _bar(plan: BoundaryPlan) -> list[dict[str, Any]]:
    if plan.status == PlanStatus.WITHDRAWN:
        return [{"label": PlanStatus.DRAFT.label, "done": True}, {"label": PlanStatus.WITHDRAWN.label, "here": True}]
    reached = BAR.index(PlanStatus(plan.status))
    days = {PlanStatus.EFFECTIVE: plan.effective_at or plan.effective_on}  # by hand it may come before its day
    return [
        {"label": status.label, "done": nth < reached, "here": nth == reached, "at": days.get(status) or ""}
        for nth, status in enumerate(BAR)
    ]


def _may(request: SignedInRequest, plan: BoundaryPlan) -> dict[str, bool]:
    """Which steps this reader may take now."""
    may = {
        name: plan.status in move.froms and allows(request.user, move.needs, plan) for name, move in PLAN_MOVES.items()
    }
    drew = plan.created_by_id == request.user.pk or plan.steps.filter(saved_by=request.user).exists()
    may["approve"] = may["approve"] and not drew
    may["revert"] = plan.effective_at is not None and allows(request.user, Perm.PLAN_BOUNDARIES, plan)
    return may


def _looked_at(request: SignedInRequest, plan: BoundaryPlan, division: Division, change: Change) -> dict[str, Any]:
    """What is wrong and what moves, while it can still be changed."""
    previews = collect(change, by=request.user)
    faults = ordered(check(division) + cut(change) + posts_faults(previews))
    buildings = Preview(rows=tuple(_buildings(change)))
    behind, errors = moved_on(change), [fault for fault in faults if fault.level == Level.ERROR]
    return {
        "checked": True,
        "faults": faults,
        "shown": faults[:MOST],
        "more_faults": max(len(faults) - MOST, 0),
        "errors": errors,
        "unfit": not plan.editable and bool(behind or errors),
        **_moves(request, [buildings, *previews]),
        "behind": behind,
        "map": _map(division, faults),
    }


def _moves(request: SignedInRequest, previews: list[Preview]) -> dict[str, Any]:
    """How many of what in all, and the first lines of each kind; every line when asked for.

    A whole street divided anew moves hundreds of lines.
    """
    rows: dict[str, list[Row]] = {}
    for preview in previews:
        for row in preview.rows:
            rows.setdefault(str(row.what), []).append(row)
    most = None if "all" in request.GET else FEW
    return {
        "moves": [row for lines in rows.values() for row in lines[:most]],
        "moves_in_all": {what: sum(row.count for row in lines) for what, lines in rows.items()},
        "more_moves": sum(len(lines[most:]) for lines in rows.values()) if most else 0,
    }


def _buildings(change: Change) -> list[Row]:
    """Buildings, with their households and persons, from where to where."""
    moved = sorted(
        (change.areas[house.area_id].name, change.name_of(key), house.pk, house)
        for house, key in change.moved
        if house.area_id in change.areas
    )
    rows = []
    for (old, new), group in groupby(moved, key=lambda one: one[:2]):
        houses = [one[3] for one in group]
        facts = {"households": sum(h.households for h in houses), "persons": sum(h.persons for h in houses)}
        more = _("%(households)s households, %(persons)s persons") % facts if any(facts.values()) else ""
        rows.append(Row(_("buildings"), old, new, len(houses), more))
    return rows


def _areas(request: SignedInRequest, plan: BoundaryPlan, division: Division, change: Change | None) -> dict[str, Any]:
    """What changes first, then by their codes; of a crowd the first, or all when asked for."""
    weights = numbers(division.shapes, division.houses, division.known)
    lines = [_line(shape, plan, division, weights[shape.key], _mark(shape, change)) for shape in division.shapes]
    lines.sort(key=lambda line: (not line.mark, not line.code, line.code, line.shape.order))
    most = len(lines) if "all" in request.GET else MOST
    return {
        "areas": lines[:most],
        "all_areas": len(lines),
        "more_areas": max(len(lines) - most, 0),
        "retired": change.retired if change is not None else [],
    }


def _line(shape: Shape, plan: BoundaryPlan, division: Division, weights: dict[str, float], mark: str | Promise) -> Line:
    """With the code its area has today: a plan in effect has given new ones."""
    area = division.known.get(plan.became.get(shape.key, shape.area_id))
    code = area.code if area is not None else shape.code
    former = shape.code if shape.code != code else ""
    return Line(shape, weights, mark, area, code, former)


def _mark(shape: Shape, change: Change | None) -> str | Promise:
    if change is None:
        return ""
    if shape.area_id not in change.areas:
        return gettext_lazy("in use again") if shape.area_id is not None else gettext_lazy("new")
    return gettext_lazy("redrawn") if shape.key in change.shifted else ""


def _map(division: Division, faults: list[Fault]) -> dict[str, Any]:
    """The plan's shapes, and on top of them where something is wrong."""
    features = [
        _feature(shape.geometry, id=shape.key, label=shape.name, kind=division.kind)
        for shape in division.shapes[:MOST_DRAWN]
        if shape.geometry is not None
    ]
    features += [
        _feature(fault.where, id=fault.id, label=fault.words, kind="fault")
        for fault in faults[:MOST]
        if fault.where is not None and fault.level != Level.NOTICE and fault.where.geom_type not in POINTS
    ]
    return {"type": "FeatureCollection", "features": features}


POINTS = ("Point", "MultiPoint")


def _feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    drawn = mapping(shapely.set_precision(geometry, 1e-7, mode="pointwise"))
    return {"type": "Feature", "properties": properties, "geometry": drawn}


def _people(request: SignedInRequest, plan: BoundaryPlan) -> dict[str, Any]:
    rows = list(plan.hand_overs.select_related("user", "area"))
    confirmed = sum(row.confirmed_at is not None for row in rows)
    return {
        "hand_overs": rows,
        "confirmed": confirmed,
        "waiting": len(rows) - confirmed,
        "may_confirm": plan.status in (PlanStatus.CHECKED, PlanStatus.APPROVED),
    }


def _forms(request: SignedInRequest, plan: BoundaryPlan) -> dict[str, Any]:
    may_plan = allows(request.user, Perm.PLAN_BOUNDARIES, plan)
    found = forms_of(request, plan)
    if not plan.editable or not may_plan:
        found["describe_form"] = None
    return {**found, "idle": _idle(plan, may_plan)}


def _idle(plan: BoundaryPlan, may_plan: bool) -> str:
    """What one waits for."""
    if plan.status == PlanStatus.CHECKED and may_plan:
        return _("It waits for approval by somebody who did not draw it.")
    if plan.status == PlanStatus.PUBLISHED:
        return _("It is in effect and published.")
    return ""


def _history(plan: BoundaryPlan) -> dict[str, Any]:
    notes = list(plan.notes.select_related("by").order_by("-id")[:MOST])
    for note in notes:
        note.what = WORDS.get(f"grids.{note.move}", note.move)  # type: ignore[attr-defined]
    steps = plan.steps.defer("shapes", "walls").select_related("saved_by")
    return {"notes": notes, "steps": list(steps.order_by("-revision")[:STEPS]) if plan.editable else []}
