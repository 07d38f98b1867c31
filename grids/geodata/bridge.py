"""The one way between the database's shapes and shapely's: the same coordinates, degrees of WGS-84 on both sides."""

from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry


def to_shapely(stored: Any) -> Any:
    """A column's shape as shapely reckons with it; None stays None."""
    return shapely.from_wkb(bytes(stored.wkb)) if stored is not None else None


def to_database(shape: shapely.Geometry) -> Any:
    """A shape as a column takes it."""
    return GEOSGeometry(memoryview(shape.wkb), srid=4326)
