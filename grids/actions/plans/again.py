"""A draft brought up to date with the ground, one made from an earlier state, and one gone back to an earlier step."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from grids.actions.plans.draft import as_they_stand, begin, lock, note_move, put_step
from grids.division import facts, ground
from grids.division.compare import as_it_stood
from grids.division.document import shapes_of, step_of
from grids.division.facts import Facts
from grids.division.shapes import Shape, stored
from grids.geodata.bridge import to_shapely
from grids.models import AreaLineage, BoundaryPlan, BoundaryVersion
from grids.permissions import Perm, require

INSTANT = timedelta(microseconds=1)


def _draft(plan: BoundaryPlan, by: Any) -> BoundaryPlan:
    require(by, Perm.PLAN_BOUNDARIES, plan)
    locked = lock(plan)
    if not locked.editable:
        raise ValidationError(_("Only a draft can be changed."), code="not_draft")
    return locked


@transaction.atomic
def rebase(plan: BoundaryPlan, *, by: Any, now: datetime) -> BoundaryPlan:
    """Bring a draft up to date: polygons, names and borders it has not changed follow the ground, what it has is kept.

    Areas that have come since join it; of those that have gone, what the draft redrew becomes a new area.
    """
    locked = _draft(plan, by)
    today, base = as_they_stand(locked.parent, locked.child_kind)
    old = {version.area_id: version.drawing for version in _versions(locked.base)}
    began, locked.facts = locked.facts, facts.standing(today)
    step = step_of(locked)
    mine = {shape.area_id: shape for shape in stored(step.shapes) if shape.area_id is not None}
    kept = [shape for shape in stored(step.shapes) if shape.area_id is None]
    for fresh in today:
        kept += _followed(locked, fresh, mine.pop(fresh.area_id or 0, None), old.get(fresh.area_id or 0), base)
    kept = [_renamed(shape, began, locked.facts) for shape in kept]
    kept += [_orphan(shape, base) for shape in mine.values() if not _as_before(shape, old)]
    locked.base = base
    locked.save(update_fields=["base", "facts"])
    put_step(locked, kept, step.walls, by=by, now=now)
    note_move(locked, "rebase_plan", by=by, now=now)
    return locked


def _versions(base: dict[str, str | None]) -> list[ground.Version]:
    rows = BoundaryVersion.objects.filter(pk__in=[pk for pk in base.values() if pk])
    columns = rows.values_list("pk", "area_id", "polygon")
    return [ground.Version(pk, area, to_shapely(polygon)) for pk, area, polygon in columns]


def _followed(
    plan: BoundaryPlan, fresh: Shape, shape: Shape | None, old: Any, base: dict[str, str | None]
) -> list[Shape]:
    """The shape of an area in use: as today when the draft left it alone; none when the draft had taken it away."""
    key = str(fresh.area_id)
    if shape is None:
        return [] if key in plan.base else [fresh]
    keep = plan.base.get(key) == base[key] or shape.geometry != old
    return [shape if keep else shape.but(geometry=fresh.geometry, code=fresh.code)]


def _renamed(shape: Shape, began: dict[str, Facts], today: dict[str, Facts]) -> Shape:
    """Named and described as today where the draft has left it alone."""
    key = str(shape.area_id)
    if key not in began or key not in today:
        return shape
    return facts.said(shape, facts.merged(facts.of_shape(shape), began[key], today[key]))


def _as_before(shape: Shape, old: dict[int, Any]) -> bool:
    return bool(shape.geometry == old.get(shape.area_id or 0))


def _orphan(shape: Shape, base: dict[str, str | None]) -> Shape:
    """A redrawn area that has gone meanwhile: a new one, from those that took its place."""
    heirs = AreaLineage.objects.filter(old=shape.area_id, new__in=[int(pk) for pk in base])
    return shape.but(area_id=None, code="", sources=tuple(heirs.values_list("new_id", flat=True)))


@transaction.atomic
def revert(plan: BoundaryPlan, *, name: str, by: Any, now: datetime) -> BoundaryPlan:
    """A new draft with the polygons that held until this plan took effect; areas it retired are used again.

    Names and borders in words go back, too, where nobody has changed them since.
    """
    require(by, Perm.PLAN_BOUNDARIES, plan)
    if plan.effective_at is None:
        raise ValidationError(_("This plan has not taken effect: there is nothing to take back."), code="state")
    shapes = as_it_stood(plan.parent, plan.child_kind, plan.effective_at - INSTANT)
    wrote = facts.standing(shapes_of(plan))
    shapes = [_renamed(shape, wrote, plan.facts) for shape in shapes]
    today, base = as_they_stand(plan.parent, plan.child_kind)
    began = {"base": base, "facts": facts.standing(today), "area_path": plan.parent.path, "child_kind": plan.child_kind}
    return begin(BoundaryPlan(parent=plan.parent, name=name.strip(), reverts=plan, **began), shapes, by=by, now=now)


@transaction.atomic
def restore_step(plan: BoundaryPlan, revision: int, *, by: Any, now: datetime) -> BoundaryPlan:
    """Make an earlier saved step the newest one; nothing in between is lost."""
    locked = _draft(plan, by)
    step = locked.steps.filter(revision=revision).first()
    if step is None:
        raise ValidationError(_("This step is no longer kept."), code="no_step")
    put_step(locked, stored(step.shapes), step.walls, by=by, now=now)
    note_move(locked, "restore_step", by=by, now=now, words=str(revision))
    return locked
