"""Turns the posts a person holds today into grants, for grids.permissions."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from grids.permissions import Grant
from teams.models import Assignment
from teams.roles import ROLES


def grants_of_posts(user: Any) -> Mapping[str, tuple[Grant, ...]]:
    """Permission → grants from every post `user` holds today; one query."""
    grants: dict[str, list[Grant]] = defaultdict(list)
    posts = Assignment.objects.on(timezone.localdate()).filter(user=user)
    for role, path, unit_id in posts.values_list("role", "area_path", "unit_id"):
        for perm, reach in ROLES[role].perms.items():
            grants[perm].append(Grant(path, reach, unit_id))
    return {perm: tuple(found) for perm, found in grants.items()}
