"""Routes and plans of patrols are made, changed, ended and taken up again. The only place that writes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from grids.locate import locate
from grids.models import Area, Building
from grids.permissions import Perm, require
from teams.duty import paths_above
from teams.models import Checkpoint, PatrolPlan, PatrolRoute, Unit

MOST = 60  # checkpoints of a route


@dataclass(frozen=True, slots=True)
class Stop:
    """A checkpoint as it is drawn: `pk` of one that is there already, None for a new one."""

    name: str
    lon: float | None = None
    lat: float | None = None
    building: Building | None = None
    pk: int | None = None


def _check(route: PatrolRoute, stops: Sequence[Stop]) -> None:
    if route.area.retired_at is not None:
        raise ValidationError({"area": _("This area has been retired. Choose the one that took its place.")})
    if not route.name:
        raise ValidationError({"name": _("Give the route a name.")})
    if not stops:
        raise ValidationError({"stops": _("A route needs at least one checkpoint.")})
    if len(stops) > MOST:
        raise ValidationError({"stops": _("A route has at most %(most)s checkpoints.") % {"most": MOST}})
    if any(not stop.name.strip() for stop in stops):
        raise ValidationError({"stops": _("Each checkpoint needs a name.")})


def _street(area: Area) -> str:
    """The path of the street an area belongs to."""
    streets = Area.objects.filter(path__in=paths_above(area.path), kind=Area.Kind.STREET)
    return streets.values_list("path", flat=True).first() or area.path


def _ground(route: PatrolRoute, stop: Stop, street: str) -> tuple[Point | None, Area]:
    """Where a checkpoint is, and in which grid; one beyond the street's border counts where the route belongs."""
    point, area = None, None
    if stop.lon is not None and stop.lat is not None:
        point, area = Point(stop.lon, stop.lat, srid=4326), locate(stop.lon, stop.lat).area
    elif stop.building is not None:
        point, area = stop.building.point, stop.building.area
    return point, area if area is not None and area.path.startswith(street) else route.area


def _write(route: PatrolRoute, stops: Sequence[Stop], *, now: datetime) -> None:
    """The checkpoints in their order; those no longer named stay with the patrols that saw them."""
    known = {one.pk: one for one in route.checkpoints.select_for_update()}
    kept, street = set(), _street(route.area)
    for order, stop in enumerate(stops, 1):
        row = known.get(stop.pk or 0) or Checkpoint(route=route)
        row.order, row.name, row.building = order, stop.name.strip(), stop.building
        row.point, row.area = _ground(route, stop, street)
        row.area_path, row.retired_at = row.area.path, None
        row.save()
        kept.add(row.pk)
    for row in known.values():
        if row.pk not in kept and row.retired_at is None:
            row.retired_at = now
            row.save(update_fields=["retired_at"])


@transaction.atomic
def create_route(*, area: Area, name: str, stops: Sequence[Stop], by: User, now: datetime) -> PatrolRoute:
    """Draw a route. Raises ValidationError by field."""
    require(by, Perm.PLAN_PATROLS, area)
    route = PatrolRoute(area=area, area_path=area.path, name=name.strip(), created_at=now, created_by=by)
    _check(route, stops)
    route.save()
    _write(route, stops, now=now)
    audit.record("teams.create_route", route, by=by, at=now, checkpoints=len(stops))
    return route


def _lock(route: PatrolRoute, by: User) -> PatrolRoute:
    locked = PatrolRoute.objects.select_for_update(of=("self",)).select_related("area").get(pk=route.pk)
    require(by, Perm.PLAN_PATROLS, locked)
    return locked


@transaction.atomic
def edit_route(route: PatrolRoute, *, name: str, stops: Sequence[Stop], by: User, now: datetime) -> PatrolRoute:
    """Rename a route, or change its checkpoints and their order. What was walked stays as it was."""
    locked = _lock(route, by)
    locked.name = name.strip()
    _check(locked, stops)
    locked.save(update_fields=["name"])
    _write(locked, stops, now=now)
    audit.record("teams.edit_route", locked, by=by, at=now, checkpoints=len(stops))
    return locked


@transaction.atomic
def retire_route(route: PatrolRoute, *, by: User, now: datetime) -> PatrolRoute:
    """Take a route out of use; its plans rest with it."""
    locked = _lock(route, by)
    if locked.retired_at is None:
        locked.retired_at = now
        locked.save(update_fields=["retired_at"])
        audit.record("teams.retire_route", locked, by=by, at=now)
    return locked


