"""A column for a line that knows when it was where: MULTILINESTRING M, which GeoDjango has no field for."""

from collections.abc import Sequence
from typing import Any

import shapely
from django.db import models

Fix = tuple[float, float, float]  # longitude, latitude, seconds since 1970
Segments = list[list[Fix]]


def wkt_of(segments: Sequence[Sequence[Fix]]) -> str:
    """EWKT of the segments; a gap lies between two of them."""
    parts = ",".join("(" + ",".join(f"{x:.7f} {y:.7f} {m:.3f}" for x, y, m in part) + ")" for part in segments)
    return f"SRID=4326;MULTILINESTRING M({parts})" if parts else "SRID=4326;MULTILINESTRING M EMPTY"


class TrackField(models.Field):
    """Python value: a list of segments, each a list of (longitude, latitude, seconds since 1970)."""

    def db_type(self, connection: Any) -> str:
        """PostGIS checks kind and datum."""
        return "geometry(MultiLineStringM,4326)"

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        """Written as text that PostGIS reads."""
        return "%s" if value is None or hasattr(value, "as_sql") else "ST_GeomFromEWKT(%s)"

    def get_prep_value(self, value: Any) -> Any:
        """Segments as EWKT."""
        return value if value is None or hasattr(value, "as_sql") else wkt_of(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Segments | None:
        """Segments again."""
        if value is None:
            return None
        line = shapely.from_wkb(value)
        parts = shapely.get_parts(line)
        return [
            [(float(x), float(y), float(m)) for x, y, m in shapely.get_coordinates(part, include_m=True)]
            for part in parts
        ]
