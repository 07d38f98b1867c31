"""Taking a retirement back."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from grids.actions.buildings import standing
from grids.models import Area, Building
from grids.permissions import Perm, require


@transaction.atomic
def reopen_area(area: Area, *, by: Any, now: datetime) -> Area:
    """Use a retired area again; the boundary that ended with it holds again, unless its parent is retired."""
    require(by, Perm.EDIT_AREAS, area)
    locked = Area.objects.select_for_update().select_related(None).get(pk=area.pk)
    if locked.parent_id and Area.objects.filter(pk=locked.parent_id).exclude(retired_at=None).exists():
        raise ValidationError(_("Reopen the area it belongs to first."), code="parent_retired")
    if locked.retired_at is not None:
        last = locked.boundaries.filter(until=locked.retired_at)
        if not locked.boundaries.filter(until=None).exists():
            last.update(until=None)
        locked.retired_at = None
        locked.save(update_fields=["retired_at"])
        audit.record("grids.reopen_area", locked, by=by, at=now)
    return locked


@transaction.atomic
def reopen_building(building: Building, *, by: Any, now: datetime) -> Building:
    """List a retired building again, in the area it was in, which must be in use."""
    require(by, Perm.EDIT_AREAS, building)
    standing(building.area)
    locked = Building.objects.select_for_update().get(pk=building.pk)
    if locked.retired_at is not None:
        locked.retired_at = None
        locked.save(update_fields=["retired_at"])
        audit.record("grids.reopen_building", locked, by=by, at=now)
    return locked
