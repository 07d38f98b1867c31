"""Closing the old boundary versions and opening the new ones at one instant."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grids.division.change import Change
from grids.geodata.bridge import to_database
from grids.models import Area, BoundaryVersion
from grids.signals import boundary_changed


def draw(change: Change, *, by: Any, now: datetime) -> None:
    """One update and one insert for the whole set; unchanged polygons keep their version."""
    plan = change.plan
    new = [shape for shape in change.shapes if shape.key in change.redrawn or shape.area_id not in change.areas]
    ending = [change.ids[shape.key] for shape in new] + [area.pk for area in change.retired]
    closing = BoundaryVersion.objects.filter(area__in=ending, until=None)
    later = closing.filter(since__gte=now).select_related("area").first()
    if later is not None:
        raise ValidationError(
            _("A boundary of %(area)s already holds from a later date."), code="later", params={"area": later.area.name}
        )
    closing.update(until=now)
    versions = [
        BoundaryVersion(
            area_id=change.ids[shape.key],
            kind=plan.child_kind,
            polygon=to_database(shape.geometry),
            since=now,
            source=plan.name,
            plan=plan,
            created_by=by,
        )
        for shape in new
        if shape.geometry is not None
    ]
    BoundaryVersion.objects.bulk_create(versions)
    areas = Area.objects.in_bulk([version.area_id for version in versions])
    for version in versions:
        boundary_changed.send(Area, area=areas[version.area_id], version=version, by=by, now=now)
    for area in change.retired:
        boundary_changed.send(Area, area=area, version=None, by=by, now=now)
