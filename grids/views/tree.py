"""The tree of areas beside the map, whole while it is small, branch by branch when it is not."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gridgov.accounts.requests import SignedInRequest
from grids import permissions
from grids.forms import LocateForm
from grids.models import Area, BoundaryVersion, FormerCode
from grids.permissions import Perm
from grids.views.shapes import load

MANY = 400  # areas: a bigger tree opens branch by branch
QUIET = 60  # areas: in a bigger tree the communities are closed at first
DRAWN = Exists(BoundaryVersion.objects.filter(area=OuterRef("pk"), until=None))
FULL = Exists(Area.objects.filter(parent=OuterRef("pk"), retired_at=None))


def _nested(areas: list[Any]) -> list[dict[str, Any]]:
    """Areas in path order as a tree; those whose parents are out of sight stand at the top."""
    top: list[dict[str, Any]] = []
    above: list[dict[str, Any]] = []
    for area in areas:
        node = {"area": area, "children": []}
        while above and not area.path.startswith(above[-1]["area"].path):
            above.pop()
        (above[-1]["children"] if above else top).append(node)
        above.append(node)
    return top


def _hits(rows: QuerySet[Area], seen: QuerySet[Area]) -> tuple[list[Any], bool]:
    """What was asked for, with all that stands above it and is in sight; whether there was more."""
    hits = list(rows.order_by("path")[: MANY + 1])
    found = {area.pk for area in hits[:MANY]}
    paths = {path for area in hits[:MANY] for path in area.ancestor_paths}
    shown: list[Any] = list(seen.filter(path__in=sorted(paths)).order_by("path"))
    for area in shown:
        area.hit = area.pk in found
    return shown, len(hits) > MANY


def _levels(rows: QuerySet[Area]) -> list[str]:
    """The levels, from the highest, that fit into one page; the highest at least."""
    counts = {one["kind"]: one["n"] for one in rows.order_by().values("kind").annotate(n=Count("pk"))}
    shown: list[str] = []
    total = 0
    for kind in (kind for kind in Area.Kind.values if kind in counts):
        total += counts[kind]
        if shown and total > MANY:
            break
        shown.append(kind)
    return shown


@require_safe
def tree(request: SignedInRequest) -> HttpResponse:
    """Everything in reach: the tree on the left, the map on the right. `q` searches, `retired` shows the past."""
    permissions.require_anywhere(request.user, Perm.VIEW_AREAS)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:40]
    retired = request.GET.get("retired") == "1"
    seen = Area.objects.visible_to(request.user).annotate(drawn=DRAWN, full=FULL)
    rows = seen.exclude(retired_at=None) if retired else seen.standing()
    more = False
    if text:
        former = FormerCode.objects.filter(code__startswith=text).values("area")
        rows = rows.filter(Q(name__icontains=text) | Q(code__startswith=text) | Q(pk__in=former))
    if text or retired:
        found, more = _hits(rows, seen)
    else:
        found = list(rows.filter(kind__in=_levels(rows)).order_by("path")[: 5 * MANY])
    context = {
        "tree": _nested(found),
        "quiet": not text and len(found) > QUIET,
        "flat": retired,
        "more": more,
        "most": MANY,
        "q": text,
        "retired": retired,
        "locate": LocateForm(),
    }
    return render(request, "grids/tree.html", context)


@require_safe
def branch(request: SignedInRequest, area_id: int) -> HttpResponse:
    """What hangs directly from one area: a part of a big tree, fetched when it is opened."""
    found = load(request, area_id)
    rows = Area.objects.visible_to(request.user).standing().filter(parent=found).annotate(drawn=DRAWN, full=FULL)
    return render(request, "grids/branch.html", {"nodes": _nested(list(rows.order_by("path")))})
