"""Bringing coordinates to WGS-84: any EPSG system, and the two Chinese web maps, GCJ-02 and BD-09.

GCJ-02 shifts WGS-84 by a smooth function of the place, BD-09 turns and shifts GCJ-02 again. Both are undone by
iteration: guess, shift forward, correct by the difference. Against the same formula that is exact to 1e-8 m;
how exact the public formula itself is, is not documented. Outside China both are WGS-84.
"""

import re
from functools import lru_cache
from threading import get_ident

import numpy as np
import shapely
from django.contrib.gis.gdal import (
    AxisOrder,
    CoordTransform,
    GDALException,
    OGRGeometry,
    SpatialReference,
    SRSException,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from numpy.typing import NDArray

GCJ02, BD09, WGS84 = "gcj02", "bd09", "EPSG:4326"
AXIS, FLATTENING = 6378245.0, 0.00669342162296594323  # Krasovsky 1940: half axis in metres, eccentricity squared
WEST, SOUTH, EAST, NORTH = 72.004, 0.8293, 137.8347, 55.8271
TURN = np.pi * 3000 / 180
ROUNDS = 12
EPSG = re.compile(r"EPSG:\d{4,6}", re.IGNORECASE)

Points = NDArray[np.float64]


def named(text: str) -> str:
    """A system as people type it, in one spelling; "" stays. ValidationError for anything else."""
    text = text.strip()
    if text.lower() in ("", GCJ02, BD09):
        return text.lower()
    if not EPSG.fullmatch(text):
        raise ValidationError(
            _("Write the coordinate system as EPSG:4326, gcj02 or bd09, not “%(text)s”."),
            code="crs",
            params={"text": text[:40]},
        )
    _system(text.upper())
    return text.upper()


def _system(text: str) -> SpatialReference:
    try:
        if EPSG.fullmatch(text):
            return SpatialReference(int(text[5:]), axis_order=AxisOrder.TRADITIONAL)
        return SpatialReference(text, srs_type="wkt", axis_order=AxisOrder.TRADITIONAL)
    except (GDALException, SRSException, OverflowError) as error:
        raise ValidationError(
            _("The coordinate system “%(text)s” is not known."), code="crs", params={"text": text[:60]}
        ) from error


def _shift(points: Points) -> Points:
    """WGS-84 → GCJ-02, without asking whether the place is in China."""
    x, y = points[:, 0] - 105.0, points[:, 1] - 35.0
    waves = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + waves
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + waves
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    latitude = np.radians(points[:, 1])
    magic = 1 - FLATTENING * np.sin(latitude) ** 2
    north_degrees = north * 180.0 / ((AXIS * (1 - FLATTENING)) / (magic * np.sqrt(magic)) * np.pi)
    east_degrees = east * 180.0 / (AXIS / np.sqrt(magic) * np.cos(latitude) * np.pi)
    return points + np.column_stack([east_degrees, north_degrees])


def _turn(points: Points) -> Points:
    """GCJ-02 → BD-09."""
    x, y = points[:, 0], points[:, 1]
    far = np.hypot(x, y) + 0.00002 * np.sin(y * TURN)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * TURN)
    return np.column_stack([far * np.cos(angle) + 0.0065, far * np.sin(angle) + 0.006])


def in_china(points: Points) -> NDArray[np.bool_]:
    """Which points lie in the rectangle in which the web maps shift."""
    x, y = points[:, 0], points[:, 1]
    return (x >= WEST) & (x <= EAST) & (y >= SOUTH) & (y <= NORTH)


def from_wgs84(points: Points, datum: str) -> Points:
    """WGS-84 → `gcj02` or `bd09`; points outside China stay."""
    shifted = _shift(points) if datum == GCJ02 else _turn(_shift(points))
    return np.where(in_china(points)[:, None], shifted, points)


def to_wgs84(points: Points, datum: str) -> Points:
    """`gcj02` or `bd09` → WGS-84 by iteration; points outside China stay."""
    guess = points.copy()
    with np.errstate(invalid="ignore", divide="ignore"):  # coordinates that are no degrees are refused afterwards
        for _round in range(ROUNDS):
            forward = _shift(guess) if datum == GCJ02 else _turn(_shift(guess))
            guess = guess + (points - forward)
    return np.where(in_china(points)[:, None], guess, points)


def transformed(geometry: shapely.Geometry, crs: str) -> shapely.Geometry:
    """A flat geometry in WGS-84 longitude and latitude. `crs` is EPSG:n, gcj02, bd09 or WKT."""
    if crs == WGS84 or shapely.is_empty(geometry):
        return geometry
    if crs in (GCJ02, BD09):
        return shapely.transform(geometry, lambda points: to_wgs84(points, crs))
    return _changed(geometry, crs, WGS84)


def projected(geometry: shapely.Geometry, crs: str) -> shapely.Geometry:
    """A geometry in WGS-84 in the system `crs` (EPSG:n), easting before northing."""
    return _changed(geometry, WGS84, crs)


@lru_cache(maxsize=32)
def _change(source: str, target: str, _thread: int) -> CoordTransform:
    """Looked up once for thousands of shapes; one for each thread, for GDAL's may not be shared."""
    return CoordTransform(_system(source), _system(target))


def _changed(geometry: shapely.Geometry, source: str, target: str) -> shapely.Geometry:
    change = _change(source, target, get_ident())
    moved = OGRGeometry(memoryview(shapely.to_wkb(geometry)))
    try:
        moved.transform(change)
    except GDALException as error:
        crs = source if target == WGS84 else target
        raise ValidationError(
            _("The coordinates do not fit the coordinate system %(crs)s."), code="crs", params={"crs": crs[:40]}
        ) from error
    return shapely.from_wkb(bytes(moved.wkb))
