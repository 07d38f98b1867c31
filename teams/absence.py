"""Who is away today and who hears of things in their place."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q

from gridgov.accounts.models import User
from grids.permissions import Grant, Perm, Reach, allows
from teams.models import Assignment, Leave
from teams.roles import ROLES

# What a substitute must be able to do wherever the person who is away does it.
WORK = (
    *(Perm.ACCEPT_INCIDENTS, Perm.FILE_INCIDENTS, Perm.DISPATCH_INCIDENTS, Perm.SIGN_INCIDENTS),
    *(Perm.HANDLE_INCIDENTS, Perm.VERIFY_INCIDENTS, Perm.CLOSE_INCIDENTS, Perm.APPROVE_INCIDENTS),
    *(Perm.SUPERVISE_INCIDENTS, Perm.INSTRUCT_INCIDENTS),
)


def stand_ins(user_ids: Iterable[int], *, on: date) -> dict[int, Leave]:
    """Person → today's leave with its substitute, for those of these who are away; one query."""
    found = Leave.objects.on(on).filter(user__in=set(user_ids), substitute__is_active=True)
    return {leave.user_id: leave for leave in found.select_related("substitute")}


def with_substitutes(people: Iterable[User], away: Mapping[int, Leave], *, both: bool = False) -> list[User]:
    """The people to tell: who is away gives way to the substitute, or hears of it as well (`both`: always)."""
    told: dict[int, User] = {}
    for person in people:
        leave = away.get(person.pk)
        if leave is not None:
            told[leave.substitute_id] = leave.substitute
        if leave is None or both or not leave.instead:
            told[person.pk] = person
    return list(told.values())


def may_enter(by: Any, user: User, day: date) -> bool:
    """Their own leave, as head of a unit of theirs, or by the right to appoint where they hold a post."""
    if by.pk == user.pk:
        return True
    posts = list(Assignment.objects.on(day).filter(user=user))
    units = {post.unit_id for post in posts if post.unit_id is not None}
    if units and Assignment.objects.on(day).filter(user=by, unit__in=units, is_head=True).exists():
        return True
    return any(allows(by, Perm.APPOINT, post) for post in posts)


def _grants(user: User, day: date) -> dict[str, list[Grant]]:
    found: dict[str, list[Grant]] = {}
    for post in Assignment.objects.on(day).filter(user=user):
        for perm, reach in ROLES[post.role].grants():
            if perm in WORK:
                found.setdefault(perm, []).append(Grant(post.area_path, reach, post.unit_id))
    return found


def _covers(have: Grant, need: Grant) -> bool:
    if need.reach == Reach.UNIT and have.reach == Reach.UNIT:
        return have.unit_id == need.unit_id
    wide = (Reach.DESK,) if need.reach == Reach.DESK else (Reach.AREA, Reach.DESK)
    return have.reach in wide and need.path.startswith(have.path)


def missing_right(user: User, substitute: User, first: date, last: date) -> str | None:
    """The first right to work that the person has and the substitute lacks on either day; None when all are there."""
    for day in {first, last}:
        mine, theirs = _grants(user, day), _grants(substitute, day)
        for perm in WORK:
            for need in mine.get(perm, ()):
                if not any(_covers(have, need) for have in theirs.get(perm, ())):
                    return perm
    return None


def candidates(user: User, day: date) -> list[User]:
    """Colleagues of the same units or areas, those of the units first, by name."""
    posts = list(Assignment.objects.on(day).filter(user=user))
    units = {post.unit_id for post in posts if post.unit_id is not None}
    areas = {post.area_id for post in posts}
    near = Assignment.objects.on(day).filter(Q(unit__in=units) | Q(area__in=areas), user__is_active=True)
    found: dict[int, tuple[bool, User]] = {}
    for post in near.exclude(user=user).select_related("user"):
        same = post.unit_id in units
        found[post.user_id] = (same or found.get(post.user_id, (False, post.user))[0], post.user)
    return [person for _same, person in sorted(found.values(), key=lambda pair: (not pair[0], pair[1].name))]
