"""The one door: bytes and a name in, features in WGS-84 out. The format is ours to choose, never GDAL's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gridgov.typed import storable
from grids.geodata import datum, dxf, geojson, gpkg, kml, shapefile
from grids.geodata.features import Feature, Raw
from grids.geodata.limits import check_points, check_size

SUFFIXES = (".geojson", ".json", ".zip", ".kml", ".kmz", ".gpkg", ".dxf")
Layer = str | Sequence[str]
GPKG_IDS = (b"GPKG", b"GP10", b"GP11")


@dataclass(frozen=True)
class Reading:
    """What was read: features in WGS-84, in which system and encoding they came, the names of their columns."""

    features: list[Feature]
    crs: str
    encoding: str

    @property
    def columns(self) -> list[str]:
        """Every column of any feature, in the order of first sight."""
        return list(dict.fromkeys(name for feature in self.features for name in feature.properties))


def _looks_like(suffix: str, data: bytes) -> bool:
    """Whether the content is what the name says."""
    start = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip()
    if suffix in (".geojson", ".json"):
        return start.startswith((b"{", b"["))
    if suffix in (".zip", ".kmz"):
        return data.startswith(b"PK\x03\x04")
    if suffix == ".gpkg":
        return data.startswith(b"SQLite format 3\0") and data[68:72] in GPKG_IDS
    if suffix == ".dxf":
        return b"SECTION" in start or start.startswith(b"999")
    return start.startswith(b"<") or data.startswith((b"\xff\xfe", b"\xfe\xff"))


def read(
    name: str, data: bytes, *, crs: str = "", encoding: str = "", layer: Layer = "", lines: bool = False
) -> Reading:
    """The features of a file. `crs` (EPSG:n, gcj02, bd09) goes before what the file says; so does `encoding`.
    With `lines`, open lines of a drawing count, too.

    ValidationError when it is no geodata, damaged, too large, or its coordinate system is not known.
    """
    crs = datum.named(crs)
    raw = unturned(name, data, crs=crs, encoding=encoding, layer=layer, lines=lines)
    return turned(raw, crs or raw.crs)


def turned(raw: Raw, system: str) -> Reading:
    """The features in WGS-84, out of `system`. ValidationError without one, or when nothing fits on the earth."""
    if not system:
        raise ValidationError(_("The file does not say its coordinate system. Name it."), code="no_crs")
    return Reading(_in_wgs84([_storable(one) for one in raw.features], system), system, raw.encoding)


def _storable(feature: Feature) -> Feature:
    """Its columns and their texts without characters that no database keeps."""
    said = {storable(key): storable(v) if isinstance(v, str) else v for key, v in feature.properties.items()}
    return feature.but(properties=said)


def layers_of(name: str, data: bytes, *, lines: bool = False) -> tuple[list[str], bool]:
    """The layers of a file that has several, and whether one must be chosen; none of any other file."""
    suffix = _suffix_of(name, data)
    listed: dict[str, Callable[[], list[str]]] = {
        ".gpkg": lambda: gpkg.layers(data),
        ".zip": lambda: shapefile.layers(data),
        ".kml": lambda: kml.layers(data),
        ".kmz": lambda: kml.layers(kml.unpacked(data)),
        ".dxf": lambda: dxf.layers(data, lines=lines),
    }
    found = listed.get(suffix, list)()
    return (found if len(found) > 1 else []), suffix in (".gpkg", ".zip")


def unturned(
    name: str, data: bytes, *, crs: str = "", encoding: str = "", layer: Layer = "", lines: bool = False
) -> Raw:
    """The features as the file has them, in its own coordinates; of one `layer` (or several, where that can be)."""
    suffix = _suffix_of(name, data)
    one = layer if isinstance(layer, str) else ", ".join(layer)
    readers: dict[str, Callable[[], Raw]] = {
        ".kml": lambda: kml.read(data, layer=layer),
        ".kmz": lambda: kml.read(kml.unpacked(data), layer=layer),
        ".dxf": lambda: dxf.read(data, lines=lines, layer=layer),
        ".gpkg": lambda: gpkg.read(data, layer=one),
        ".zip": lambda: shapefile.read(data, crs=crs, encoding=encoding, layer=one),
    }
    raw = readers.get(suffix, lambda: geojson.read(data))()
    return replace(raw, features=[_bounded(one) for one in raw.features])


def _bounded(feature: Feature) -> Feature:
    """Without a polygon of too many corners: it has its reason before anything is reckoned with it."""
    if feature.geometry is None or shapely.get_dimensions(feature.geometry) < 2:
        return feature
    try:
        check_points(int(shapely.get_num_coordinates(feature.geometry)))
    except ValidationError as error:
        return feature.but(geometry=None, problem=error.messages[0])
    return feature


def _suffix_of(name: str, data: bytes) -> str:
    """The ending, once the content is what it says. ValidationError when it is not."""
    check_size(data)
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise ValidationError(
            _(
                "This is not a map file. Choose GeoJSON, a zipped Shapefile (.zip), KML, KMZ, GeoPackage "
                "(.gpkg) or DXF."
            ),
            code="not_geodata",
        )
    if not _looks_like(suffix, data):
        raise ValidationError(
            _("The name ends in %(suffix)s, but the content is something else."),
            code="other_content",
            params={"suffix": suffix},
        )
    return suffix


def _in_wgs84(features: list[Feature], crs: str) -> list[Feature]:
    """Every geometry turned; what is off the earth gets its reason, and a file that is so throughout is refused."""
    turned = [_turned(feature, crs) for feature in features]
    drawn = [feature for feature in turned if feature.geometry is not None and not feature.geometry.is_empty]
    off = [feature for feature in drawn if not _on_earth(feature.geometry)]
    if off and len(off) == len(drawn):
        raise ValidationError(_hint(off[0].geometry), code="not_degrees")
    bad = {feature.number for feature in off}
    return [
        feature.but(problem=_hint(feature.geometry), geometry=None) if feature.number in bad else feature
        for feature in turned
    ]


def _turned(feature: Feature, crs: str) -> Feature:
    if feature.geometry is None:
        return feature
    try:
        return feature.but(geometry=datum.transformed(shapely.force_2d(feature.geometry), crs))
    except ValidationError as error:
        return feature.but(geometry=None, problem=error.messages[0])


def _on_earth(geometry: shapely.Geometry | None) -> bool:
    west, south, east, north = shapely.bounds(geometry)
    return bool(-180 <= west <= east <= 180 and -90 <= south <= north <= 90)


def _hint(geometry: shapely.Geometry | None) -> str:
    """What coordinates that are no degrees probably are."""
    west, south, east, north = (float(side) for side in shapely.bounds(geometry))
    if -90 <= west <= east <= 90 and -180 <= south <= north <= 180:
        return _(
            "Longitude and latitude seem to be swapped: %(x).4f, %(y).4f. Swap the two and export the file again."
        ) % {"x": west, "y": south}
    return _(
        "Coordinates like %(x).4f, %(y).4f are not degrees of longitude and latitude. Name the coordinate system."
    ) % {"x": west, "y": south}
