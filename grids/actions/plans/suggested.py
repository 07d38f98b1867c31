"""Drafts that begin with what the report on the standard suggests."""

from datetime import datetime
from typing import Any

import shapely
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from grids.actions.plans.draft import create_plan, save_draft
from grids.division.document import shapes_of
from grids.division.shapes import Shape, many
from grids.geodata.measure import metres
from grids.models import Area, BoundaryPlan

TOUCHING_M = 1.0  # a shorter common border is a corner


@transaction.atomic
def draft_merge(one: Area, other: Area, *, by: Any, now: datetime) -> BoundaryPlan:
    """A draft in which `one` and `other` are one grid: its second step, so that the first can be gone back to.

    ValidationError when they are not neighbours under one parent.
    """
    _side_by_side(one, other)
    words = _("%(one)s and %(other)s become one grid.") % _names(one, other)
    plan = create_plan(_parent(one), kind=one.kind, name=_named(one, other, _("merged")), by=by, now=now, note=words)
    first, second, rest = _taken(shapes_of(plan), one, other)
    ground = many(shapely.coverage_union_all([first.geometry, second.geometry]))
    sources = tuple(sorted({*first.sources, *second.sources}))
    whole = Shape(f"m{one.pk}", one.name, ground, grid_kind=first.grid_kind, sources=sources)
    return save_draft(plan, [*rest, whole], [], revision=plan.revision, by=by, now=now)


@transaction.atomic
def draft_border(one: Area, other: Area, *, by: Any, now: datetime) -> BoundaryPlan:
    """A draft in which the border between `one` and `other` shall be moved by hand: the areas as they stand.

    ValidationError when they are not neighbours under one parent.
    """
    _side_by_side(one, other)
    words = _("The border between %(one)s and %(other)s moves, so that both keep to the standard.")
    facts = {"kind": one.kind, "name": _named(one, other, _("border")), "note": words % _names(one, other)}
    plan = create_plan(_parent(one), by=by, now=now, **facts)
    _taken(shapes_of(plan), one, other)
    return plan


def _parent(area: Area) -> Area:
    if area.parent is None:
        raise ValidationError(_("Choose a community in use."), code="not_divisible")
    return area.parent


def _side_by_side(one: Area, other: Area) -> None:
    if one.parent_id != other.parent_id or one.pk == other.pk or one.kind != other.kind:
        words = _("%(one)s and %(other)s do not belong to the same community.")
        raise ValidationError(words % _names(one, other), code="apart")


def _names(one: Area, other: Area) -> dict[str, str]:
    return {"one": one.name, "other": other.name}


def _named(one: Area, other: Area, what: str) -> str:
    return f"{one.name} + {other.name}: {what}"[:80]


def _taken(shapes: list[Shape], one: Area, other: Area) -> tuple[Shape, Shape, list[Shape]]:
    """The two shapes and the rest. ValidationError when they have no border in common."""
    found = {shape.area_id: shape for shape in shapes if shape.geometry is not None}
    first, second = found.get(one.pk), found.get(other.pk)
    lines = [shapely.boundary(shape.geometry) for shape in (first, second) if shape is not None]
    if first is None or second is None or float(metres(shapely.intersection(*lines))) < TOUCHING_M:
        words = _("%(one)s and %(other)s have no border in common.")
        raise ValidationError(words % _names(one, other), code="not_adjacent")
    return first, second, [shape for shape in shapes if shape not in (first, second)]
