"""The moment a plan takes effect: one transaction that draws, founds, retires and moves everything, or nothing."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from grids.actions.areas import locked_pair, next_path, rehang
from grids.actions.plans.codes import number_anew, number_new
from grids.actions.plans.draft import lock, note_move
from grids.actions.plans.going import back_to_draft, locked_for, require_sound, tell_drafters
from grids.actions.plans.lineage import descend
from grids.actions.plans.polygons import draw
from grids.actions.plans.things import move_things
from grids.actions.stock import take_stock_after
from grids.division import facts
from grids.division.below import places_of
from grids.division.change import Change
from grids.division.numbers import assign
from grids.division.shapes import Shape
from grids.models import Area, BoundaryPlan, Building
from grids.signals import plan_effective
from grids.workflow import PlanStatus

log = logging.getLogger(__name__)
AGAIN_AFTER = timedelta(minutes=10)
MOST_TRIES = 6  # an hour: what lasts longer does not pass by itself


@transaction.atomic
def take_effect(plan: BoundaryPlan, *, by: Any, now: datetime) -> BoundaryPlan:
    """Let an approved plan hold from `now` on. ValidationError when it no longer fits the ground.

    Polygons, areas and their codes, buildings, what lies below, lineage; then `plan_effective` tells every room
    above, which moves its own in the same transaction. `by` is None when its day has come.
    """
    found = locked_for(plan, "take_effect", by=by)
    change, _faults = require_sound(found)
    list(Area.objects.select_for_update().filter(parent=found.parent).order_by("pk"))
    _found_areas(change)
    if found.renumber:
        number_anew(change, now=now)
    else:
        number_new(change)
    draw(change, by=found.saved_by, now=now)
    _retire(change, now=now)
    named = _named(change)
    _move_buildings(change, named)
    _move_below(change, by=by, now=now)
    things = move_things(change, named)
    descend(change, now=now)
    found.status, found.effective_at, found.became, found.stuck = PlanStatus.EFFECTIVE, now, change.ids, ""
    found.save(update_fields=["status", "effective_at", "became", "stuck"])
    plan_effective.send(BoundaryPlan, change=change, by=by, now=now)
    _record(found, change, things, by=by, now=now)
    take_stock_after(len(change.redrawn))
    return found


def _record(plan: BoundaryPlan, change: Change, things: dict[str, int], *, by: Any, now: datetime) -> None:
    audit.record(
        "grids.take_effect",
        plan,
        by=by,
        at=now,
        created=[change.ids[shape.key] for shape in change.created],
        retired=[area.pk for area in change.retired],
        redrawn=len(change.redrawn),
        buildings=[[house.pk, house.area_id, change.ids[key]] for house, key in change.moved],
        things=things,
    )
    note_move(plan, "plan_took_effect", by=by, now=now)
    tell_drafters(plan, "grids.plan_moved", by=by, now=now)


def take_effect_today(*, now: datetime, limit: int = 20) -> int:
    """Let every approved plan whose day has come take effect; how many did. Safe to run twice and side by side.

    One that no longer fits goes back to its drafters with the reason; nothing of it has happened. One that fails for
    another reason (or takes the worker with it) comes again after AGAIN_AFTER, behind those that never failed, and is
    set aside with its reason after MOST_TRIES.
    """
    due = BoundaryPlan.objects.filter(status=PlanStatus.APPROVED, effective_on__lte=timezone.localdate(now), stuck="")
    due = due.filter(Q(tried_at=None) | Q(tried_at__lte=now - AGAIN_AFTER))
    found = list(due.order_by("tries", "effective_on", "id")[:limit])
    return sum(_tried(plan, now=now) for plan in found)


def _tried(plan: BoundaryPlan, *, now: datetime) -> bool:
    """Counted before it begins, in a transaction of its own: a worker that is killed over it has tried, too."""
    if plan.tries >= MOST_TRIES:
        _set_aside(plan, _("The work at it was broken off each time."), now=now)
        return False
    BoundaryPlan.objects.filter(pk=plan.pk).update(tries=F("tries") + 1, tried_at=now)
    try:
        take_effect(plan, by=None, now=now)
    except ValidationError as error:
        if error.messages and getattr(error, "code", "") != "state":
            _give_back(plan, " ".join(error.messages), now=now)
        return False
    except Exception as error:
        log.exception("Plan %s could not take effect", plan.pk)
        if plan.tries + 1 >= MOST_TRIES:
            _set_aside(plan, f"{type(error).__name__}: {error}", now=now)
        return False
    return True


@transaction.atomic
def _give_back(plan: BoundaryPlan, why: str, *, now: datetime) -> None:
    found = locked_for(plan, "send_back", by=None)
    back_to_draft(found, "plan_could_not", words=why, by=None, now=now)


@transaction.atomic
def _set_aside(plan: BoundaryPlan, why: str, *, now: datetime) -> None:
    """It stays approved and is not tried again by itself; a person may try, send it back or withdraw it."""
    found = lock(plan)
    if found.status != PlanStatus.APPROVED or found.stuck:
        return
    found.stuck = why[:400]
    found.save(update_fields=["stuck"])
    note_move(found, "plan_set_aside", words=found.stuck, by=None, now=now)
    tell_drafters(found, "grids.plan_stuck", by=None, now=now)


def _found_areas(change: Change) -> None:
    """Names and borders of those that stay, new areas for the rest; `change.ids` is complete afterwards."""
    plan = change.plan
    today = Area.objects.in_bulk([shape.area_id for shape in change.shapes if shape.area_id is not None])
    for shape in change.shapes:
        said = facts.of_shape(shape)
        if shape.area_id is not None:
            change.ids[shape.key] = shape.area_id
            began, stands = plan.facts.get(str(shape.area_id), {}), facts.of_area(today[shape.area_id])
            said = facts.merged(said, began, stands)
            Area.objects.filter(pk=shape.area_id).update(**said, retired_at=None)
            continue
        made = Area(
            parent=plan.parent,
            kind=plan.child_kind,
            code=f"new-{plan.pk.hex[-12:]}-{len(change.ids)}",  # replaced by number_new before anybody sees it
            code_scheme=plan.parent.code_scheme,
            path=next_path(plan.parent),
            **said,
        )
        made.full_clean(exclude=["path"])
        made.save(force_insert=True)
        change.ids[shape.key] = made.pk


def _retire(change: Change, *, now: datetime) -> None:
    Area.objects.filter(pk__in=[area.pk for area in change.retired]).update(retired_at=now)


def _named(change: Change) -> list[Shape]:
    """The shapes under the codes that their areas have now, which decide on a shared edge."""
    codes = dict(Area.objects.filter(pk__in=change.ids.values()).values_list("pk", "code"))
    return [shape.but(code=codes[change.ids[shape.key]]) for shape in change.shapes]


def _move_buildings(change: Change, named: list[Shape]) -> None:
    """Each building to the area that holds it; one update for each target."""
    if change.plan.child_kind != Area.Kind.GRID:
        return
    change.where |= assign(named, change.houses)
    targets: dict[str, list[int]] = {}
    for house, key in change.moved:
        targets.setdefault(key, []).append(house.pk)
    paths = dict(Area.objects.filter(pk__in=change.ids.values()).values_list("pk", "path"))
    for key, houses in targets.items():
        area = change.ids[key]
        Building.objects.filter(pk__in=houses).update(area_id=area, area_path=paths[area])


def _move_below(change: Change, *, by: Any, now: datetime) -> None:
    """When communities or streets are divided: what lies in another one now hangs from that one."""
    if change.plan.child_kind == Area.Kind.GRID:
        return
    for area, key in places_of(change):
        if area.parent_id != change.ids[key]:
            rehang(*locked_pair(area.pk, change.ids[key]), by=by, now=now)
