"""Buildings: each lies in one area, and dwellings get their grid from it."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from grids.models import Area, Building, Place
from grids.permissions import Perm, require
from grids.signals import building_moved


def standing(area: Area) -> Area:
    """The area, locked so that it cannot be retired or moved meanwhile. ValidationError when it is retired."""
    locked = Area.objects.select_for_update().get(pk=area.pk)
    if locked.retired_at is not None:
        raise ValidationError(
            _("%(area)s is already in use: something belongs to it.") % {"area": locked.name}, code="area_retired"
        )
    return locked


@transaction.atomic
def create_building(area: Area, *, name: str, by: Any, now: datetime, **facts: Any) -> Building:
    """Add a building to `area`. `facts`: code, address, point, footprint, entrances, floors, households, persons."""
    require(by, Perm.EDIT_AREAS, area)
    where = standing(area)
    building = Building(area=where, area_path=where.path, name=name.strip(), **facts)
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
    target = standing(area)
    locked = Building.objects.select_for_update().get(pk=building.pk)
    old = locked.area_path
    locked.area, locked.area_path = target, target.path
    locked.save(update_fields=["area", "area_path"])
    audit.record("grids.move_building", locked, by=by, at=now, old=old, new=target.path)
    Place.objects.filter(building=locked).update(area=target, area_path=target.path)
    building_moved.send(Building, building=locked, old=old, new=target.path, by=by, now=now)
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
