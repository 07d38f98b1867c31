"""Campaigns at the desk: planned, published, followed as a query, ended, taken back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.paging import keyset
from gridgov.sync.models import Attachment
from grids import permissions
from grids.forms import attempt
from grids.permissions import Perm, allows, readable, scope
from incidents import asking, campaign_numbers
from incidents.actions import campaigns as actions
from incidents.campaign_forms import CampaignForm, ObjectsForm, initial_of
from incidents.campaign_objects import KINDS
from incidents.models import Campaign, CampaignTarget

MOST_FINDINGS = 100
SAMPLE = 3  # objects named beside their number


@require_safe
@never_cache
def campaigns(request: SignedInRequest) -> HttpResponse:
    """Every campaign of the reader's areas, the newest first."""
    permissions.require_anywhere(request.user, Perm.VIEW_BOARD)
    rows = Campaign.objects.visible_to(request.user).select_related("task_type", "area")
    page = keyset(rows, request, by=("-id",))
    numbers = campaign_numbers.counts([row.pk for row in page.rows])
    lines = [{"row": row, "numbers": numbers[row.pk]} for row in page.rows]
    may_plan = scope(request.user).holds(Perm.PLAN_CAMPAIGNS)
    context = {"page": page, "lines": lines, "may_plan": may_plan, "today": timezone.localdate(now(request))}
    return render(request, "incidents/campaigns/list.html", context)


@require_safe
@never_cache
def objects(request: SignedInRequest) -> HttpResponse:
    """How many objects are meant by what the form says so far: a part of the form."""
    permissions.require_anywhere(request.user, Perm.PLAN_CAMPAIGNS)
    form = ObjectsForm(request.GET, user=request.user)
    found = form.found() if form.is_valid() else None
    context = {"count": found.count() if found is not None else None, "most": actions.MOST_OBJECTS}
    if found is not None:
        context["names"] = [str(one) for one in found[:SAMPLE]]
    return render(request, "incidents/campaigns/objects.html", context)


def _form_page(request: SignedInRequest, form: CampaignForm, campaign: Campaign | None) -> HttpResponse:
    return render(request, "incidents/campaigns/form.html", {"form": form, "campaign": campaign})


def _save(request: SignedInRequest, form: CampaignForm, campaign: Campaign | None) -> Campaign | None:
    area = form.cleaned_data["area"]

    def draft() -> Campaign:
        return actions.draft_campaign(area, form.asked(), by=request.user, now=now(request), instead_of=campaign)

    return attempt(form, draft)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def create(request: SignedInRequest) -> HttpResponse:
    """A new draft."""
    permissions.require_anywhere(request.user, Perm.PLAN_CAMPAIGNS)
    form = CampaignForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        made = _save(request, form, None)
        if made is not None:
            messages.success(request, _("Drafted. Look at it once more, then publish it."))
            return redirect("incidents:campaign", made.pk)
    return _form_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: SignedInRequest, pk: Any) -> HttpResponse:
    """Change a draft."""
    campaign = _planned(request, pk)
    if not campaign.is_draft:
        return redirect("incidents:campaign", pk)
    form = CampaignForm(request.POST or None, user=request.user, initial=initial_of(campaign))
    if request.method == "POST" and form.is_valid() and _save(request, form, campaign) is not None:
        messages.success(request, _("Changed."))
        return redirect("incidents:campaign", pk)
    return _form_page(request, form, campaign)


def _planned(request: SignedInRequest, pk: Any) -> Campaign:
    """The campaign, if the reader plans there."""
    permissions.require_anywhere(request.user, Perm.PLAN_CAMPAIGNS)
    rows = Campaign.objects.filter(readable(request.user, Perm.PLAN_CAMPAIGNS, Campaign.reach_fields))
    return get_object_or_404(rows.select_related("area", "task_type"), pk=pk)


@require_safe
@never_cache
def campaign(request: SignedInRequest, pk: Any) -> HttpResponse:
    """What is asked, how far it is, what was found."""
    permissions.require_anywhere(request.user, Perm.VIEW_BOARD)
    rows = Campaign.objects.visible_to(request.user).select_related("area", "task_type", "unit", "asked_by")
    found = get_object_or_404(rows, pk=pk)
    targets = CampaignTarget.objects.filter(campaign=found)
    if not allows(request.user, Perm.VIEW_BOARD, found):
        targets = targets.visible_to(request.user, Perm.VIEW_BOARD)
    lines = campaign_numbers.progress(targets)
    wrong = targets.filter(finding__in=["rectified", "incident"]).as_walked()
    context = {
        "campaign": found,
        "items": [_item(item) for item in found.items],
        "lines": lines,
        "whole": campaign_numbers.sum_of(lines),
        "wrong": _findings(found, list(wrong[:MOST_FINDINGS])),
        "may_plan": allows(request.user, Perm.PLAN_CAMPAIGNS, found),
        "now": now(request),
    }
    return render(request, "incidents/campaigns/campaign.html", context)


def _item(item: dict[str, Any]) -> dict[str, Any]:
    abnormal = "、".join(asking.shown(item, one) for one in item["abnormal"])
    return item | {"kind_label": asking.KINDS[item["kind"]], "finding": abnormal}


def _findings(campaign: Campaign, targets: list[CampaignTarget]) -> list[dict[str, Any]]:
    """With what was said and, where it was put right at once, the photos; a case shows its own."""
    kept = Attachment.objects.filter(
        subject_kind=CampaignTarget._meta.label_lower, subject_id__in=[str(one.pk) for one in targets]
    )
    photos: dict[str, list[Attachment]] = {}
    for photo in kept.order_by("id"):
        photos.setdefault(photo.subject_id, []).append(photo)
    own = [photos.get(str(one.pk), []) if not one.incident_id else [] for one in targets]
    kind = KINDS[campaign.objects_kind]
    return [
        {"target": one, "said": _said(campaign, one), "photos": found, "url": kind.url(getattr(one, kind.column))}
        for one, found in zip(targets, own, strict=True)
    ]


def _said(campaign: Campaign, target: CampaignTarget) -> str:
    wrong = asking.found(campaign.items, target.answers)
    return "；".join(f"{item['label']}：{asking.shown(item, answer)}" for item, answer in wrong)


def _step(request: SignedInRequest, pk: Any, act: Callable[..., Any], words: str) -> HttpResponse:
    row = _planned(request, pk)
    try:
        act(row, by=request.user, now=now(request))
        messages.success(request, words)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    if not Campaign.objects.filter(pk=pk).exists():
        return redirect("incidents:campaigns")
    return redirect("incidents:campaign", pk)


@require_POST
def publish(request: SignedInRequest, pk: Any) -> HttpResponse:
    """To the phones."""
    return _step(request, pk, actions.publish_campaign, _("Published. Whoever works in these grids has been told."))


@require_POST
def withdraw(request: SignedInRequest, pk: Any) -> HttpResponse:
    """Back to a draft."""
    return _step(request, pk, actions.withdraw_campaign, _("Taken back. It is a draft again."))


@require_POST
def end(request: SignedInRequest, pk: Any) -> HttpResponse:
    """Ask nothing more."""
    return _step(request, pk, actions.end_campaign, _("Ended. What was found stays."))


@require_POST
def reopen(request: SignedInRequest, pk: Any) -> HttpResponse:
    """Ended by mistake."""
    return _step(request, pk, actions.reopen_campaign, _("Running again."))


@require_POST
def discard(request: SignedInRequest, pk: Any) -> HttpResponse:
    """Throw a draft away."""
    return _step(request, pk, actions.discard_campaign, _("Discarded."))
