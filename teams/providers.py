"""Turns the posts a person holds today, and the exceptional grants, into grants for grids.permissions."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import F, IntegerField, Value
from django.utils import timezone

from grids.models import AreaUserPermission
from grids.permissions import Grant, Reach
from teams.models import Assignment
from teams.roles import ROLES


def grants_of_posts(user: Any) -> Mapping[str, tuple[Grant, ...]]:
    """Permission → grants from every post `user` holds today and every exceptional grant still running; one query."""
    today = timezone.localdate()
    posts = Assignment.objects.on(today).filter(user=user).order_by()
    exceptions = AreaUserPermission.objects.filter(user=user, until__gt=today)
    rows = posts.values_list("role", Value(""), "area_path", "unit_id").union(
        exceptions.values_list(
            Value(""), F("permission__codename"), F("content_object__path"), Value(None, IntegerField())
        ),
        all=True,
    )
    grants: dict[str, list[Grant]] = defaultdict(list)
    for role, exceptional, path, unit_id in rows:
        if exceptional:
            grants[exceptional].append(Grant(path, Reach.AREA))
            continue
        for perm, reach in ROLES[role].grants():
            grants[perm].append(Grant(path, reach, unit_id))
    return {perm: tuple(found) for perm, found in grants.items()}
