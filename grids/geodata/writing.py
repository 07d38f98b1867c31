"""Shapes as files for other programs: maps, drawings and lists, in the datum that was asked for.

The datum stands in the file's name, in a column, and in the README of the archive: a file in GCJ-02 must not be
taken for WGS-84 by whoever finds it later.
"""

import io
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyogrio.raw
import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grids.geodata import zones
from grids.geodata.datum import BD09, GCJ02, WGS84, from_wgs84, projected
from grids.geodata.drawing import as_dxf
from grids.sheets import XLSX, as_xlsx

CGCS2000, ZONE = "EPSG:4490", "zone"
MARKS = {WGS84: "WGS-84", CGCS2000: "CGCS2000", GCJ02: "GCJ-02", BD09: "BD-09"}


@dataclass(frozen=True)
class Format:
    """How one kind of file is written."""

    suffix: str
    driver: str
    content_type: str


FORMATS = {
    "geojson": Format(".geojson", "GeoJSON", "application/geo+json"),
    "shapefile": Format(".zip", "ESRI Shapefile", "application/zip"),
    "kml": Format(".kml", "KML", "application/vnd.google-earth.kml+xml"),
    "kmz": Format(".kmz", "KML", "application/vnd.google-earth.kmz"),
    "gpkg": Format(".gpkg", "GPKG", "application/geopackage+sqlite3"),
    "dxf": Format(".dxf", "", "image/vnd.dxf"),
    "xlsx": Format(".xlsx", "", XLSX),
}


@dataclass(frozen=True)
class Layer:
    """Rows of one layer in WGS-84: `columns` are ASCII names of at most ten letters, as a Shapefile wants them."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    shapes: Sequence[shapely.Geometry]


def system_of(datum: str, shapes: Sequence[shapely.Geometry]) -> str:
    """The system that is meant: for ZONE the 3-degree zone of CGCS2000 in which the shapes lie.

    ValidationError where there is none.
    """
    if datum != ZONE or not shapes:
        return datum
    west, _south, east, _north = shapely.total_bounds(list(shapes))
    found = zones.zone_of(float(west + east) / 2)
    if not found:
        raise ValidationError(_("No zone of CGCS2000 reaches there. Choose degrees."), code="no_zone")
    return found


def mark_of(system: str) -> str:
    """What a system is called in the name and in the column of a file."""
    return MARKS.get(system) or f"CGCS2000-{system.removeprefix('EPSG:')}"


def write(layer: Layer, form: str, datum: str, *, readme: str = "") -> bytes:
    """The layer as a file in a system of `system_of`; KML and KMZ hold WGS-84 and nothing else, by their standard."""
    if form == "dxf":
        return as_dxf(layer.name, _names(layer), _turned(layer, datum))
    if form == "xlsx":
        return _list(layer, datum)
    how = FORMATS[form]
    if form == "kmz":
        return _zipped({"doc.kml": write(layer, "kml", datum, readme=readme)})
    with TemporaryDirectory(prefix="gridgov-") as folder:
        path = Path(folder) / f"{layer.name}{'.shp' if form == 'shapefile' else how.suffix}"
        _put(layer, path, how, WGS84 if form == "kml" else datum, readme)
        return _archive(Path(folder), readme) if form == "shapefile" else path.read_bytes()


def _put(layer: Layer, path: Path, how: Format, datum: str, readme: str) -> None:
    columns, masks = zip(*(_column(values) for values in _by_column(layer, datum)), strict=True)
    shapes = _turned(layer, datum)
    only_points = all(shape.geom_type == "Point" for shape in layer.shapes)
    more: dict[str, Any] = {"encoding": "UTF-8"} if how.driver == "ESRI Shapefile" else {}
    if how.driver in ("GeoJSON", "GPKG"):
        more["layer_options"] = {"DESCRIPTION": readme}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="'crs' was not provided")  # the web maps' datums have no number
        pyogrio.raw.write(
            path,
            geometry=shapely.to_wkb(shapes),
            field_data=list(columns),
            field_mask=list(masks),
            fields=np.array([*layer.columns, "datum"]),
            layer=layer.name,
            driver=how.driver,
            geometry_type="Point" if only_points else "MultiPolygon",
            crs=None if datum in (GCJ02, BD09) else datum,
            **more,
        )


def _turned(layer: Layer, system: str) -> Any:
    """The shapes in that system, as numpy holds them."""
    shapes = np.array(layer.shapes, dtype=object)
    if system in (GCJ02, BD09):
        return shapely.transform(shapes, lambda points: from_wgs84(points, system))
    return shapes if system in MARKS else np.array([projected(shape, system) for shape in shapes], dtype=object)


def _names(layer: Layer) -> list[str]:
    where = layer.columns.index("name")
    return [str(row[where] or "") for row in layer.rows]


def _list(layer: Layer, datum: str) -> bytes:
    """Rows with a place each: what the import of a list takes in again."""
    places = [(round(one.x, 7), round(one.y, 7)) for one in shapely.point_on_surface(_turned(layer, datum))]
    rows = [(*row, *place, mark_of(datum)) for row, place in zip(layer.rows, places, strict=True)]
    return as_xlsx([*layer.columns, "lon", "lat", "datum"], rows)


def _by_column(layer: Layer, datum: str) -> list[list[Any]]:
    marked = [(*row, mark_of(datum)) for row in layer.rows]
    return [list(values) for values in zip(*marked, strict=True)]


def _column(values: list[Any]) -> tuple[Any, Any]:
    """Values as numpy holds them, and which of them are missing."""
    missing = np.array([value is None for value in values])
    if any(isinstance(value, int) for value in values):
        return np.array([value or 0 for value in values], dtype="int32"), missing
    return np.array(["" if value is None else str(value) for value in values], dtype=object), missing


def _archive(folder: Path, readme: str) -> bytes:
    parts = {part.name: part.read_bytes() for part in sorted(folder.iterdir())}
    return _zipped(parts | {"README.txt": readme.encode()})


def _zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()
