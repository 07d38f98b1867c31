"""Doing what a plan says: areas and buildings, all or nothing, and taking it back."""

from datetime import datetime
from typing import Any

import shapely
from django.apps import apps
from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from grids.actions.areas import ORDER, create_area, models_with_paths, rename_area, retire_area
from grids.actions.boundaries import set_boundary
from grids.actions.buildings import create_building, rename_building, retire_building
from grids.actions.reopen import reopen_area
from grids.imports.areas import AreaTodo
from grids.imports.buildings import BuildingTodo
from grids.imports.plan import Plan, State
from grids.models import Area, BoundaryVersion, Building, ImportBatch
from grids.permissions import Perm, require

Change = dict[str, Any]
NOT_HANGING = {"audit.auditevent", "grids.importbatch"}


def open_batch(plan: Plan, *, by: Any, now: datetime) -> ImportBatch:
    """The record of an import; for the `apply` of every kind."""
    plan.check()
    path = plan.area.path if plan.area else ""
    facts = {"source": plan.source.name, "sha256": plan.source.sha256, "summary": plan.counts()}
    return ImportBatch(kind=plan.kind, area=plan.area, area_path=path, by=by, at=now, **facts)


def close_batch(batch: ImportBatch, changes: list[Change], *, by: Any, now: datetime) -> ImportBatch:
    """Keep what was changed, and say it in the trail."""
    batch.changes = changes
    batch.save(force_insert=True)
    audit.record("grids.import", batch, by=by, at=now, kind=batch.kind, sha256=batch.sha256, **batch.summary)
    return batch


@transaction.atomic
def apply_areas(plan: Plan, *, by: Any, now: datetime) -> ImportBatch:
    """Create and change areas as planned. ValidationError when a row is refused or was overtaken: nothing changes."""
    batch = open_batch(plan, by=by, now=now)
    changes: list[Change] = []
    made: dict[tuple[str, str], Area] = {}
    rows = [row for row in plan.rows if row.state in (State.CREATED, State.UPDATED)]
    for row in sorted(rows, key=lambda row: (ORDER.index(row.todo.kind), row.todo.code)):
        todo: AreaTodo = row.todo
        area = todo.existing
        if area is None:
            area = _created(todo, made, by=by, now=now)
            changes.append({"do": "create", "area": area.pk})
        else:
            changes += _changed(todo, area, by=by, now=now)
        made[todo.key] = area
        if todo.new_boundary and todo.geometry is not None:
            changes.append(_drawn(area, todo, plan.source.name, by=by, now=now))
    return close_batch(batch, changes, by=by, now=now)


def _created(todo: AreaTodo, made: dict[tuple[str, str], Area], *, by: Any, now: datetime) -> Area:
    parent = todo.parent
    if parent is not None and parent.pk is None:
        parent = made.get((parent.code_scheme, parent.code)) or Area.objects.get(
            code_scheme=parent.code_scheme, code=parent.code
        )
    facts = {"kind": todo.kind, "grid_kind": todo.grid_kind, "name": todo.name, "code": todo.code}
    return create_area(parent, **facts, code_scheme=todo.scheme, **todo.facts, by=by, now=now)


def _changed(todo: AreaTodo, area: Area, *, by: Any, now: datetime) -> list[Change]:
    changes: list[Change] = []
    if area.retired_at is not None:
        reopen_area(area, by=by, now=now)
        changes.append({"do": "create", "area": area.pk})
    if todo.new_facts:
        before = {name: getattr(area, name) for name in todo.new_facts}
        rename_area(area, by=by, now=now, **todo.new_facts)
        changes.append({"do": "facts", "area": area.pk, "before": before, "after": todo.new_facts})
    return changes


def _drawn(area: Area, todo: AreaTodo, source: str, *, by: Any, now: datetime) -> Change:
    before = area.boundaries.filter(until=None).first()
    polygon = GEOSGeometry(memoryview(shapely.to_wkb(todo.geometry)), srid=4326)
    version = set_boundary(area, polygon, by=by, now=now, source=source[-120:])
    return {"do": "boundary", "area": area.pk, "version": str(version.pk), "before": str(before.pk) if before else ""}


def _hangs(area: Area) -> str:
    """What belongs to an area, by the name of its kind; "" when nothing does."""
    for model in models_with_paths():
        if model._meta.label_lower in NOT_HANGING or not model._meta.managed:
            continue
        rows = model.objects.filter(area_path__gte=area.path, area_path__lt=area.path + "~")
        if model is Building:
            rows = rows.filter(retired_at=None)
        if rows.exists():
            return str(model._meta.verbose_name)
    return ""


def _opened(batch: ImportBatch) -> ImportBatch:
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.undone_at is not None:
        raise ValidationError(_("This import has been undone already."), code="undone")
    return locked


