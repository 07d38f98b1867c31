"""The residents' door: report without an account, follow by number and code. No names, no other people's cases."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gridgov.accounts.lockout import Locked
from gridgov.accounts.models import User
from gridgov.audit.models import AuditEvent
from gridgov.audit.origin import address_of
from gridgov.dbtime import now
from grids.models import Area, Asset
from grids.permissions import Perm, scope
from incidents import about
from incidents import follow as following
from incidents.field_forms import FollowForm, PublicReportForm
from incidents.models import Category, Incident
from incidents.models.incident import Channel
from incidents.views.field import about_of, headings
from incidents.views.reporting import chosen, send
from incidents.workflow import STAGE_OF, Status

MOST_AN_HOUR = 20  # from one address: a whole block may share one
SERVICE = "residents"


def _street(code: str) -> Area:
    return get_object_or_404(Area.objects.standing(), kind=Area.Kind.STREET, code=code)


def _offered() -> Any:
    return Category.objects.offered().for_residents()


@login_not_required
@require_safe
def streets(request: HttpRequest) -> HttpResponse:
    """The way in: straight on when there is one street, else a choice."""
    found = list(Area.objects.standing().filter(kind=Area.Kind.STREET).order_by("path")[:200])
    if len(found) == 1:
        return redirect("incidents:public_street", found[0].code)
    return render(request, "incidents/public/streets.html", {"streets": found})


@login_not_required
@require_safe
def choose(request: HttpRequest, street: str) -> HttpResponse:
    """What it is about."""
    return render(
        request,
        "incidents/public/choose.html",
        {"street": _street(street), "headings": headings(_offered()), **about_of(request)},
    )


def _too_many(request: HttpRequest, door: User) -> bool:
    address = address_of(request)
    since = now(request) - timedelta(hours=1)
    rows = AuditEvent.objects.filter(actor_id=door.pk, action="incidents.report")
    return address is not None and rows.filter(address=address, at__gt=since).count() >= MOST_AN_HOUR


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, street: str, code: str) -> HttpResponse:
    """Where, what, and who if one likes."""
    area = _street(street)
    initial = {"thing": request.GET.get("thing", "")}
    form = PublicReportForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        door = User.objects.service(SERVICE)
        if form.cleaned_data["website"] or _too_many(request, door):
            form.add_error(None, _("Too many reports came from here. Please try again later, or call the office."))
        else:
            secret = following.code_of(form.cleaned_data["client_id"])
            payload = form.payload(Channel.PUBLIC)
            payload |= {"category": code, "street": area.code, "follow_code": following.stored(secret)}
            receipt = send(request, form, payload, by=door)
            if receipt is not None:
                return thanks(request, Incident.objects.get(pk=receipt.id), secret, area)
    category = get_object_or_404(_offered(), code=code)
    context = {"form": form, "category": category, "street": area, "thing": chosen(form)}
    return render(request, "incidents/public/report.html", context)


@login_not_required
@require_safe
def about_asset(request: HttpRequest, code: str) -> HttpResponse:
    """What the code on a lamp post opens: report about it, as a worker, at the desk or as a resident."""
    found = get_object_or_404(Asset.objects.select_related("area"), code=code)
    query = f"?thing={about.reference(found)}"
    user = request.user
    if user.is_authenticated and scope(user).holds(Perm.REPORT_INCIDENTS):
        way = "incidents:report" if scope(user).holds(Perm.ACCEPT_INCIDENTS) else "incidents:field_report"
        return redirect(reverse(way) + query)
    street = Area.objects.filter(kind=Area.Kind.STREET, path__in=found.area.ancestor_paths).first()
    if street is None:
        raise Http404
    return redirect(reverse("incidents:public_street", args=[street.code]) + query)


def thanks(request: HttpRequest, incident: Incident, secret: str, street: Area) -> HttpResponse:
    """The number and the code, shown once; sending the same form again shows the same."""
    context = {"incident": incident, "secret": secret, "street": street, "now": now(request)}
    return render(request, "incidents/public/thanks.html", context)


def stages(incident: Incident) -> list[dict[str, Any]]:
    """What a resident needs to know of the way: received, taken up, being handled, checked, done."""
    order = [
        (_("Received"), {Status.UNCONFIRMED, Status.REPORTED}),
        (_("Taken up"), {Status.ACCEPTED, Status.FILED, Status.DISPATCHED}),
        (_("Being handled"), {Status.IN_PROGRESS}),
        (_("Being checked"), {Status.RESOLVED, Status.VERIFIED}),
        (pgettext("stage", "Done"), {Status.CLOSED, Status.SELF_RESOLVED}),
    ]
    here = next((i for i, (_label, found) in enumerate(order) if incident.status in found), len(order))
    done = here if STAGE_OF.get(incident.status) else here + 1
    return [{"label": label, "here": i == here, "done": i < done} for i, (label, _found) in enumerate(order)]


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """How far a report has come. Posted, so that the code stands in no address and no log."""
    form, incident = FollowForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        incident = _found(request, form)
    context: dict[str, Any] = {"form": form, "incident": incident, "now": now(request)}
    if incident is not None:
        context["stages"] = stages(incident)
        last = incident.steps.filter(move__in=("resolve", "self_resolve", "reject")).order_by("-seq").first()
        context["result"] = last.words if last else ""
    return render(request, "incidents/public/follow.html", context)


def _found(request: HttpRequest, form: FollowForm) -> Incident | None:
    """The report; else the form says that nothing fits, never which of the two was wrong."""
    typed = form.cleaned_data
    try:
        incident = following.find(typed["number"], typed["code"], address=address_of(request), now=now(request))
    except Locked as locked:
        said = ngettext(
            "Too many attempts. Try again in %(n)s minute, or call the office.",
            "Too many attempts. Try again in %(n)s minutes, or call the office.",
            locked.minutes,
        )
        form.add_error(None, said % {"n": locked.minutes})
        return None
    if incident is None:
        form.add_error(None, _("No report has this number with this code. Check both and try again."))
    return incident
