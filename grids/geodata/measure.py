"""True areas and lengths of shapes in degrees: a sinusoidal projection of the WGS-84 ellipsoid about their middle.

It keeps areas exactly; lengths are right to a hundred-thousandth within some kilometres of the middle.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely

A = 6_378_137.0
E2 = 0.006_694_379_990_141_3
# Meridian arc length by latitude: coefficients of φ, sin 2φ, sin 4φ, sin 6φ (Snyder, Map Projections, eq. 3-21).
ARC = (
    1 - E2 / 4 - 3 * E2**2 / 64 - 5 * E2**3 / 256,
    -(3 * E2 / 8 + 3 * E2**2 / 32 + 45 * E2**3 / 1024),
    15 * E2**2 / 256 + 45 * E2**3 / 1024,
    -35 * E2**3 / 3072,
)


def _plane(middle: float) -> Callable[[Any], Any]:
    def project(degrees: Any) -> Any:
        lon, lat = np.radians(degrees[:, 0] - middle), np.radians(degrees[:, 1])
        x = A * lon * np.cos(lat) / np.sqrt(1 - E2 * np.sin(lat) ** 2)
        y = A * (ARC[0] * lat + ARC[1] * np.sin(2 * lat) + ARC[2] * np.sin(4 * lat) + ARC[3] * np.sin(6 * lat))
        return np.column_stack([x, y])

    return project


def in_metres(shapes: Any, middle: float | None = None) -> Any:
    """The shapes (one or an array, in degrees) in metres about the meridian `middle`, theirs by default."""
    if middle is None:
        bounds = np.atleast_2d(shapely.total_bounds(shapes))
        middle = float(np.nan_to_num((bounds[0, 0] + bounds[0, 2]) / 2))
    return shapely.transform(shapes, _plane(middle))


def square_metres(shapes: Any) -> Any:
    """Area in m² of each."""
    return shapely.area(in_metres(shapes))


def metres(shapes: Any) -> Any:
    """Length in m of each; of a polygon its outline."""
    return shapely.length(in_metres(shapes))
