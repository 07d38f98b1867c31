"""Lists of incidents with a map beside them, the search in the top bar, and what leaves as a file."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.paging import keyset
from gridgov.privacy import crypto, masks
from grids import permissions
from grids.permissions import Perm
from incidents import bulk, lists
from incidents.actions.report import PHONE_PURPOSE
from incidents.actions.views import question_of
from incidents.forms import ListFilter
from incidents.layers import pin
from incidents.lists import Asked
from incidents.models import Incident

MOST_PINS = 500


def question(request: SignedInRequest) -> tuple[ListFilter, Asked]:
    """The filter form and what it asks for; everyone who sees incidents at all may ask."""
    permissions.require_anywhere(request.user, Perm.VIEW_INCIDENTS)
    form = ListFilter(request.GET, user=request.user)
    return form, form.asked(request.GET.get("tab", "mine" if not request.GET else "all"))


def _tabs(request: SignedInRequest, current: str) -> list[dict[str, Any]]:
    found = lists.counts(request.user)
    return [
        {"label": label, "url": f"?tab={name}", "count": found.get(name), "current": name == current}
        for name, label in lists.TABS.items()
    ]


def _without(request: SignedInRequest, name: str) -> str:
    query = request.GET.copy()
    for gone in (name, "after", "before"):
        query.pop(gone, None)
    return f"?{query.urlencode()}"


def _views(request: SignedInRequest, form: ListFilter) -> list[dict[str, Any]]:
    """The person's saved views, the one that is shown now marked."""
    here = question_of(request.GET.urlencode())
    found = []
    for key, name in form.views:
        pk, _mark, query = key.partition("?")
        found.append({"pk": int(pk), "name": name, "query": query, "current": query == here})
    return found


@require_safe
@never_cache
def incidents(request: SignedInRequest) -> HttpResponse:
    """One page of the list: tabs with counts, filters in words, rows by key."""
    form, asked = question(request)
    order = "due" if request.GET.get("sort") == "due" else "new"
    rows = lists.ordered(lists.apply(asked, request.user, now(request)).for_list(), order)
    own, views = permissions.scope(request.user), _views(request, form)
    context = {
        "form": form,
        "asked": asked,
        "tabs": _tabs(request, asked.tab),
        "page": keyset(rows, request, by=lists.ORDERS[order]),
        "active": [{"label": words, "url": _without(request, name)} for name, words in form.active()],
        "clear_url": f"?tab={asked.tab}",
        "keep": {"tab": asked.tab, "sort": order},
        "order": order,
        "sort_url": _without(request, "sort"),
        "query": request.GET.urlencode(),
        "back": urlencode({"list": request.GET.urlencode() or "tab=mine"}),
        "views": views,
        "saved": any(view["current"] for view in views),
        "extent": ",".join(map(str, asked.extent or ())),
        "steps": bulk.steps_for(own),
        "now": now(request),
        "may_export": own.holds(Perm.EXPORT_INCIDENTS),
        "horizon": asked.filtered and not asked.narrow,
    }
    return render(request, "incidents/list.html", context)


@require_safe
@never_cache
def points(request: SignedInRequest) -> JsonResponse:
    """The same question on the map: the newest 500 that have a place."""
    _form, asked = question(request)
    rows = lists.apply(asked, request.user, now(request)).filter(point__isnull=False)
    found = rows.select_related("category", "area").order_by("-reported_at", "-id")[:MOST_PINS]
    return JsonResponse({"type": "FeatureCollection", "features": [pin(incident) for incident in found]})


@require_POST
@never_cache
def find(request: SignedInRequest) -> HttpResponse:
    """The search of the top bar. Posted, so that a phone never stands in an address or a log.

    A phone finds that caller's reports by its blind index, for those who may call reporters back.
    """
    permissions.require_anywhere(request.user, Perm.VIEW_INCIDENTS)
    text = request.POST.get("q", "").strip()[:80]
    plain = crypto.normalise(text)
    if not (plain.isdigit() and len(plain) >= 7 and permissions.scope(request.user).holds(Perm.REVEAL_REPORTERS)):
        return redirect(f"{reverse('incidents:list')}?{urlencode({'tab': 'all', 'q': text})}")
    seen = Incident.objects.visible_to(request.user, Perm.REVEAL_REPORTERS)
    rows = seen.filter(caller_phone_index=crypto.blind_index(plain, PHONE_PURPOSE)).for_list()
    context = {"rows": rows.order_by("-reported_at")[:50], "phone": masks.mask(plain, "phone"), "now": now(request)}
    return render(request, "incidents/found.html", context)
