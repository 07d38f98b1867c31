"""Beginning a plan from the areas as they stand, and saving it step by step."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from grids.division import facts
from grids.division.ground import children_of, current_of, in_between
from grids.division.shapes import Shape, feature, shape_of
from grids.models import Area, BoundaryPlan, PlanNote, PlanStep
from grids.permissions import Perm, require

KEPT_STEPS = 200  # saves of one plan that can be gone back to


class Meanwhile(Exception):
    """Somebody saved the plan since it was opened; `plan` says who and when."""

    def __init__(self, plan: BoundaryPlan) -> None:
        super().__init__(str(plan))
        self.plan = plan


def as_they_stand(parent: Area, kind: str) -> tuple[list[Shape], dict[str, str | None]]:
    """A shape for each child in use with its polygon, and which boundary version that is; two queries."""
    children = children_of(parent, kind)
    versions = current_of(children)
    shapes, base = [], {}
    for area in children:
        version = versions.get(area.pk)
        base[str(area.pk)] = str(version.pk) if version else None
        shapes.append(shape_of(area, version.drawing if version else None))
    return shapes, base


@transaction.atomic
def create_plan(parent: Area, *, kind: str, name: str, by: Any, now: datetime, note: str = "") -> BoundaryPlan:
    """Begin to divide `parent` into areas of `kind`, from the areas as they stand."""
    require(by, Perm.PLAN_BOUNDARIES, parent)
    levels = list(Area.Kind)
    if kind not in levels or levels.index(Area.Kind(kind)) <= levels.index(Area.Kind(parent.kind)):
        raise ValidationError({"kind": _("Choose a level below %(parent)s.") % {"parent": parent.name}})
    require_next_level(parent, kind)
    if parent.retired_at is not None:
        raise ValidationError(
            _("%(area)s is already in use: something belongs to it.") % {"area": parent.name}, code="area_retired"
        )
    shapes, base = as_they_stand(parent, kind)
    began = {"base": base, "facts": facts.standing(shapes)}
    plan = BoundaryPlan(parent=parent, area_path=parent.path, child_kind=kind, name=name.strip(), note=note, **began)
    return begin(plan, shapes, by=by, now=now)


def require_next_level(parent: Area, kind: str) -> None:
    """ValidationError when `parent` already has areas between itself and `kind`: their own plans divide that ground."""
    one = in_between(parent, kind)
    if one is not None:
        words = _("%(parent)s has levels in between, such as %(area)s: divide each of those.")
        raise ValidationError(words % {"parent": parent.name, "area": one.name}, code="level")


def begin(plan: BoundaryPlan, shapes: Sequence[Shape], *, by: Any, now: datetime) -> BoundaryPlan:
    """Save a new plan with its first step; the caller has asked for the right."""
    plan.created_at = plan.saved_at = now
    plan.created_by = plan.saved_by = by
    plan.full_clean(exclude=["area_path"])
    plan.save(force_insert=True)
    put_step(plan, shapes, [], by=by, now=now)
    note_move(plan, "create_plan", by=by, now=now)
    return plan


def note_move(plan: BoundaryPlan, move: str, *, by: Any, now: datetime, words: str = "") -> None:
    """Write one step of the plan's life into its history and into the audit trail."""
    PlanNote.objects.create(plan=plan, move=move, words=words, at=now, by=by)
    audit.record(f"grids.{move}", plan, by=by, at=now, revision=plan.revision)


def put_step(
    plan: BoundaryPlan, shapes: Sequence[Shape], walls: list[dict[str, Any]], *, by: Any, now: datetime
) -> None:
    """The next revision of a locked (or new) plan; very old ones go, but never the last one of anybody who drew."""
    plan.revision += 1
    plan.saved_at, plan.saved_by = now, by
    plan.save(update_fields=["revision", "saved_at", "saved_by"])
    drawn = {"shapes": [feature(shape) for shape in shapes], "walls": walls}
    PlanStep.objects.create(plan=plan, revision=plan.revision, saved_at=now, saved_by=by, **drawn)
    last = plan.steps.order_by("saved_by", "-revision").distinct("saved_by").values("revision")
    old = plan.steps.filter(revision__lte=plan.revision - KEPT_STEPS, revision__gt=1)
    old.exclude(revision__in=last).delete()  # whoever drew does not approve (plans.going)


def lock(plan: BoundaryPlan) -> BoundaryPlan:
    """The plan's row, locked."""
    return BoundaryPlan.objects.select_for_update(of=("self",)).select_related("parent", "saved_by").get(pk=plan.pk)


@transaction.atomic
def save_draft(
    plan: BoundaryPlan, shapes: Sequence[Shape], walls: list[dict[str, Any]], *, revision: int, by: Any, now: datetime
) -> BoundaryPlan:
    """Keep what was drawn. `Meanwhile` when somebody else saved after `revision`; ValidationError outside a draft."""
    require(by, Perm.PLAN_BOUNDARIES, plan)
    locked = lock(plan)
    if not locked.editable:
        raise ValidationError(
            _("This plan is %(state)s and can no longer be drawn. Send it back or begin a new one.")
            % {"state": locked.get_status_display()},
            code="not_draft",
        )
    if locked.revision != revision:
        raise Meanwhile(locked)
    put_step(locked, shapes, walls, by=by, now=now)
    audit.record("grids.save_plan", locked, by=by, at=now, revision=locked.revision, shapes=len(shapes))
    return locked


@transaction.atomic
def describe_plan(plan: BoundaryPlan, *, name: str, note: str, renumber: bool, by: Any, now: datetime) -> BoundaryPlan:
    """What a draft is called, why it is made, and whether all areas get new codes."""
    require(by, Perm.PLAN_BOUNDARIES, plan)
    locked = lock(plan)
    if not locked.editable:
        raise ValidationError(_("Only a draft can be changed."), code="not_draft")
    locked.name, locked.note, locked.renumber = name.strip(), note.strip(), renumber
    locked.full_clean(exclude=["area_path"])
    locked.save(update_fields=["name", "note", "renumber"])
    audit.record("grids.describe_plan", locked, by=by, at=now, renumber=renumber)
    return locked
