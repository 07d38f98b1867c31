"""The image under a plan: what the editor needs to know of it, the file itself, and what is done with it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from grids.actions import plans
from grids.models import BoundaryPlan, PlanImage
from grids.permissions import Perm
from grids.views.plan_document import body_of, load, refused


def state(plan: BoundaryPlan) -> dict[str, Any]:
    """The image in use, or the one that can be put back; one query."""
    images = list(plan.images.all())
    used = next((one for one in reversed(images) if one.removed_at is None), None)
    gone = [one for one in images if one.removed_at is not None]
    last = max(gone, key=lambda one: (one.removed_at, one.nth), default=None)
    return {
        "image": _facts(used) if used else None,
        "removed": {"nth": last.nth, "name": last.file_name} if last else None,
    }


def _facts(image: PlanImage) -> dict[str, Any]:
    fixed = image.fixed or {}
    return {
        "name": image.file_name,
        "size": [image.width, image.height],
        "url": reverse("plans:image_file", args=[image.plan_id, image.nth]),
        "laid": fixed.get("laid"),
        "points": fixed.get("points", []),
        "fixings": len(image.fixings),
    }


def _answer(plan: BoundaryPlan) -> JsonResponse:
    response = JsonResponse(state(plan))
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def image(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Which image lies under the plan, and how."""
    return _answer(load(request, plan_id))


@require_safe
def image_file(request: SignedInRequest, plan_id: UUID, nth: int) -> HttpResponse:
    """The picture, for whoever may see the plan."""
    plan = load(request, plan_id)
    found = get_object_or_404(plan.images.filter(removed_at=None), nth=nth)
    try:
        content = plans.content_of(found)
    except ValidationError as error:
        raise Http404 from error
    response = HttpResponse(content, content_type="image/jpeg")
    response["Cache-Control"] = "private, no-store"
    return response


def _done(request: SignedInRequest, plan_id: UUID, act: Callable[[BoundaryPlan, dict[str, Any]], Any]) -> HttpResponse:
    """Run one action and tell how the image lies now; what is refused comes as a sentence."""
    plan = load(request, plan_id, Perm.PLAN_BOUNDARIES)
    try:
        act(plan, {"by": request.user, "now": now(request)})
    except ValidationError as error:
        return refused(409 if getattr(error, "code", "") == "not_draft" else 422, error)
    return _answer(plan)


@require_POST
def add_image(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Hand an image in."""
    file = request.FILES.get("file")
    if file is None:
        return refused(422, _("Choose a PNG or JPEG file."))
    return _done(request, plan_id, lambda plan, facts: plans.add_image(plan, file, **facts))


@require_POST
def fix_image(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Lay it on the ground by three points."""

    def act(plan: BoundaryPlan, facts: dict[str, Any]) -> None:
        points = body_of(request).get("points")
        if not isinstance(points, list) or not all(isinstance(one, dict) for one in points):
            raise ValidationError(_("Give three points."), code="three")
        plans.fix_image(plan, points, **facts)

    return _done(request, plan_id, act)


@require_POST
def unfix_image(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Undo the last fixing."""
    return _done(request, plan_id, lambda plan, facts: plans.unfix_image(plan, **facts))


@require_POST
def remove_image(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """Take it away."""
    return _done(request, plan_id, lambda plan, facts: plans.remove_image(plan, **facts))


@require_POST
def restore_image(request: SignedInRequest, plan_id: UUID, nth: int) -> HttpResponse:
    """Put a removed one back."""
    return _done(request, plan_id, lambda plan, facts: plans.restore_image(plan, nth, **facts))
