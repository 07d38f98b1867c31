"""Two states of a division side by side: two days, or a plan and the ground it began with."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.typed import DayField
from grids.division.compare import Difference, as_it_stood, differences, drawing
from grids.division.document import shapes_of
from grids.division.numbers import houses_of
from grids.division.shapes import Shape
from grids.models import Area, BoundaryPlan
from grids.views.plan_document import load as load_plan
from grids.views.shapes import instant_of, load

INSTANT = timedelta(microseconds=1)


class DaysForm(forms.Form):
    """Which two days, and which level."""

    kind = forms.ChoiceField(label=_("Level"), choices=[], required=False)
    before = DayField(label=_("On the day"), required=False)
    after = DayField(label=_("and on the day"), required=False)

    def __init__(self, *args: Any, parent: Area, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = list(Area.Kind)
        below = levels[levels.index(Area.Kind(parent.kind)) + 1 :]
        self.today = today
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in reversed(below)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Without days: a year ago and today; no day before there were computers."""
        said = super().clean() or self.cleaned_data
        said["kind"] = said.get("kind") or self.fields["kind"].choices[0][0]  # type: ignore[attr-defined]
        said["after"] = said.get("after") or self.today
        said["before"] = said.get("before") or self.today - timedelta(days=365)
        if min(said["before"], said["after"]).year < 1970:
            raise forms.ValidationError(_("Choose a day after 1970."))
        return said


def comparison(parent: Area, before: list[Shape], after: list[Shape]) -> dict[str, Any]:
    """The context that both pages share."""
    rows: list[Difference] = differences(before, after, houses_of(parent))
    return {"rows": rows, "map": drawing(before, after, {row.key for row in rows}), "drawn": bool(before or after)}


@require_safe
def days(request: SignedInRequest, area_id: int) -> HttpResponse:
    """What belonged to an area on two days."""
    parent = load(request, area_id)
    at = now(request)
    form = DaysForm(request.GET, parent=parent, today=timezone.localdate(at)) if not parent.is_grid else None
    context: dict[str, Any] = {"area": parent, "form": form}
    if form is not None and form.is_valid():
        said = form.cleaned_data
        states = [as_it_stood(parent, said["kind"], instant_of(said[side], at)) for side in ("before", "after")]
        shown = DaysForm(said, parent=parent, today=form.today)  # with the days that were meant where none was said
        context |= {"form": shown, **comparison(parent, *states)}
    return render(request, "grids/plans/days.html", context)


@require_safe
def compare(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """What a plan changes, or has changed."""
    plan: BoundaryPlan = load_plan(request, plan_id)
    at = plan.effective_at - INSTANT if plan.effective_at else now(request)
    before = as_it_stood(plan.parent, plan.child_kind, at)
    after = shapes_of(plan) if plan.effective_at is None else _after(plan, plan.effective_at)
    return render(request, "grids/plans/compare.html", {"plan": plan, **comparison(plan.parent, before, after)})


def _after(plan: BoundaryPlan, at: datetime) -> list[Shape]:
    """What stood when it had taken effect, with the codes and keys of the areas."""
    return as_it_stood(plan.parent, plan.child_kind, at)
