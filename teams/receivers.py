"""What posts and teams hear from the ground: a plan that would move them, and one that has taken effect."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from grids.division.change import Change
from grids.division.faults import Fault, Level
from grids.division.preview import Concerned, Preview, Row
from grids.models import Area
from grids.signals import plan_effective, plan_previewed
from teams.actions.follow_plan import follow_plan
from teams.models import Assignment, PatrolRoute, Unit
from teams.roles import Role

HEADS = (Role.GRID_HEAD, Role.COMMUNITY_DESK)


@receiver(plan_effective)
def move_with_the_ground(sender: Any, *, change: Change, by: Any, now: datetime, **_rest: Any) -> None:
    """In the same transaction."""
    follow_plan(change, by=by, now=now)


@receiver(plan_previewed)
def what_moves(sender: Any, *, change: Change, **_rest: Any) -> Preview:
    """Posts and teams that pass to another area, who confirms the hand-over, areas left without people, and
    patrol routes that go with them; three queries."""
    parent = change.plan.parent
    places = {*change.areas, parent.pk}
    posts = list(
        Assignment.objects.on(timezone.localdate())
        .filter(area__in=places)
        .select_related("user", "area")
        .order_by("pk")
    )
    units = list(Unit.objects.standing().filter(area__in=places).order_by("pk"))
    routes = list(PatrolRoute.objects.standing().filter(area__in=places).order_by("pk"))
    return Preview(
        rows=tuple(_rows(change, posts, units) + _route_rows(change, routes)),
        concerned=tuple(_concerned(change, posts)),
        faults=tuple(_unmanned(change, posts)),
    )


def _rows(change: Change, posts: list[Assignment], units: list[Unit]) -> list[Row]:
    rows = []
    for area in change.retired:
        own = [post for post in posts if post.area_id == area.pk]
        teams = [unit for unit in units if unit.area_id == area.pk]
        key = change.heirs.get(area.pk)
        new = change.name_of(key) if key else _("nobody")
        people = _(", ").join(dict.fromkeys(post.person for post in own))
        if own:
            rows.append(Row(_("posts"), area.name, new, len(own), people))
        if teams:
            rows.append(
                Row(_("teams and units"), area.name, new, len(teams), _(", ").join(unit.name for unit in teams))
            )
    return rows


def _route_rows(change: Change, routes: list[PatrolRoute]) -> list[Row]:
    """Routes go with the area they hang from; their checkpoints lie where they lie."""
    rows = []
    for area in change.retired:
        own = [route.name for route in routes if route.area_id == area.pk]
        key = change.heirs.get(area.pk)
        if own:
            new = change.name_of(key) if key else _("nobody")
            rows.append(Row(_("patrol routes"), area.name, new, len(own), _(", ").join(own)))
    return rows


def _concerned(change: Change, posts: list[Assignment]) -> list[Concerned]:
    """The heads of every area that loses or wins something, and the desk of what is divided."""
    touched = change.affected
    if not touched and not change.created:
        return []
    touched = touched | {change.plan.parent_id}
    return [Concerned(p.user, p.role, p.area_id) for p in posts if p.role in HEADS and p.area_id in touched]


def _unmanned(change: Change, posts: list[Assignment]) -> list[Fault]:
    """Areas that would have no head, or no full-time worker; only where grids are divided."""
    if change.plan.child_kind != Area.Kind.GRID:
        return []
    held: dict[str, set[str]] = {shape.key: set() for shape in change.shapes}
    stays = {s.area_id: s.key for s in change.shapes if s.area_id in change.areas} | change.heirs
    for post in posts:
        if post.area_id in stays:
            held[stays[post.area_id]].add(post.role)
    wanted = [
        ("no_head", Role.GRID_HEAD, change.limits.needs_head),
        ("no_worker", Role.WORKER, change.limits.needs_worker),
    ]
    return [
        Fault(code, Level.WARNING, (shape.key,), (shape.name,))
        for code, role, needed in wanted
        for shape in change.shapes
        if needed and role not in held[shape.key]
    ]