@transaction.atomic
def reopen_route(route: PatrolRoute, *, by: User, now: datetime) -> PatrolRoute:
    """Put it back into use."""
    locked = _lock(route, by)
    if locked.area.retired_at is not None:
        raise ValidationError(_("This area has been retired. Choose the one that took its place."))
    locked.retired_at = None
    locked.save(update_fields=["retired_at"])
    audit.record("teams.reopen_route", locked, by=by, at=now)
    return locked


@dataclass(frozen=True, slots=True)
class Rule:
    """When a route is walked and by whom."""

    rhythm: str
    since: date
    until: date | None = None
    weekdays: tuple[int, ...] = ()
    every: int | None = None
    unit: Unit | None = None
    person: User | None = None


def _set(plan: PatrolPlan, rule: Rule) -> None:
    if rule.unit is None and rule.person is None:
        raise ValidationError({"unit": _("Say who walks it: a unit or a person.")})
    if rule.rhythm == PatrolPlan.Rhythm.WEEKDAYS and not rule.weekdays:
        raise ValidationError({"weekdays": _("Choose at least one day of the week.")})
    if rule.rhythm == PatrolPlan.Rhythm.EVERY and not rule.every:
        raise ValidationError({"every": _("Say every how many days.")})
    if rule.until is not None and rule.until <= rule.since:
        raise ValidationError({"until": _("It must end after it began.")})
    plan.rhythm, plan.since, plan.until = rule.rhythm, rule.since, rule.until
    plan.weekdays = sorted(set(rule.weekdays)) if rule.rhythm == PatrolPlan.Rhythm.WEEKDAYS else []
    plan.every = rule.every if rule.rhythm == PatrolPlan.Rhythm.EVERY else None
    plan.unit, plan.person = rule.unit, rule.person


@transaction.atomic
def create_plan(route: PatrolRoute, rule: Rule, *, by: User, now: datetime) -> PatrolPlan:
    """Have a route walked in a rhythm. Raises ValidationError by field."""
    locked = _lock(route, by)
    if locked.retired_at is not None:
        raise ValidationError(_("This route is out of use. Put it back into use first."))
    plan = PatrolPlan(route=locked, area_path=locked.area_path, created_at=now, created_by=by)
    _set(plan, rule)
    plan.save()
    audit.record("teams.create_patrol_plan", plan, by=by, at=now, rhythm=plan.rhythm)
    return plan


def _lock_plan(plan: PatrolPlan, by: User) -> PatrolPlan:
    locked = PatrolPlan.objects.select_for_update(of=("self",)).select_related("route").get(pk=plan.pk)
    require(by, Perm.PLAN_PATROLS, locked)
    return locked


@transaction.atomic
def edit_plan(plan: PatrolPlan, rule: Rule, *, by: User, now: datetime) -> PatrolPlan:
    """Change rhythm, days or who walks it."""
    locked = _lock_plan(plan, by)
    _set(locked, rule)
    locked.save()
    audit.record("teams.edit_patrol_plan", locked, by=by, at=now, rhythm=locked.rhythm)
    return locked


@transaction.atomic
def end_plan(plan: PatrolPlan, *, by: User, now: datetime) -> PatrolPlan:
    """From now on nothing of it is due."""
    locked = _lock_plan(plan, by)
    if locked.ended_at is None:
        locked.ended_at = now
        locked.save(update_fields=["ended_at"])
        audit.record("teams.end_patrol_plan", locked, by=by, at=now, on=str(timezone.localdate(now)))
    return locked


@transaction.atomic
def resume_plan(plan: PatrolPlan, *, by: User, now: datetime) -> PatrolPlan:
    """Take the end back."""
    locked = _lock_plan(plan, by)
    locked.ended_at = None
    locked.save(update_fields=["ended_at"])
    audit.record("teams.resume_patrol_plan", locked, by=by, at=now)
    return locked


def follow_routes(heirs: dict[int, Area], touched: set[int], *, by: Any, now: datetime) -> None:
    """Routes of areas that go hang from their heirs; checkpoints lie where they lie, perhaps in another grid now.

    `touched` are all areas whose ground has changed. The approval of the plan is the right to do so.
    """
    for route in PatrolRoute.objects.select_for_update().filter(area__in=list(heirs)).order_by("pk"):
        old, new = route.area_id, heirs[route.area_id]
        route.area, route.area_path = new, new.path
        route.save(update_fields=["area", "area_path"])
        PatrolPlan.objects.filter(route=route).update(area_path=new.path)
        audit.record("teams.move_route", route, by=by, at=now, old=old, new=new.pk)
    for row in Checkpoint.objects.select_for_update().filter(area__in={*heirs, *touched}).order_by("pk"):
        found = locate(row.point.x, row.point.y).area if row.point else None
        row.area = found or heirs.get(row.area_id, row.area)
        row.area_path = row.area.path
        row.save(update_fields=["area", "area_path"])