def close_undo(batch: ImportBatch, *, by: Any, now: datetime) -> ImportBatch:
    """Mark an import as undone; for the `undo` of every kind."""
    batch.undone_at, batch.undone_by = now, by
    batch.save(update_fields=["undone_at", "undone_by"])
    audit.record("grids.undo_import", batch, by=by, at=now, kind=batch.kind)
    return batch


@transaction.atomic
def undo_areas(batch: ImportBatch, *, by: Any, now: datetime) -> ImportBatch:
    """Take an import of areas back: what it made is retired, what it changed is as before. The past keeps both.

    ValidationError names what hangs from an area or was changed since; then nothing is undone.
    """
    locked = _opened(batch)
    for change in reversed(locked.changes):
        area = Area.objects.get(pk=change["area"])
        if change["do"] == "boundary":
            _undraw(area, change, by=by, now=now)
        elif change["do"] == "facts":
            _unchanged_since(area, change["after"])
            rename_area(area, by=by, now=now, **change["before"])
        else:
            what = _hangs(area)
            if what:
                raise ValidationError(
                    _("%(area)s cannot be taken back, because something hangs from it: %(what)s.")
                    % {"area": area.name, "what": what},
                    code="hangs",
                )
            if area.retired_at is None:
                retire_area(area, by=by, now=now)
    return close_undo(locked, by=by, now=now)


def _undraw(area: Area, change: Change, *, by: Any, now: datetime) -> None:
    """End the version the import made; the one before holds again, as a version of its own from now on."""
    version = BoundaryVersion.objects.get(pk=change["version"])
    current = area.boundaries.filter(until=None).first()  # a copy, when a later import was undone before
    if current is None or not current.polygon.equals_exact(version.polygon):
        raise ValidationError(
            _("The boundary of %(area)s was changed after the import.") % {"area": area.name}, code="changed_since"
        )
    if change["before"]:
        before = BoundaryVersion.objects.get(pk=change["before"])
        set_boundary(area, before.polygon, by=by, now=now, source=before.source)
    else:
        require(by, Perm.EDIT_AREAS, area)
        BoundaryVersion.objects.filter(pk=current.pk).update(until=now)


def _unchanged_since(thing: Area | Building, after: dict[str, Any]) -> None:
    if any(getattr(thing, name) != value for name, value in after.items()):
        raise ValidationError(_("%(what)s was changed after the import.") % {"what": thing.name}, code="changed_since")


GEOMETRIES = ("point", "footprint")


def _as_json(facts: dict[str, Any]) -> dict[str, Any]:
    """Geometries as EWKB in hexadecimal."""
    return {name: value.hexewkb.decode() if isinstance(value, GEOSGeometry) else value for name, value in facts.items()}


@transaction.atomic
def apply_buildings(plan: Plan, *, by: Any, now: datetime) -> ImportBatch:
    """Add and change buildings as planned, all or nothing."""
    batch = open_batch(plan, by=by, now=now)
    changes: list[Change] = []
    for row in plan.rows:
        todo: BuildingTodo | None = row.todo
        if todo is None or todo.area is None:
            continue
        if row.state == State.CREATED:
            made = create_building(todo.area, by=by, now=now, **todo.facts)
            changes.append({"do": "create", "building": made.pk})
        elif row.state == State.UPDATED and todo.existing is not None:
            before = {name: getattr(todo.existing, name) for name in todo.new_facts}
            rename_building(todo.existing, by=by, now=now, **todo.new_facts)
            changes.append({"do": "facts", "building": todo.existing.pk, "before": _as_json(before)})
    return close_batch(batch, changes, by=by, now=now)


@transaction.atomic
def undo_buildings(batch: ImportBatch, *, by: Any, now: datetime) -> ImportBatch:
    """Take an import of buildings back. ValidationError when something hangs from one of them."""
    locked = _opened(batch)
    for change in reversed(locked.changes):
        building = Building.objects.get(pk=change["building"])
        if change["do"] == "facts":
            before = {k: GEOSGeometry(v) if k in GEOMETRIES and v else v for k, v in change["before"].items()}
            rename_building(building, by=by, now=now, **before)
            continue
        _nothing_in(building)
        retire_building(building, by=by, now=now)
    return close_undo(locked, by=by, now=now)


def _nothing_in(building: Building) -> None:
    for relation in Building._meta.related_objects:
        model = apps.get_model(relation.related_model._meta.label)
        if model._default_manager.filter(**{relation.field.name: building}).exists():
            raise ValidationError(
                _("%(area)s cannot be taken back, because something hangs from it: %(what)s.")
                % {"area": building.name, "what": model._meta.verbose_name},
                code="hangs",
            )
