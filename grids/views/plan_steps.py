"""What is done with a plan: each step one address, one form, one action."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from grids.actions import plans as actions
from grids.forms import attempt
from grids.models import BoundaryPlan
from grids.views.plan_document import load
from grids.views.plan_forms import ConfirmForm, DescribeForm, RevertForm, SubmitForm, WordsForm
from grids.views.plan_page import page


def _step(
    request: SignedInRequest, plan_id: UUID, act: Callable[..., Any], said: str, form: forms.BaseForm | None = None
) -> HttpResponse:
    """Run one action on a plan. What it or the form refuses stands on the plan's page, with what was typed."""
    plan = load(request, plan_id)
    sent = form if form is not None else forms.Form({})
    facts = {"by": request.user, "now": now(request)}

    def acted() -> tuple[Any]:
        return (act(plan, **sent.cleaned_data, **facts),)

    done = attempt(sent, acted) if sent.is_valid() else None
    if done is None:
        return page(request, load(request, plan_id), refused=sent)
    messages.success(request, said)
    return redirect("plans:plan", getattr(done[0], "pk", plan.pk))


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
    return _step(request, plan_id, actions.take_effect, _("The new division applies from now on."))


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
    form = DescribeForm(request.POST, instance=load(request, plan_id))
    return _step(request, plan_id, actions.describe_plan, _("Saved."), form)


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

    return _step(request, plan_id, act, said, ConfirmForm(request.POST))


@require_POST
def revert(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """A draft that goes back to how it was before."""
    said = _("A draft with the earlier boundaries. Check it and submit it.")
    return _step(request, plan_id, actions.revert, said, RevertForm(request.POST))
