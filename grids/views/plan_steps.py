"""What is done with a plan: each step one address, one form, one action."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.typed import DayField
from grids.actions import plans as actions
from grids.models import BoundaryPlan
from grids.views.plan_document import load


def words_field(**more: Any) -> forms.CharField:
    """A few words on what is done."""
    return forms.CharField(max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}), **more)


class SubmitForm(forms.Form):
    """From which day on, and why it is right in spite of warnings."""

    effective_on = DayField(label=gettext_lazy("Takes effect on"))
    words = words_field(label=gettext_lazy("Reason, if there are warnings"))


class WordsForm(forms.Form):
    """What there is to say."""

    words = words_field(label=gettext_lazy("Words"))


class DescribeForm(forms.ModelForm):
    """Name, reason, and whether all get new codes."""

    class Meta:
        model = BoundaryPlan
        fields = ("name", "note", "renumber")
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}


class RevertForm(forms.Form):
    """What the plan back shall be called."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)


def tomorrow(request: SignedInRequest) -> Any:
    """The first day that leaves a night to look at it again."""
    return timezone.localdate(now(request)) + timedelta(days=1)


def _facts(request: SignedInRequest) -> dict[str, Any]:
    return {"by": request.user, "now": now(request)}


def _said(form: forms.BaseForm) -> str:
    """What a form does not take, in one sentence."""
    return " ".join(str(text) for found in form.errors.values() for text in found)


def _step(
    request: SignedInRequest, plan_id: UUID, act: Callable[..., Any], said: str, form: forms.BaseForm | None = None
) -> HttpResponse:
    """Run one action on a plan; what it or the form refuses stands on the plan's page as a sentence."""
    plan = load(request, plan_id)
    if form is not None and not form.is_valid():
        messages.error(request, _said(form))
        return redirect("plans:plan", plan.pk)
    try:
        act(plan, **(form.cleaned_data if form is not None else {}), **_facts(request))
        messages.success(request, said)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("plans:plan", plan.pk)


@require_POST
def submit(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Hand it in for approval."""
    said = _("Submitted. Those whose work moves have been asked to confirm.")
    return _step(request, plan_id, actions.submit, said, SubmitForm(request.POST))


@require_POST
def approve(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Agree to it."""
    return _step(request, plan_id, actions.approve, _("Approved."), WordsForm(request.POST))


@require_POST
def send_back(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Give it back to be drawn again."""
    return _step(request, plan_id, actions.send_back, _("Sent back."), WordsForm(request.POST))


@require_POST
def withdraw(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Give it up; it can be taken up again."""
    return _step(request, plan_id, actions.withdraw, _("Withdrawn. It can be taken up again."))


@require_POST
def take_up(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Undo a withdrawal."""
    return _step(request, plan_id, actions.take_up, _("It is a draft again."))


@require_POST
def take_effect(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """At once, before its day."""
    return _step(request, plan_id, actions.take_effect, _("The new division holds from now on."))


@require_POST
def publish(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Residents have been told."""
    return _step(request, plan_id, actions.publish, _("Published."))


@require_POST
def rebase(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Let the draft follow the ground where it has not changed it."""
    said = _("The draft is up to date. Look at what has changed, and check it again.")
    return _step(request, plan_id, actions.rebase, said)


@require_POST
def describe(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Name, reason, numbering."""
    return _step(request, plan_id, actions.describe_plan, _("Saved."), DescribeForm(request.POST))


@require_POST
def restore(request: SignedInRequest, plan_id: UUID, revision: int) -> HttpResponse:
    """Go on from an earlier saved step."""
    said = _("The earlier step is the newest one now; nothing in between is lost.")
    return _step(request, plan_id, partial(actions.restore_step, revision=revision), said)


@require_POST
def confirm(request: SignedInRequest, plan_id: UUID, row_id: UUID) -> HttpResponse:
    """One's work is handed over."""
    row = get_object_or_404(load(request, plan_id).hand_overs.filter(user=request.user), pk=row_id)
    said = _("Thank you. The hand-over is confirmed.")

    def act(_plan: BoundaryPlan, **facts: Any) -> None:
        actions.confirm_hand_over(row, **facts)

    return _step(request, plan_id, act, said, WordsForm(request.POST))


@require_POST
def revert(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """A draft that goes back to how it was before."""
    plan = load(request, plan_id)
    form = RevertForm(request.POST)
    if form.is_valid():
        try:
            made = actions.revert(plan, name=form.cleaned_data["name"], **_facts(request))
            messages.success(request, _("A draft with the earlier boundaries. Check it and submit it."))
            return redirect("plans:plan", made.pk)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    else:
        messages.error(request, _said(form))
    return redirect("plans:plan", plan.pk)
