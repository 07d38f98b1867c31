"""GeoJSON (RFC 7946), read strictly: whatever is not built as it should be is said, row by row."""

import json
import math
import re
from typing import Any

import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from shapely.errors import ShapelyError
from shapely.geometry import shape

from grids.geodata.datum import WGS84
from grids.geodata.features import Feature, Raw
from grids.geodata.kinds import kind_of
from grids.geodata.limits import check_count, check_points

DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "Polygon": 2, "MultiLineString": 2, "MultiPolygon": 3}
NESTED = 4  # collections within collections
NAMED = re.compile(r"(?:EPSG:+(?:\d*\.?\d*:)?|/EPSG/\d+/)(\d{4,6})$", re.IGNORECASE)


def read(data: bytes) -> Raw:
    """Every feature of a FeatureCollection, a single feature, or a bare geometry. ValidationError if it is neither."""
    document = _document(data)
    kind = document.get("type")
    if kind == "FeatureCollection":
        found = document.get("features")
        if not isinstance(found, list):
            raise ValidationError(_("This GeoJSON has no list of features."), code="no_features")
        check_count(len(found))
        features = [_feature(number, one) for number, one in enumerate(found, 1)]
    elif kind == "Feature":
        features = [_feature(1, document)]
    elif kind in DEPTH or kind == "GeometryCollection":
        features = [_feature(1, {"type": "Feature", "geometry": document})]
    elif kind is None:
        raise ValidationError(_("This is not GeoJSON: it does not say its type."), code="not_geojson")
    else:
        raise ValidationError(
            _("This is not GeoJSON: its type is “%(type)s”, not FeatureCollection."),
            code="not_geojson",
            params={"type": str(kind)[:40]},
        )
    return Raw(features, _crs(document), "UTF-8")


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _document(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise ValidationError(
            _("This file is not written in UTF-8. Save it again as UTF-8."), code="encoding"
        ) from error
    except (ValueError, RecursionError) as error:
        raise ValidationError(_("This is not a GeoJSON file: it cannot be read as JSON."), code="not_json") from error
    if not isinstance(document, dict):
        raise ValidationError(_("This is not a GeoJSON file."), code="not_geojson")
    return document


def _crs(document: dict[str, Any]) -> str:
    """The system named by the old `crs` member; without one GeoJSON is longitude and latitude."""
    crs = document.get("crs")
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    if not name or name.upper().endswith("CRS84"):
        return WGS84
    found = NAMED.search(name)
    if found is None:
        raise ValidationError(
            _("The coordinate system “%(text)s” is not known."), code="crs", params={"text": name[:60]}
        )
    return f"EPSG:{found[1]}"


def _feature(number: int, one: Any) -> Feature:
    if not isinstance(one, dict) or one.get("type") != "Feature":
        return Feature(number, problem=_("This is not a feature."))
    properties = one.get("properties")
    if properties is not None and not isinstance(properties, dict):
        return Feature(number, problem=_("The properties of this feature are not a table of names and values."))
    feature = Feature(number, {str(key): value for key, value in (properties or {}).items()})
    if "geometry" not in one:
        return feature.but(problem=_("This feature has no geometry."))
    if one["geometry"] is None:
        return feature
    try:
        geometry, note = _geometry(one["geometry"])
    except ValidationError as error:
        return feature.but(problem=error.messages[0])
    return feature.but(geometry=geometry, note=note)


def _geometry(one: Any, nested: int = 0) -> tuple[shapely.Geometry, str]:
    if not isinstance(one, dict) or nested > NESTED:
        raise ValidationError(_("The geometry is not built as GeoJSON asks."), code="geometry")
    kind = one.get("type")
    if kind == "GeometryCollection":
        members = one.get("geometries")
        if not isinstance(members, list):
            raise ValidationError(_("The geometry is not built as GeoJSON asks."), code="geometry")
        parts = [_geometry(member, nested + 1) for member in members]
        return shapely.GeometryCollection([part for part, _note in parts]), "".join(note for _part, note in parts)
    if not isinstance(kind, str) or kind not in DEPTH:
        raise ValidationError(
            _("The geometry has the unknown type “%(type)s”."), code="type", params={"type": str(kind)[:40]}
        )
    wrong = ValidationError(
        _("The coordinates are not structured as a %(type)s requires."),
        code="coordinates",
        params={"type": kind_of(kind)},
    )
    coordinates = one.get("coordinates")
    if not _built(coordinates, DEPTH[kind]):
        raise wrong
    if kind in ("Polygon", "MultiPolygon"):
        check_points(_points(coordinates, DEPTH[kind]))
    try:
        geometry = shape({"type": kind, "coordinates": _flat(coordinates, DEPTH[kind])})
    except (ShapelyError, ValueError, TypeError, IndexError, AttributeError) as error:
        raise wrong from error
    rings: list[Any] = {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(kind) or []
    open_ones = any(ring and ring[0] != ring[-1] for polygon in rings for ring in polygon)
    return geometry, _("The ring was not closed; it was closed.") if open_ones else ""


def geometry(one: Any) -> shapely.Geometry:
    """A bare geometry, as strictly. ValidationError says what is wrong with it."""
    return _geometry(one)[0]


def _points(value: Any, depth: int) -> int:
    """How many positions there are in lists nested `depth` deep, counted before any shape is made of them."""
    return sum(_points(item, depth - 1) for item in value) if depth > 1 else len(value)


def _built(value: Any, depth: int) -> bool:
    """Whether `value` is lists nested `depth` deep around positions of at least two finite numbers."""
    if not isinstance(value, list):
        return False
    if depth:
        return all(_built(item, depth - 1) for item in value)
    return len(value) >= 2 and all(
        isinstance(item, int | float) and not isinstance(item, bool) and math.isfinite(item) for item in value
    )


def _flat(value: Any, depth: int) -> Any:
    """The same without heights and measures."""
    return [_flat(item, depth - 1) for item in value] if depth else value[:2]
