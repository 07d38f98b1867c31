"""Campaigns on the phone: one's own objects in the order of the way, and a short form at each; what goes along."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.paging import Page
from gridgov.sync.actions import CONFLICT, SENT_ALREADY, receive
from gridgov.words import plain
from grids import permissions
from grids.permissions import Perm
from incidents import campaign_pack
from incidents.campaign_doors import KIND
from incidents.campaign_forms import CheckForm
from incidents.models import Campaign, CampaignTarget

PER_PAGE = 200
NAMED = ("building__name", "place__name", "place__address", "asset__name", "asset__code", "asset__address")


def own_targets(user: Any) -> Any:
    """The objects in the grids of the person's posts, as one walks."""
    return CampaignTarget.objects.visible_to(user).as_walked()


def _holding(targets: Any, text: str) -> Any:
    """Those whose name, number, room or address holds every word."""
    for word in text.split():
        rule = Q(dwelling__room__icontains=word)
        for column in NAMED:
            rule |= Q(**{f"{column}__icontains": word})
        targets = targets.filter(rule)
    return targets


def _neighbours(page: Any, text: str) -> Page:
    """For the pager; at most 3,000 objects, so they are counted off."""

    def link(nth: int) -> str:
        return "?" + urlencode({"page": nth, **({"q": text} if text else {})})

    following = link(page.number + 1) if page.has_next() else ""
    return Page([], following, link(page.number - 1) if page.has_previous() else "")


@require_safe
@never_cache
def campaign(request: SignedInRequest, pk: Any) -> HttpResponse:
    """My objects of a campaign, what is open first; thousands come in pages and are searched."""
    permissions.require_anywhere(request.user, Perm.WORK_CAMPAIGNS)
    found = get_object_or_404(Campaign.objects.asked().visible_to(request.user, Perm.WORK_CAMPAIGNS), pk=pk)
    text = plain(request.GET.get("q", ""))
    targets = _holding(own_targets(request.user).filter(campaign=found), text)
    open_page = Paginator(targets.filter(finding=""), PER_PAGE).get_page(request.GET.get("page"))
    done = Paginator(targets.exclude(finding="").order_by("-checked_at", "id"), PER_PAGE).page(1)
    context = {"campaign": found, "q": text, "open": open_page, "done": done, "pages": _neighbours(open_page, text)}
    return render(request, "incidents/field/campaign.html", context)


def _along(said: dict[str, Any]) -> JsonResponse:
    response = JsonResponse(said, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@never_cache
@gzip_page
def contents_json(request: SignedInRequest) -> JsonResponse:
    """Which objects of campaigns to take along, as the versions of their pages."""
    permissions.require_anywhere(request.user, Perm.REPORT_INCIDENTS)
    return _along({"owner": str(request.user.public_id), "campaigns": campaign_pack.contents(request.user)})


@require_safe
@never_cache
@gzip_page
def objects_json(request: SignedInRequest, pk: Any, nth: int) -> JsonResponse:
    """One page of one's own open objects of a campaign."""
    permissions.require_anywhere(request.user, Perm.WORK_CAMPAIGNS)
    found = get_object_or_404(Campaign.objects.asked().visible_to(request.user, Perm.WORK_CAMPAIGNS), pk=pk)
    return _along({"owner": str(request.user.public_id), **campaign_pack.page(request.user, found, nth)})


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
