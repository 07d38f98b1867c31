"""The address book (通讯录): who is where, and how to call them."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.paging import keyset
from gridgov.privacy import actions as privacy
from gridgov.typed import posted
from grids import permissions
from grids.permissions import Perm
from teams import search
from teams.absence import may_enter, stand_ins
from teams.models import Assignment, Leave, Unit, people_visible_to
from teams.roles import ADMINISTRATORS, ROLES, Role

CALL_REASON = "Called from the address book"  # kept in the audit trail, not shown


def _tabs(by: str) -> list[dict[str, Any]]:
    return [
        {"label": _("By unit"), "url": "?by=unit", "current": by == "unit"},
        {"label": _("By grid"), "url": "?by=grid", "current": by == "grid"},
    ]


def _mark_away(posts: Iterable[Any]) -> None:
    """Who is away today and until when, at each line; one query."""
    posts = list(posts)
    away = stand_ins({post.user_id for post in posts}, on=timezone.localdate())
    for post in posts:
        post.away = away.get(post.user_id)


def _groups_by_unit(request: SignedInRequest) -> tuple[list[dict[str, Any]], Any]:
    page = keyset(Unit.objects.reachable_by(request.user).standing(), request, by=("area_path", "id"), size=30)
    posts = Assignment.objects.on(timezone.localdate()).visible_to(request.user).filter(unit__in=page.rows)
    held: dict[int | None, list[Assignment]] = {}
    for post in posts.select_related("user", "area").order_by("-is_head", "id"):
        held.setdefault(post.unit_id, []).append(post)
    _mark_away([post for found in held.values() for post in found])
    groups = [{"unit": unit, "title": unit.name, "posts": held.get(unit.pk, [])} for unit in page.rows]
    return groups, page


def _groups_by_grid(request: SignedInRequest) -> tuple[list[dict[str, Any]], Any]:
    posts = Assignment.objects.on(timezone.localdate()).visible_to(request.user).select_related("user", "area", "unit")
    page = keyset(posts, request, by=("area_path", "id"), size=60)
    _mark_away(page.rows)
    groups: list[dict[str, Any]] = []
    for post in page.rows:
        if not groups or groups[-1]["area"].pk != post.area_id:
            groups.append({"area": post.area, "title": post.area.name, "posts": []})
        groups[-1]["posts"].append(post)
    return groups, page


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def book(request: SignedInRequest) -> HttpResponse:
    """The address book; a search is posted, so that no name or phone stands in an address or a log."""
    permissions.require_anywhere(request.user, Perm.VIEW_PEOPLE)
    text = posted(request, "q", 80)
    context: dict[str, Any] = {"q": text, "may_create": permissions.scope(request.user).holds(Perm.MANAGE_ACCOUNTS)}
    if text:
        context["people"] = search.find_people(request.user, text, timezone.localdate())
    else:
        by = "grid" if request.GET.get("by") == "grid" else "unit"
        groups, page = (_groups_by_grid if by == "grid" else _groups_by_unit)(request)
        context |= {"tabs": _tabs(by), "by": by, "groups": groups, "page": page}
    return render(request, "teams/book.html", context)


@require_GET
@never_cache
def person(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One colleague: posts now and past, and what the reader may do about them."""
    permissions.require_anywhere(request.user, Perm.VIEW_PEOPLE)
    who = get_object_or_404(people_visible_to(request.user), public_id=public_id)
    today = timezone.localdate()
    posts = list(
        Assignment.objects.filter(user=who).visible_to(request.user).select_related("area", "unit").order_by("-since")
    )
    mine = permissions.scope(request.user)
    leaves = Leave.objects.ahead(today).filter(Q(user=who) | Q(substitute=who)).select_related("user", "substitute")
    may_manage = mine.holds(Perm.MANAGE_ACCOUNTS) and who.pk != request.user.pk
    context = {
        "who": who,
        "linked": who.identities.order_by("platform") if may_manage else [],
        "current": [p for p in posts if p.until is None or p.until > today],
        "past": [p for p in posts if p.until is not None and p.until <= today],
        "today": today,
        "withdrawable": [p for p in posts if p.may_be_withdrawn(today)],
        "leaves": leaves,
        "may_enter_leave": who.is_active and may_enter(request.user, who, today),
        "exceptions": who.areauserpermission_set.filter(until__gt=today).select_related("permission", "content_object")
        if mine.holds(Perm.APPOINT)
        else [],
        "may_appoint": mine.holds(Perm.APPOINT) and who.pk != request.user.pk,
        "may_manage": may_manage,
        "perm_names": dict(Perm.choices),
    }
    return render(request, "teams/person.html", context)


@require_POST
@never_cache
def call(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Show a colleague's mobile number, once, with a record of it."""
    permissions.require_anywhere(request.user, Perm.VIEW_PEOPLE)
    who = get_object_or_404(people_visible_to(request.user).filter(is_active=True), public_id=public_id)
    try:
        number = privacy.reveal(
            who, "phone", by=request.user, reason=CALL_REASON, perm=Perm.VIEW_PEOPLE, now=now(request)
        )
    except privacy.QuotaReached as error:
        messages.error(request, str(error))
        number = ""
    return render(request, "teams/call.html", {"who": who, "number": number})


@require_GET
def roles(request: SignedInRequest) -> HttpResponse:
    """Data rights by role: the table the program itself goes by, in plain language."""
    permissions.require_anywhere(request.user, Perm.VIEW_PEOPLE)
    rows = [
        {
            "label": Role(role).label,
            "spec": spec,
            "perms": [(Perm(perm).label, reach.label) for perm, reach in spec.perms.items()],
            "admin": role in ADMINISTRATORS,
        }
        for role, spec in ROLES.items()
    ]
    return render(request, "teams/roles.html", {"roles": rows})
