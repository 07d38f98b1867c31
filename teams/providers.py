"""Turns the posts a person holds today, and the exceptional grants, into grants for grids.permissions; and what the
posts ask of a sign-in.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import F, IntegerField, Value
from django.utils import timezone

from gridgov.accounts.sessions import Policy
from grids.models import AreaUserPermission
from grids.permissions import Grant, Perm, Reach
from teams.models import Assignment
from teams.roles import ROLES

# What a post on an area also gives on the retired areas it came from: reading what happened there.
PAST = frozenset({Perm.VIEW_AREAS, Perm.VIEW_INCIDENTS})


def grants_of_posts(user: Any) -> Mapping[str, tuple[Grant, ...]]:
    """Permission → grants from every post `user` holds today and every exceptional grant still running; one query.

    A post on the successor of a split or merge also sees the past of what it came from (grids.AreaLineage).
    """
    today = timezone.localdate()
    posts = Assignment.objects.on(today).filter(user=user).order_by()
    exceptions = AreaUserPermission.objects.filter(user=user, until__gt=today)
    past = posts.filter(area__came_from__old__retired_at__isnull=False)
    rows = posts.values_list("role", Value(""), "area_path", "unit_id", Value(False)).union(
        exceptions.values_list(
            Value(""), F("permission__codename"), F("content_object__path"), Value(None, IntegerField()), Value(False)
        ),
        past.values_list("role", Value(""), "area__came_from__old__path", "unit_id", Value(True)),
        all=True,
    )
    grants: dict[str, list[Grant]] = defaultdict(list)
    for role, exceptional, path, unit_id, was in rows:
        if exceptional:
            grants[exceptional].append(Grant(path, Reach.AREA))
            continue
        for perm, reach in ROLES[role].grants():
            if not was or (perm in PAST and reach == Reach.AREA):
                grants[perm].append(Grant(path, reach, unit_id))
    return {perm: tuple(found) for perm, found in grants.items()}


def policy_of_posts(user: Any) -> Policy | None:
    """A second step where a post held today asks for one; one query, and none where the office asks nobody for it."""
    if not settings.REQUIRE_MFA:
        return None
    roles = Assignment.objects.on(timezone.localdate()).filter(user=user).values_list("role", flat=True)
    return Policy(second_factor=any(ROLES[role].second_factor for role in roles))
