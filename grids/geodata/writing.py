"""Shapes as files for other programs: GeoJSON, zipped Shapefile, KML, GeoPackage, in the datum that was asked for.

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

from grids.geodata.datum import BD09, GCJ02, WGS84, from_wgs84

CGCS2000 = "EPSG:4490"
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
    "gpkg": Format(".gpkg", "GPKG", "application/geopackage+sqlite3"),
}


@dataclass(frozen=True)
class Layer:
    """Rows of one layer in WGS-84: `columns` are ASCII names of at most ten letters, as a Shapefile wants them."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    shapes: Sequence[shapely.Geometry]


def write(layer: Layer, form: str, datum: str, *, readme: str = "") -> bytes:
    """The layer as a file. `datum` is a key of MARKS; KML holds WGS-84 and nothing else, by its standard."""
    how = FORMATS[form]
    with TemporaryDirectory(prefix="gridgov-") as folder:
        path = Path(folder) / f"{layer.name}{'.shp' if form == 'shapefile' else how.suffix}"
        _put(layer, path, how, WGS84 if form == "kml" else datum, readme)
        return _archive(Path(folder), readme) if form == "shapefile" else path.read_bytes()


def _put(layer: Layer, path: Path, how: Format, datum: str, readme: str) -> None:
    columns, masks = zip(*(_column(values) for values in _by_column(layer, datum)), strict=True)
    shapes = np.array(layer.shapes, dtype=object)
    if datum in (GCJ02, BD09):
        shapes = shapely.transform(shapes, lambda points: from_wgs84(points, datum))
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


def _by_column(layer: Layer, datum: str) -> list[list[Any]]:
    marked = [(*row, MARKS[datum]) for row in layer.rows]
    return [list(values) for values in zip(*marked, strict=True)]


def _column(values: list[Any]) -> tuple[Any, Any]:
    """Values as numpy holds them, and which of them are missing."""
    missing = np.array([value is None for value in values])
    if any(isinstance(value, int) for value in values):
        return np.array([value or 0 for value in values], dtype="int32"), missing
    return np.array(["" if value is None else str(value) for value in values], dtype=object), missing


def _archive(folder: Path, readme: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.iterdir()):
            archive.write(part, part.name)
        archive.writestr("README.txt", readme)
    return out.getvalue()
