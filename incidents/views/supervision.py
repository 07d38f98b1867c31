"""What is late, at which stage, with whom it waits and what was said about it; and the custody of one case."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gridgov import paper
from gridgov.accounts.requests import SignedInRequest
from gridgov.clock.calendars import value_of
from gridgov.clock.levels import Level
from gridgov.clock.models import Clock
from gridgov.dbtime import now
from gridgov.paging import keyset
from grids import permissions
from grids.models import Area
from grids.permissions import Perm, ReachFields, allows, readable, scope
from incidents import actions, waits
from incidents.clocks import SUBJECT
from incidents.forms import SupervisionForm
from incidents.models import Incident, Supervision
from incidents.views.case import load
from incidents.views.lateness import tabs
from incidents.views.steps import back, page, tried
from incidents.workflow import Stage
from teams.models import Unit

SIGNS = {Level.ON_TIME: "○", Level.WARNING: "△", Level.LATE: "◆", Level.VERY_LATE: "■", Level.CRITICAL: "★"}  # on paper


def _lines(request: SignedInRequest, rows: Any) -> list[dict[str, Any]]:
    """Each supervision with what this person may do about it."""
    mine = scope(request.user).member_of
    return [
        {
            "row": row,
            "stage": Stage(row.stage).label,
            "may_answer": row.lifted_at is None and row.unit_id in mine,
            "may_lift": row.lifted_at is None and allows(request.user, Perm.SUPERVISE_INCIDENTS, row.incident),
        }
        for row in rows
    ]


@require_safe
@never_cache
def supervisions(request: SignedInRequest) -> HttpResponse:
    """Everything under supervision in the person's areas; lifted ones on request."""
    permissions.require_anywhere(request.user, Perm.SUPERVISE_INCIDENTS)
    lifted = request.GET.get("lifted") == "1"
    rows = Supervision.objects.filter(readable(request.user, Perm.SUPERVISE_INCIDENTS, ReachFields()))
    rows = rows.filter(lifted_at__isnull=not lifted).filter(incident__in=Incident.objects.visible_to(request.user))
    rows = rows.select_related("incident__category", "incident__area", "unit", "opened_by", "answered_by", "lifted_by")
    found = keyset(rows, request, by=("-id",))
    context = {
        "page": found,
        "lines": _lines(request, found.rows),
        "tabs": tabs("supervisions"),
        "lifted": lifted,
        "now": now(request),
    }
    return render(request, "incidents/supervisions.html", context)


def _waited(clocks: list[Clock], at: datetime) -> list[dict[str, Any]]:
    """Each stage with whom it lay, how long, of which limit; the unit's name beside it."""
    found = waits.of_case(clocks, now=at)
    units = Unit.objects.in_bulk({one["row"].unit_id for one in found} - {None})
    for one in found:
        one["unit"] = units.get(one["row"].unit_id)
        one["day"] = value_of(one["clock"].calendar_version).day_seconds
    return found


@require_safe
@never_cache
def background(request: SignedInRequest, pk: Any) -> HttpResponse:
    """Supervision and custody of one case: a part of its page, fetched when it is scrolled to."""
    incident = load(request, pk)
    rows = incident.supervisions.select_related("incident__category", "unit", "opened_by", "answered_by", "lifted_by")
    clocks = Clock.objects.of(SUBJECT, incident.pk).select_related("calendar_version__calendar")
    context = {
        "incident": incident,
        "lines": _lines(request, rows),
        "custody": incident.custody.select_related("unit").order_by("-seq"),
        "waited": _waited(list(clocks.prefetch_related("pauses", "extensions", "hand_overs")), now(request)),
        "may_supervise": incident.is_open and allows(request.user, Perm.SUPERVISE_INCIDENTS, incident),
        "may_refer": _may_refer(request, incident),
        "now": now(request),
    }
    return render(request, "incidents/background.html", context)


def _may_refer(request: SignedInRequest, incident: Incident) -> bool:
    if not (incident.is_open and incident.level >= Level.CRITICAL):
        return False
    leads = allows(request.user, Perm.INSTRUCT_INCIDENTS, incident)
    return leads and not incident.referrals.filter(cycle=incident.cycle).exists()


def _sheet(request: SignedInRequest, pk: Any) -> dict[str, Any]:
    """What stands on the sheet of one supervision: it and its case, the deadline it is about, the leader's decision."""
    found = _supervision(request, pk)
    incident = load(request, found.incident_id)
    clocks = Clock.objects.of(SUBJECT, incident.pk).filter(stage=found.stage, cycle=found.cycle)
    clock = clocks.filter(started_at__lte=found.opened_at).last()
    nth = incident.supervisions.filter(pk__lte=found.pk).count()
    return {
        "row": found,
        "incident": incident,
        "number": f"{incident.number}-{nth:02}",
        "stage": Stage(found.stage).label,
        "due_at": clock.due_at if clock else None,
        "referral": incident.referrals.filter(cycle=found.cycle, approved=True).select_related("decided_by").first(),
    }


@require_safe
@never_cache
def sheet(request: SignedInRequest, pk: Any) -> HttpResponse:
    """督办单: one supervision on one sheet of A4, with what the leader decided about the case."""
    return render(request, "incidents/supervision_sheet.html", _sheet(request, pk))


@require_safe
def sheet_pdf(request: SignedInRequest, pk: Any) -> HttpResponse:
    """督办单 as PDF on A4, as it goes out: title, number, level, deadlines, to whom, and room to sign."""
    context, moment = _sheet(request, pk), now(request)
    street = Area.objects.filter(kind=Area.Kind.STREET, path__in=context["incident"].area.ancestor_paths).first()
    name = f"{_('Supervision sheet')} {context['number']}"
    context |= {"title": name, "street": street, "sign": SIGNS[context["row"].level], "by": request.user.name}
    return paper.response(paper.pdf("incidents/supervision_paper.html", context, now=moment), name)


def _supervision(request: SignedInRequest, pk: Any) -> Supervision:
    seen = Incident.objects.visible_to(request.user)
    return get_object_or_404(
        Supervision.objects.select_related("incident", "unit", "opened_by", "answered_by", "lifted_by").filter(
            incident__in=seen
        ),
        pk=pk,
    )


def _said(request: SignedInRequest, pk: Any, heading: str, act: Any, done: str) -> HttpResponse:
    found = _supervision(request, pk)
    incident = load(request, found.incident_id)
    if found.lifted_at:
        messages.info(request, _("This supervision has been lifted already."))
        return back(request, incident)
    form = SupervisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        if tried(form, lambda: act(found, words=words, by=request.user, now=now(request))):
            messages.success(request, done)
            return back(request, incident)
    return page(request, incident, form, heading=heading, button=heading)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def answer(request: SignedInRequest, pk: Any) -> HttpResponse:
    """The supervised unit answers."""
    return _said(request, pk, _("Answer the supervision"), actions.answer_supervision, _("Answered."))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def lift(request: SignedInRequest, pk: Any) -> HttpResponse:
    """The office lifts it."""
    permissions.require_anywhere(request.user, Perm.SUPERVISE_INCIDENTS)
    return _said(request, pk, _("Lift the supervision"), actions.lift_supervision, _("Lifted."))
