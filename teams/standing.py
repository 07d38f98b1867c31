"""What the report on the standard asks about posts: which grids have a head and a worker, and who works in an area."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from gridgov.accounts.models import User
from grids.division import standard
from grids.models import Area
from grids.permissions import ABOVE
from teams.models import Assignment
from teams.roles import Role

MOST_PEOPLE = 300  # offered as boxes to tick, and once more for each decision


def posts_of(grids: Sequence[Area], now: datetime) -> dict[int, dict[str, Any]]:
    """Grid → whether it has a head and a full-time worker today; one query."""
    held = Assignment.objects.on(timezone.localdate(now)).filter(area__in=grids)
    roles = set(held.values_list("area_id", "role"))
    return {
        grid.pk: {"head": (grid.pk, Role.GRID_HEAD) in roles, "worker": (grid.pk, Role.WORKER) in roles}
        for grid in grids
    }


def people_of(area: Area, now: datetime) -> Any:
    """Everybody with a post in the area or above it, by name; of more than a form bears those of a single grid are
    left out.
    """
    held = Assignment.objects.on(timezone.localdate(now))
    inside = held.filter(area__path__gte=area.path, area__path__lt=area.path + ABOVE).values("user")
    if inside.distinct()[: MOST_PEOPLE + 1].count() > MOST_PEOPLE:
        inside = inside.exclude(area__kind=Area.Kind.GRID)
    above = held.filter(area__path__in=area.ancestor_paths).values("user")
    return User.objects.filter(pk__in=inside.union(above)).order_by("name")


def register_own() -> None:
    """Called once, when the room opens."""
    standard.register_facts(posts_of)
    standard.register_people(people_of)
