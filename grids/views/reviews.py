"""Keep a review of a division, take it back, and see its decisions through."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from gridgov.accounts.models import User
from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.typed import DayField
from grids.actions import reviews as actions
from grids.division.standard import people_of
from grids.forms import attempt
from grids.models import Area, ReviewDecision, StandardReview
from grids.permissions import Perm, readable
from grids.views.standard import loaded

DECISIONS = 3


class ReviewForm(forms.Form):
    """The review itself."""

    held_on = DayField(label=gettext_lazy("Held on"))
    findings = forms.CharField(
        label=gettext_lazy("Findings"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    took_part = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who took part"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["took_part"]
        field.queryset = people
        field.label_from_instance = lambda user: user.name


class DecisionForm(forms.Form):
    """One decision; a line that is empty is left out, one that is begun is finished."""

    what = forms.CharField(label=pgettext_lazy("review", "Decision"), max_length=300, required=False)
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who does it"), queryset=User.objects.none(), required=False, empty_label="–"
    )
    due_on = DayField(label=gettext_lazy("Until"), required=False)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["owner"]
        field.queryset = people
        field.label_from_instance = lambda user: user.name

    def clean(self) -> dict[str, Any]:
        """All three or none."""
        said = super().clean() or self.cleaned_data
        given = [bool(said.get(name)) for name in ("what", "owner", "due_on")]
        if any(given) and not all(given) and not self.errors:
            raise forms.ValidationError(_("A decision needs who does it and until when."))
        return said


DecisionFormSet = forms.formset_factory(DecisionForm, extra=DECISIONS, max_num=20)


@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: SignedInRequest, area_id: int) -> HttpResponse:
    """Keep a review of an area."""
    area = loaded(request, area_id, Perm.PLAN_BOUNDARIES)
    people = people_of(area, now(request))
    data, today = request.POST or None, timezone.localdate(now(request))
    form = ReviewForm(data, people=people, initial={"held_on": today, "took_part": [request.user.pk]})
    lines = DecisionFormSet(data, prefix="d", form_kwargs={"people": people})
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        rows = [line.cleaned_data for line in lines if line.cleaned_data.get("what")]
        decisions = [(row["what"], row["owner"], row["due_on"]) for row in rows]
        facts = {**form.cleaned_data, "decisions": decisions}
        if attempt(form, lambda: actions.hold_review(area, by=request.user, now=now(request), **facts)) is not None:
            messages.success(request, _("The review is kept."))
            return redirect("plans:standard", area.pk)
    return render(request, "grids/standard/review.html", {"area": area, "form": form, "lines": lines})


def _change(request: SignedInRequest, review_id: UUID, act: Callable[..., Any], said: str) -> HttpResponse:
    rows = StandardReview.objects.visible_to(request.user, Perm.PLAN_BOUNDARIES)
    review = get_object_or_404(rows, pk=review_id)
    act(review, by=request.user, now=now(request))
    messages.success(request, said)
    return redirect("plans:standard", review.area_id)


@require_POST
def withdraw(request: SignedInRequest, review_id: UUID) -> HttpResponse:
    """It was kept by mistake."""
    return _change(request, review_id, actions.withdraw_review, _("Taken back. It can be restored in the list."))


@require_POST
def restore(request: SignedInRequest, review_id: UUID) -> HttpResponse:
    """It was right after all."""
    return _change(request, review_id, actions.restore_review, _("Restored."))


def _decide(request: SignedInRequest, decision_id: UUID, act: Callable[..., Any], said: str) -> HttpResponse:
    mine = StandardReview.objects.filter(readable(request.user, Perm.PLAN_BOUNDARIES, StandardReview.reach_fields))
    rows = ReviewDecision.objects.filter(Q(review__in=mine) | Q(owner_id=request.user.pk))
    decision = get_object_or_404(rows.select_related("review"), pk=decision_id)
    act(decision, by=request.user, now=now(request))
    messages.success(request, said)
    seen = Area.objects.visible_to(request.user).filter(pk=decision.review.area_id).exists()
    return redirect("plans:standard", decision.review.area_id) if seen else redirect("/")


@require_POST
def finish(request: SignedInRequest, decision_id: UUID) -> HttpResponse:
    """A decision is carried out."""
    return _decide(request, decision_id, actions.finish_decision, _("Done."))


@require_POST
def reopen(request: SignedInRequest, decision_id: UUID) -> HttpResponse:
    """It is not, after all."""
    return _decide(request, decision_id, actions.reopen_decision, _("Open again."))
