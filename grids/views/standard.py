"""The grids of a community or a street against the standard, on the page and on paper."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gridgov import paper
from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from grids.actions import plans
from grids.division.standard import report
from grids.models import Area, BoundaryPlan, StandardReview
from grids.permissions import Perm, allows
from grids.views.shapes import load

YEAR = timedelta(days=365)
REVIEWS = 12
MOST_GRIDS = 300  # of more, a page shows the communities, and each of these its own grids


def loaded(request: SignedInRequest, area_id: int, perm: str = Perm.VIEW_AREAS) -> Area:
    """An area that has grids under it; 404 for a grid."""
    area = load(request, area_id, perm)
    if area.is_grid:
        raise Http404
    return area


def _context(request: SignedInRequest, area: Area) -> dict[str, Any]:
    moment = now(request)
    sections = report(area, now=moment)
    may_plan = allows(request.user, Perm.PLAN_BOUNDARIES, area)
    reviews = StandardReview.objects.visible_to(request.user).filter(area=area)
    rows = (reviews if may_plan else reviews.standing()).prefetch_related("decisions__owner", "took_part")
    shown, today = list(rows[:REVIEWS]), timezone.localdate(moment)
    grids = sum(len(section.lines) for section in sections)
    last = max((one.held_on for one in shown if one.withdrawn_at is None), default=None)
    return {
        "area": area,
        "sections": sections,
        "grids": grids,
        "in_short": grids > MOST_GRIDS and len(sections) > 1,
        "outside": sum(section.outside for section in sections),
        "vacant": sum(section.vacant for section in sections),
        "reviews": shown,
        "today": today,
        "last_review": last,
        "review_due": last is None or today - last > YEAR,
        "may_plan": may_plan,
    }


@require_safe
def standard(request: SignedInRequest, area_id: int) -> HttpResponse:
    """The report with suggestions and reviews."""
    return render(request, "grids/standard/report.html", _context(request, loaded(request, area_id)))


@require_safe
def print_standard(request: SignedInRequest, area_id: int) -> HttpResponse:
    """The same as PDF, A4."""
    area = loaded(request, area_id)
    title = _("%(name)s: grids against the standard") % {"name": area.name}
    context = _context(request, area) | {"title": title, "size": "a4"}
    return paper.response(paper.pdf("grids/standard/paper.html", context, now=now(request)), title)


@require_POST
def draft_merge(request: SignedInRequest, area_id: int, other_id: int) -> HttpResponse:
    """The editor on a draft in which the two grids are one; undo takes the merge back."""
    return _drafted(request, area_id, other_id, plans.draft_merge, "?since=1&merged=m{one}")


@require_POST
def draft_border(request: SignedInRequest, area_id: int, other_id: int) -> HttpResponse:
    """The editor on a draft, at the border between the two grids, with what is to move."""
    return _drafted(request, area_id, other_id, plans.draft_border, "?border=a{one},a{other}")


def _drafted(
    request: SignedInRequest, area_id: int, other_id: int, act: Callable[..., BoundaryPlan], query: str
) -> HttpResponse:
    one, other = (load(request, pk, Perm.PLAN_BOUNDARIES) for pk in (area_id, other_id))
    try:
        made = act(one, other, by=request.user, now=now(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("plans:standard", one.parent_id or one.pk)
    return redirect(reverse("plans:editor", args=[made.pk]) + query.format(one=one.pk, other=other.pk))
