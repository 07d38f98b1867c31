"""The case page: what and where, who and until when, what comes next, what happened."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.clock.models import Clock
from gridgov.dbtime import now
from gridgov.look import exact, near
from gridgov.sync.models import Attachment
from grids.permissions import Perm, allows, scope
from incidents import lists, permissions, words
from incidents.clocks import SUBJECT
from incidents.forms import ListFilter, MoveForm
from incidents.layers import pin
from incidents.models import Incident, Request
from incidents.models.campaign import found_at
from incidents.workflow import MOVES, RUN_ON, Ask, Stage


def load(request: SignedInRequest, pk: Any) -> Incident:
    """The incident, if the person sees it; 404 otherwise, as if it did not exist."""
    rows = Incident.objects.visible_to(request.user).for_list().annotate(found_at=found_at())
    return get_object_or_404(rows.select_related("category__major", "reported_by", "asset", "listed_place"), pk=pk)


def came_from(request: SignedInRequest, incident: Incident) -> dict[str, Any]:
    """The list one came from (`?list=`, what waits for the person without one) and its neighbours; one query."""
    text = request.GET.get("list", "")[:1000] or "tab=mine"
    query = QueryDict(text)
    order = "due" if query.get("sort") == "due" else "new"
    asked = ListFilter(query).asked(query.get("tab", "all"))
    rows = lists.ordered(lists.apply(asked, request.user, now(request)), order)
    kept = urlencode({"list": text})
    found = {
        way: f"{reverse('incidents:detail', args=[pk])}?{kept}"
        for way, pk in lists.beside(incident, rows, order).items()
    }
    return {"list_url": f"{reverse('incidents:list')}?{text}#row-{incident.pk}", "kept": kept, **found}


def requests_of(request: SignedInRequest, incident: Incident) -> list[dict[str, Any]]:
    """Requests that wait for an answer, and what this person may do about each."""
    waiting = incident.requests.filter(answer=Request.Answer.OPEN).select_related("asked_by")
    approver = permissions.may_answer(request.user, incident)
    return [
        {
            "row": row,
            "own": row.asked_by_id == request.user.pk,
            "may_answer": approver and row.asked_by_id != request.user.pk,
        }
        for row in waiting
    ]


def evidence(incident: Incident, asked: Sequence[Request]) -> dict[str, list[Attachment]]:
    """The photos of the case, and those that came along with requests, by the key of each; one query."""
    kept = Attachment.objects.of(incident)
    if asked:
        keys = [str(one.pk) for one in asked]
        kept |= Attachment.objects.filter(subject_kind=Request._meta.label_lower, subject_id__in=keys).order_by("id")
    found = defaultdict[str, list[Attachment]](list)
    for photo in kept:
        found[photo.subject_id].append(photo)
    return found


def _asks(
    request: SignedInRequest, incident: Incident, asked: Sequence[dict[str, Any]], clocks: Sequence[Clock]
) -> dict[str, Any]:
    """What was asked for, what may be asked for, and whether a suspended case may run on."""
    suspended = any(c.stage == Stage.HANDLE and c.stopped_at is None and c.due_at is None for c in clocks)
    waiting = {one["row"].kind for one in asked} | ({Ask.SUSPENSION} if suspended else set())
    return {
        "requests": asked,
        "asks": permissions.asks_open(request.user, incident, waiting=waiting),
        "run_on": RUN_ON if suspended and permissions.may_run_on(request.user, incident) else "",
    }


def _running(clocks: Sequence[Clock]) -> list[dict[str, Any]]:
    return [
        {"stage_label": Stage(c.stage).label, "due_at": c.due_at, "level": c.level}
        for c in clocks
        if c.stopped_at is None
    ]


def case(request: SignedInRequest, incident: Incident, *, on_paper: bool = False) -> dict[str, Any]:
    """Everything both doors show of a case: six queries. `on_paper`: with exact times in the history."""
    as_time = exact if on_paper else near
    steps = list(incident.steps.select_related("by", "unit").order_by("seq"))
    clocks = list(Clock.objects.of(SUBJECT, incident.pk))
    open_steps = permissions.steps_open(request.user, incident, now=now(request))
    leading = permissions.leading(open_steps)
    asked = requests_of(request, incident)
    photos = evidence(incident, [one["row"] for one in asked])
    for one in asked:
        one["proof"] = photos[str(one["row"].pk)]
    return {
        "incident": incident,
        "now": now(request),
        "lines": words.timeline(steps, as_time),
        "grid_guessed": words.is_guessed(steps),
        "captured": words.report_captured(steps, as_time),
        "way": words.way(incident.status, clocks, now(request)),
        "clocks": _running(clocks),
        "leading": leading,
        "move": MOVES.get(leading),
        "form": MoveForm(move=MOVES[leading], incident=incident) if leading else None,
        "own_until": permissions.own_until(incident),
        "beside": {name: move for name, move in open_steps.items() if name != leading},
        **_asks(request, incident, asked, clocks),
        "photos": photos[str(incident.pk)],
        "follows_campaigns": scope(request.user).holds(Perm.VIEW_BOARD),
        "works_campaigns": scope(request.user).holds(Perm.WORK_CAMPAIGNS),
        "may_reveal": allows(request.user, Perm.REVEAL_REPORTERS, incident),
    }


@require_safe
@never_cache
def detail(request: SignedInRequest, pk: Any) -> HttpResponse:
    """The case at the desk."""
    incident = load(request, pk)
    context = case(request, incident) | {
        "beside_list": came_from(request, incident),
        "map": {"type": "FeatureCollection", "features": [pin(incident)] if incident.point else []},
        "supervisions_url": reverse("incidents:background", args=[incident.pk]),
    }
    return render(request, "incidents/case.html", context)


@require_safe
@never_cache
def sheet(request: SignedInRequest, pk: Any) -> HttpResponse:
    """事件单: the case on one sheet of A4, to print and sign."""
    return render(request, "incidents/sheet.html", case(request, load(request, pk), on_paper=True))
