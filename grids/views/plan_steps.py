"""What is done with a plan: each step one address, one form, one action."""

from collections.abc import Callable
from datetime import timedelta
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
from grids.actions import plans as actions
from grids.models import BoundaryPlan
from grids.views.plan_document import load


def words_field(**more: Any) -> forms.CharField:
    """A few words on what is done."""
    return forms.CharField(max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}), **more)


class SubmitForm(forms.Form):
    """From which day on, and why it is right in spite of warnings."""

    effective_on = forms.DateField(
        label=gettext_lazy("Takes effect on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
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


def _done(
    request: SignedInRequest, plan: BoundaryPlan, form: forms.BaseForm | None, act: Callable[[Any], Any], said: str
) -> HttpResponse:
    """Run one action; what it refuses stands on the plan's page as a sentence."""
    if form is not None and not form.is_valid():
        messages.error(request, " ".join(str(text) for found in form.errors.values() for text in found))
        return redirect("plans:plan", plan.pk)
    try:
        act(form.cleaned_data if form is not None else {})
        messages.success(request, said)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("plans:plan", plan.pk)


def _facts(request: SignedInRequest) -> dict[str, Any]:
    return {"by": request.user, "now": now(request)}


@require_POST
def submit(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Hand it in for approval."""
    plan = load(request, plan_id)
    said = _("Submitted. Those whose work moves have been asked to confirm.")
    return _done(request, plan, SubmitForm(request.POST), lambda d: actions.submit(plan, **d, **_facts(request)), said)


@require_POST
def approve(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Agree to it."""
    plan = load(request, plan_id)
    form = WordsForm(request.POST)
    return _done(request, plan, form, lambda d: actions.approve(plan, **d, **_facts(request)), _("Approved."))


@require_POST
def send_back(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Give it back to be drawn again."""
    plan = load(request, plan_id)
    form = WordsForm(request.POST)
    return _done(request, plan, form, lambda d: actions.send_back(plan, **d, **_facts(request)), _("Sent back."))


@require_POST
def withdraw(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Give it up; it can be taken up again."""
    plan = load(request, plan_id)
    said = _("Withdrawn. It can be taken up again.")
    return _done(request, plan, None, lambda d: actions.withdraw(plan, **_facts(request)), said)


@require_POST
def take_up(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Undo a withdrawal."""
    plan = load(request, plan_id)
    said = _("It is a draft again.")
    return _done(request, plan, None, lambda d: actions.take_up(plan, **_facts(request)), said)


@require_POST
def take_effect(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """At once, before its day."""
    plan = load(request, plan_id)
    said = _("The new division holds from now on.")
    return _done(request, plan, None, lambda d: actions.take_effect(plan, **_facts(request)), said)


@require_POST
def publish(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Residents have been told."""
    plan = load(request, plan_id)
    return _done(request, plan, None, lambda d: actions.publish(plan, **_facts(request)), _("Published."))


@require_POST
def rebase(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Let the draft follow the ground where it has not changed it."""
    plan = load(request, plan_id)
    said = _("The draft is up to date. Look at what has changed, and check it again.")
    return _done(request, plan, None, lambda d: actions.rebase(plan, **_facts(request)), said)


@require_POST
def describe(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Name, reason, numbering."""
    plan = load(request, plan_id)
    form = DescribeForm(request.POST)
    return _done(request, plan, form, lambda d: actions.describe_plan(plan, **d, **_facts(request)), _("Saved."))


@require_POST
def restore(request: SignedInRequest, plan_id: UUID, revision: int) -> HttpResponse:
    """Go on from an earlier saved step."""
    plan = load(request, plan_id)
    said = _("The earlier step is the newest one now; nothing in between is lost.")
    return _done(request, plan, None, lambda d: actions.restore_step(plan, revision, **_facts(request)), said)


@require_POST
def confirm(request: SignedInRequest, plan_id: UUID, row_id: UUID) -> HttpResponse:
    """One's work is handed over."""
    plan = load(request, plan_id)
    row = get_object_or_404(plan.hand_overs.filter(user=request.user), pk=row_id)
    form = WordsForm(request.POST)
    said = _("Thank you. The hand-over is confirmed.")
    return _done(request, plan, form, lambda d: actions.confirm_hand_over(row, **d, **_facts(request)), said)


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
        messages.error(request, " ".join(str(text) for found in form.errors.values() for text in found))
    return redirect("plans:plan", plan.pk)
