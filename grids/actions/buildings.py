"""Buildings: each lies in one area, and dwellings get their grid from it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from gridgov.audit import actions as audit
from grids.models import Area, Building
from grids.permissions import Perm, require
from grids.signals import building_moved


@transaction.atomic
def create_building(area: Area, *, name: str, by: Any, now: datetime, **facts: Any) -> Building:
    """Add a building to `area`. `facts`: code, address, point, footprint, entrances, floors, households, persons."""
    require(by, Perm.EDIT_AREAS, area)
    building = Building(area=area, area_path=area.path, name=name.strip(), **facts)
    building.full_clean(exclude=["area_path"])
    building.save(force_insert=True)
    audit.record("grids.create_building", building, by=by, at=now)
    return building


FACTS = ("name", "code", "address", "point", "footprint", "entrances", "floors", "households", "persons")


@transaction.atomic
def rename_building(building: Building, *, by: Any, now: datetime, **facts: Any) -> Building:
    """Change what is known about a building (`FACTS`)."""
    require(by, Perm.EDIT_AREAS, building)
    locked = Building.objects.select_for_update().get(pk=building.pk)
    changed = sorted(name for name in FACTS if name in facts and getattr(locked, name) != facts[name])
    for name in changed:
        setattr(locked, name, facts[name])
    locked.full_clean(exclude=["area_path"])
    locked.save(update_fields=changed or None)
    audit.record("grids.rename_building", locked, by=by, at=now, changed=changed)
    return locked


@transaction.atomic
def move_building(building: Building, area: Area, *, by: Any, now: datetime) -> Building:
    """Put a building into another grid; what hangs from it follows through its `area_path`."""
    require(by, Perm.EDIT_AREAS, building)
    require(by, Perm.EDIT_AREAS, area)
    locked = Building.objects.select_for_update().get(pk=building.pk)
    old = locked.area_path
    locked.area, locked.area_path = area, area.path
    locked.save(update_fields=["area", "area_path"])
    audit.record("grids.move_building", locked, by=by, at=now, old=old, new=area.path)
    building_moved.send(Building, building=locked, old=old, new=area.path, by=by, now=now)
    return locked


@transaction.atomic
def retire_building(building: Building, *, by: Any, now: datetime) -> Building:
    """Take a building that no longer stands out of every list; its past stays."""
    require(by, Perm.EDIT_AREAS, building)
    locked = Building.objects.select_for_update().get(pk=building.pk)
    locked.retired_at = now
    locked.save(update_fields=["retired_at"])
    audit.record("grids.retire_building", locked, by=by, at=now)
    return locked
