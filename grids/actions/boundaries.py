"""Giving an area its polygon. The one before is closed, never changed."""

from datetime import datetime
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from grids.models import Area, BoundaryVersion
from grids.permissions import Perm, require
from grids.signals import boundary_changed


def as_multipolygon(geometry: GEOSGeometry) -> MultiPolygon:
    """A WGS-84 MultiPolygon. ValidationError when it is no polygon, empty, crosses itself or lies off the earth."""
    if geometry.geom_type not in ("Polygon", "MultiPolygon") or geometry.empty:
        raise ValidationError(_("A boundary must be a polygon."), code="not_a_polygon")
    if geometry.srid not in (None, 4326):
        geometry = geometry.transform(4326, clone=True)
    west, south, east, north = geometry.extent
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValidationError(_("The coordinates are not degrees of longitude and latitude."), code="not_degrees")
    if not geometry.valid:
        raise ValidationError(
            _("The boundary crosses itself: %(reason)s."), code="invalid", params={"reason": geometry.valid_reason}
        )
    polygons = geometry if isinstance(geometry, MultiPolygon) else MultiPolygon(geometry)
    polygons.srid = 4326
    return polygons


def end_boundary(area: Area, moment: datetime) -> None:
    """The current boundary of `area` (locked by the caller), if there is one, holds until `moment`."""
    current = area.boundaries.filter(until=None).first()
    if current is not None and current.since >= moment:
        raise ValidationError(
            _("A boundary of %(area)s already holds from a later date."), code="later", params={"area": area.name}
        )
    area.boundaries.filter(until=None).update(until=moment)


@transaction.atomic
def set_boundary(
    area: Area, polygon: GEOSGeometry, *, by: Any, now: datetime, since: datetime | None = None, source: str = ""
) -> BoundaryVersion:
    """Make `polygon` the boundary of `area` from `since` (default: now) on; the current version ends then."""
    require(by, Perm.EDIT_AREAS, area)
    locked = Area.objects.select_for_update().get(pk=area.pk)
    since = since or now
    end_boundary(locked, since)
    version = BoundaryVersion.objects.create(
        area=locked, kind=locked.kind, polygon=as_multipolygon(polygon), since=since, source=source, created_by=by
    )
    audit.record("grids.set_boundary", locked, by=by, at=now, version=str(version.pk))
    boundary_changed.send(Area, area=locked, version=version, by=by, now=now)
    return version
