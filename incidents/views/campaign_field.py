"""Campaigns on the phone: one's own objects in the order of the way, and a short form at each."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.sync.actions import CONFLICT, SENT_ALREADY, receive
from grids import permissions
from grids.permissions import Perm
from incidents.campaign_doors import KIND
from incidents.campaign_forms import CheckForm
from incidents.models import Campaign, CampaignTarget


def own_targets(user: Any) -> Any:
    """The objects in the grids of the person's posts, as one walks."""
    return CampaignTarget.objects.visible_to(user).as_walked()


@require_safe
@never_cache
def campaign(request: SignedInRequest, pk: Any) -> HttpResponse:
    """My objects of a campaign, what is open first."""
    permissions.require_anywhere(request.user, Perm.WORK_CAMPAIGNS)
    found = get_object_or_404(Campaign.objects.asked().visible_to(request.user, Perm.WORK_CAMPAIGNS), pk=pk)
    targets = list(own_targets(request.user).filter(campaign=found))
    context = {
        "campaign": found,
        "open": [target for target in targets if not target.finding],
        "done": [target for target in targets if target.finding],
    }
    return render(request, "incidents/field/campaign.html", context)


def _again(target: CampaignTarget) -> dict[str, Any]:
    said = {f"item{nth}": answer for nth, answer in enumerate(target.answers)}
    return {**said, "words": target.words, "rectified": target.finding == CampaignTarget.Finding.RECTIFIED}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def check(request: SignedInRequest, pk: Any, target_id: Any) -> HttpResponse:
    """What was seen at one object; again to correct it."""
    permissions.require_anywhere(request.user, Perm.WORK_CAMPAIGNS)
    target = get_object_or_404(own_targets(request.user).select_related("campaign"), pk=target_id, campaign_id=pk)
    items = target.campaign.items
    initial = _again(target) if target.finding else None
    form = CheckForm(request.POST or None, request.FILES or None, items=items, initial=initial)
    if request.method == "POST" and form.is_valid() and _send(request, form, target):
        return redirect("incidents:field_campaign", pk)
    return render(request, "incidents/field/check.html", {"form": form, "target": target, "campaign": target.campaign})


def _send(request: SignedInRequest, form: CheckForm, target: CampaignTarget) -> bool:
    """Through the same door as the phone's script; what is refused stands above the form."""
    try:
        facts = {"by": request.user, "now": now(request), "attachments": form.cleaned_data["photos"]}
        receipt = receive(form.cleaned_data["client_id"], KIND, form.payload(target), **facts)
    except (ValidationError, PermissionDenied) as error:
        form.add_error(None, error.messages if isinstance(error, ValidationError) else str(error))
        return False
    if receipt.status == CONFLICT:
        form.add_error(None, SENT_ALREADY)
        return False
    return True
