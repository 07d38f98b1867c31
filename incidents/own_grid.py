"""Where a grid worker's report lies that names no place: in the worker's own grid, as a guess that is marked."""

from typing import Any

from django.db.models import Q

from grids.models import Area
from grids.permissions import Perm, Reach, allows, scope

GUESSED, TOLD = "own_grid", "told_grid"  # reasons of a route; the first is a guess


def grids_of(user: Any) -> list[Area]:
    """The standing grids of the person's posts; none for who works for a whole community or street."""
    return list(_standing().filter(path__in=_posts(user)).order_by("path"))


def to_ask(user: Any) -> list[Area]:
    """The grids to choose from where a report names no place: with one there is nothing to ask."""
    found = grids_of(user)
    return found if len(found) > 1 else []


def presume(user: Any, told: int | None) -> tuple[Area, str] | None:
    """The grid of a report without building, position and thing, and why; None: the street's desk says where.

    The grid that was `told` counts where the person reports (it may have been chosen offline and be gone by now);
    else the only one the person has. One query.
    """
    posts = _posts(user)
    found = list(_standing().filter(Q(path__in=posts) | Q(pk=told)))
    chosen = next((one for one in found if one.pk == told and allows(user, Perm.REPORT_INCIDENTS, one)), None)
    if chosen is not None:
        return chosen, TOLD
    own = [one for one in found if one.path in posts]
    return (own[0], GUESSED) if len(own) == 1 else None


def _posts(user: Any) -> set[str]:
    """Where each post reports, also a grid's inside a community where another post does."""
    grants = scope(user).grants.get(Perm.REPORT_INCIDENTS, ())
    return {grant.path for grant in grants if grant.reach in (Reach.AREA, Reach.DESK)}


def _standing() -> Any:
    return Area.objects.standing().grids()
