"""What the editor of plans reads and writes: JSON over the session, for one plan."""

import json
import re
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.problems import CONTENT_TYPE, title_of
from grids.actions import plans
from grids.division import ground
from grids.division.below import cut
from grids.division.change import change_of
from grids.division.checks import check as find_faults
from grids.division.checks import division_of
from grids.division.document import collection
from grids.division.document import document as describe
from grids.division.faults import Fault, Level, ordered
from grids.division.numbers import houses_of, numbers
from grids.division.preview import collect, posts_faults
from grids.division.repair import changes, repaired
from grids.division.shapes import Shape, read_shapes, read_walls
from grids.models import BoundaryPlan
from grids.permissions import Perm, allows

MOST_BYTES = 40 * 1024 * 1024  # five times 200,000 points with all their digits


def load(request: SignedInRequest, plan_id: UUID, perm: str = "") -> BoundaryPlan:
    """The plan, if the person drafts or approves there or takes work over (or holds `perm`); 404 otherwise."""
    rows = BoundaryPlan.objects.visible_to(request.user, perm).select_related("parent", "saved_by", "created_by")
    return get_object_or_404(rows, pk=plan_id)


def refused(status: int, error: ValidationError | str) -> JsonResponse:
    """Problem details (RFC 9457): the sentence for the whole, or sentences by the key of each shape."""
    body: dict[str, Any] = {"type": "about:blank", "title": title_of(status), "status": status}
    if isinstance(error, str):
        body["detail"] = error
    elif hasattr(error, "error_dict"):
        body["errors"] = error.message_dict
        body["detail"] = " ".join(f"{key}: {text}" for key, said in error.message_dict.items() for text in said)[:2000]
    else:
        body["detail"] = " ".join(error.messages)
    response = JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    return response


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent. ValidationError for anything else; NaN and Infinity are no numbers."""
    data = request.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValidationError(_("This draft is larger than can be kept. Simplify it first."), code="too_large")
    try:
        said = json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ValidationError(_("This cannot be read as JSON."), code="not_json") from error
    if not isinstance(said, dict):
        raise ValidationError(_("This cannot be read as JSON."), code="not_json")
    return said


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def revision_of(said: dict[str, Any]) -> int:
    """Which revision the sender has in front of them."""
    revision = said.get("revision")
    if not isinstance(revision, int) or isinstance(revision, bool):
        raise ValidationError(_("Say which revision this is based on."), code="revision")
    return revision


def answered(plan: BoundaryPlan, shapes: list[Shape]) -> JsonResponse:
    """What an editor needs to know after saving."""
    weights = numbers(shapes, houses_of(plan.parent), ground.known_to(plan))
    return JsonResponse({"revision": plan.revision, "saved_at": plan.saved_at, "numbers": weights})


@require_http_methods(["GET", "HEAD", "PUT"])
def document(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """The whole plan, with an earlier step (`since`) beside it; a PUT saves the next step of the draft."""
    if request.method == "PUT":
        return _save(request, load(request, plan_id, Perm.PLAN_BOUNDARIES))
    plan = load(request, plan_id)
    said = request.GET.get("since", "")
    since = int(said) if re.fullmatch(r"[0-9]{1,9}", said) else None
    response = JsonResponse(describe(plan, may_edit=allows(request.user, Perm.PLAN_BOUNDARIES, plan), since=since))
    response["Cache-Control"] = "private, no-store"
    return response


def _save(request: SignedInRequest, plan: BoundaryPlan) -> HttpResponse:
    try:
        said = body_of(request)
        shapes = read_shapes(said.get("shapes"), kind=plan.child_kind, known=ground.known_to(plan))
        walls = read_walls(said.get("walls") or {"features": []})
        saved = plans.save_draft(plan, shapes, walls, revision=revision_of(said), by=request.user, now=now(request))
    except plans.Meanwhile as error:
        return conflict(error.plan)
    except ValidationError as error:
        return refused(409 if getattr(error, "code", "") == "not_draft" else 422, error)
    return answered(saved, shapes)


def conflict(plan: BoundaryPlan) -> JsonResponse:
    """Somebody saved meanwhile: who, and when."""
    facts = {"revision": plan.revision, "by": plan.saved_by.name, "at": plan.saved_at}
    return JsonResponse({"type": "about:blank", "title": title_of(409), "status": 409, **facts}, status=409)


def faults_of(request: SignedInRequest, plan: BoundaryPlan) -> list[Fault]:
    """Everything that is wrong with the newest step, what other rooms find included."""
    division = division_of(plan)
    change = change_of(plan, division)
    found = find_faults(division) + cut(change)
    return ordered(found + posts_faults(collect(change, by=request.user)))


@require_POST
def check(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """What is wrong with the newest saved step."""
    plan = load(request, plan_id)
    faults = faults_of(request, plan)
    ok = not any(fault.level == Level.ERROR for fault in faults)
    return JsonResponse({"revision": plan.revision, "ok": ok, "faults": [fault.as_json() for fault in faults]})


@require_POST
def fix(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """A mended draft as a proposal; nothing is saved. `faults` are ids of `check`, or "all"."""
    plan = load(request, plan_id, Perm.PLAN_BOUNDARIES)
    try:
        said = body_of(request)
        if revision_of(said) != plan.revision:
            return conflict(plan)
        wanted = said.get("faults")
        if wanted != "all" and not isinstance(wanted, list):
            raise ValidationError(_("Say which faults are to be fixed."), code="faults")
    except ValidationError as error:
        return refused(422, error)
    division = division_of(plan)
    faults = [f for f in find_faults(division) if f.fixable and (wanted == "all" or f.id in wanted)]
    shapes = repaired(division, faults) if faults else list(division.shapes)
    proposal = collection(shapes, numbers(shapes, division.houses, division.known))
    return JsonResponse({"shapes": proposal, "changes": changes(division.shapes, shapes)})
