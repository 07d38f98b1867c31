"""The phone's pages about incidents: report in four taps, handle a case, look after one's own reports."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.paging import keyset
from grids import permissions
from grids.models import Building
from grids.permissions import Perm, scope
from incidents import about, own_grid
from incidents.actions.comment import may_comment
from incidents.field_forms import FieldReportForm
from incidents.forms import CommentForm
from incidents.models import Category, Incident
from incidents.models.incident import Channel
from incidents.permissions import own_until, steps_open
from incidents.views.case import case as case_context
from incidents.views.case import load
from incidents.views.reporting import chosen, send

RECENT = 4


def recent_categories(user: Any) -> list[Category]:
    """What this person reported last, each once."""
    codes: dict[int, None] = {}
    rows = Incident.objects.reported_by_me(user).order_by("-reported_at").values_list("category_id", flat=True)
    for pk in rows[:40]:
        codes.setdefault(pk)
    found = {c.pk: c for c in Category.objects.offered().filter(pk__in=list(codes)[:RECENT])}
    return [found[pk] for pk in codes if pk in found]


def headings(rows: Any) -> list[dict[str, Any]]:
    """Entries under their headings, in the order of the catalogue."""
    grouped: dict[str, dict[str, Any]] = {}
    for entry in rows.select_related("major").order_by("code"):
        grouped.setdefault(entry.major.code, {"major": entry.major, "entries": []})["entries"].append(entry)
    return list(grouped.values())


def about_of(request: HttpRequest) -> dict[str, Any]:
    """What the address says the report is about, and the query that carries it on; nothing for nonsense."""
    found = about.asked(request.GET.get("thing", ""))
    return {"about": found, "about_query": f"?thing={about.reference(found)}"} if found is not None else {}


@require_safe
@never_cache
def choose(request: SignedInRequest) -> HttpResponse:
    """First tap: what it is about."""
    permissions.require_anywhere(request.user, Perm.REPORT_INCIDENTS)
    context = {"recent": recent_categories(request.user), "headings": headings(Category.objects.offered())}
    context |= about_of(request)
    return render(request, "incidents/field/choose.html", context)


def my_buildings(user: Any) -> Any:
    """The buildings of the person's grids, as they are called there."""
    rows = Building.objects.visible_to(user, Perm.REPORT_INCIDENTS).filter(retired_at=None)
    return rows.filter(area__kind="grid").order_by("area_path", "code", "name")[:120]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def report(request: SignedInRequest, code: str) -> HttpResponse:
    """Second to fourth tap: where, a phrase or words, send. Or: settled on the spot."""
    permissions.require_anywhere(request.user, Perm.REPORT_INCIDENTS)
    initial = {"thing": request.GET.get("thing", "")}
    ask = partial(own_grid.to_ask, request.user)
    form = FieldReportForm(request.POST or None, request.FILES or None, initial=initial, ask=ask)
    if request.method == "POST" and form.is_valid():
        payload = form.payload(Channel.FIELD) | {"category": code}
        if "resolved" in request.POST:
            payload["resolved"] = form.cleaned_data["description"] or _("Already resolved")
        receipt = send(request, form, payload, by=request.user)
        if receipt is not None:
            return redirect("incidents:field_case", receipt.id)
    category = get_object_or_404(Category.objects.offered(), code=code)
    on_the_spot = category.on_the_spot and scope(request.user).holds(Perm.SELF_RESOLVE_INCIDENTS)
    buildings = my_buildings(request.user)
    context = {"form": form, "category": category, "buildings": buildings, "on_the_spot": on_the_spot}
    context["thing"] = chosen(form)
    return render(request, "incidents/field/report.html", context)


@require_safe
@never_cache
def case(request: SignedInRequest, pk: Any) -> HttpResponse:
    """One case on the phone; just reported, it says who has it and by when."""
    if "arrived" in request.GET and not Incident.objects.visible_to(request.user).filter(pk=pk).exists():
        return redirect("assessment:today")  # the step that has just arrived gave it to somebody else
    incident = load(request, pk)
    context = case_context(request, incident)
    fresh = incident.reported_by_id == request.user.pk and incident.version <= 2
    until = own_until(incident) if "withdraw" in steps_open(request.user, incident, now=now(request)) else None
    form = CommentForm(auto_id="comment_%s") if may_comment(request.user, incident) else None
    context |= {"fresh": fresh, "take_back_until": until, "door": "field", "comment_form": form}
    return render(request, "incidents/field/case.html", context)


@require_safe
@never_cache
def mine(request: SignedInRequest) -> HttpResponse:
    """What I reported, the newest first."""
    permissions.require_anywhere(request.user, Perm.REPORT_INCIDENTS)
    rows = Incident.objects.reported_by_me(request.user).visible_to(request.user).for_list()
    page = keyset(rows, request, by=("-reported_at", "-id"), size=20)
    return render(request, "incidents/field/mine.html", {"page": page, "now": now(request)})
