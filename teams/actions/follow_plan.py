"""Posts and teams follow the ground when a plan takes effect: its approval is the right to do so."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from grids import permissions
from grids.division.change import Change
from grids.models import Area
from teams import signals
from teams.actions.patrol_plans import follow_routes
from teams.models import Assignment, Unit


def follow_plan(change: Change, *, by: User | None, now: datetime) -> None:
    """What stood on an area that goes stands on its heir from today on: teams, desks, and who held which post."""
    heirs = {old: change.ids[key] for old, key in change.heirs.items()}
    areas = Area.objects.in_bulk(heirs.values())
    for old, new in heirs.items():
        _move_units(old, areas[new], by=by, now=now)
        _move_posts(old, areas[new], by=by, now=now)
    follow_routes({old: areas[new] for old, new in heirs.items()}, change.affected, by=by, now=now)


def _move_units(old: int, area: Area, *, by: User | None, now: datetime) -> None:
    for unit in Unit.objects.select_for_update().filter(area=old, retired_at=None).order_by("pk"):
        unit.area, unit.area_path = area, area.path
        unit.save(update_fields=["area", "area_path"])
        audit.record("teams.move_unit", unit, by=by, at=now, old=old, new=area.pk)


def _move_posts(old: int, area: Area, *, by: User | None, now: datetime) -> None:
    """A post ends today and begins anew on the heir; one that begins today or later just stands there instead."""
    today = timezone.localdate(now)
    held = Assignment.objects.select_for_update(of=("self",)).select_related("user", "unit", "appointed_by")
    for post in held.filter(Q(until=None) | Q(until__gt=today), area=old).order_by("pk"):
        if post.since >= today:
            post.area, post.area_path = area, area.path
            post.save(update_fields=["area", "area_path"])
            audit.record("teams.move_post", post, by=by, at=now, old=old, new=area.pk)
        else:
            _continue(post, area, by=by, now=now)
        permissions.forget(post.user)


def _continue(post: Assignment, area: Area, *, by: User | None, now: datetime) -> None:
    today = timezone.localdate(now)
    follow = Assignment(
        user=post.user,
        role=post.role,
        area=area,
        area_path=area.path,
        unit=post.unit,
        since=today,
        until=post.until,
        is_head=post.is_head,
        appointed_by=post.appointed_by,
        appointed_at=now,
        predecessor=post,
    )
    post.until = today
    post.announced_at = now
    post.save(update_fields=["until", "announced_at"])
    follow.save()
    audit.record("teams.move_post", follow, by=by, at=now, old=post.area_id, new=area.pk, user=post.user_id)
    signals.post_ended.send(Assignment, post=post, by=by, now=now)
    signals.post_handed_over.send(Assignment, post=post, successor_post=follow, by=by, now=now)
