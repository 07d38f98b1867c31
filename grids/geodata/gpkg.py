"""GeoPackage: an SQLite file opened in memory, where only its plain tables are read and nothing of it runs."""

import sqlite3
import struct
from collections.abc import Callable
from typing import Any, TypeVar

import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grids.geodata.features import Feature, Raw, one_of
from grids.geodata.limits import MOST_FEATURES, check_count

ENVELOPES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}  # bytes of the envelope by its code (OGC 12-128r18, 2.1.3)
PATIENCE = 2_000_000  # steps of SQLite's machine between two looks at the clock of our patience
LOOKS = 100
READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}
Found = TypeVar("Found")
LAYERS = """
SELECT c.table_name, g.column_name, g.srs_id FROM gpkg_contents c
JOIN gpkg_geometry_columns g ON g.table_name = c.table_name WHERE c.data_type = 'features'
"""


def read(data: bytes, *, layer: str = "") -> Raw:
    """One layer of features. ValidationError when there is none, it is not said which, or the form is not kept."""

    def found(link: sqlite3.Connection) -> Raw:
        table, column, system = _layer(link, layer)
        return Raw(_features(link, table, column), _crs(link, system), "UTF-8")

    return _opened(data, found)


def layers(data: bytes) -> list[str]:
    """The names of its layers of features. ValidationError when the file is damaged."""
    return _opened(data, lambda link: [str(row[0]) for row in _listed(link)])


def _opened(data: bytes, look: Callable[[sqlite3.Connection], Found]) -> Found:
    link = sqlite3.connect(":memory:")
    try:
        link.deserialize(data)
        link.execute("PRAGMA trusted_schema = OFF")
        link.execute("PRAGMA query_only = ON")
        _guard(link)
        return look(link)
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
        raise ValidationError(_("This GeoPackage is damaged and cannot be read."), code="damaged") from error
    finally:
        link.close()


def _guard(link: sqlite3.Connection) -> None:
    """Reading only, no functions, and an end to patience."""
    looks = iter(range(LOOKS))
    link.set_progress_handler(lambda: 0 if next(looks, None) is not None else 1, PATIENCE)
    link.set_authorizer(lambda action, *_facts: sqlite3.SQLITE_OK if action in READS else sqlite3.SQLITE_DENY)


def _plain_tables(link: sqlite3.Connection) -> set[str]:
    rows = link.execute("SELECT name, sql, type FROM sqlite_master").fetchall()
    return {name for name, sql, kind in rows if kind == "table" and not str(sql).upper().startswith("CREATE VIRTUAL")}


def _listed(link: sqlite3.Connection) -> list[tuple[str, str, int]]:
    """(table, column of the shape, coordinate system) of each layer that is a plain table."""
    tables = _plain_tables(link)
    needed = {"gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"}
    rows = link.execute(LAYERS).fetchall() if needed <= tables else []
    return [row for row in rows if row[0] in tables]


def _layer(link: sqlite3.Connection, wanted: str) -> tuple[str, str, int]:
    found = {str(row[0]): row for row in _listed(link)}
    if not found:
        raise ValidationError(_("There is no layer of features in this GeoPackage."), code="no_layer")
    return found[one_of(list(found), wanted)]


def _crs(link: sqlite3.Connection, system: int) -> str:
    found = link.execute(
        "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?",
        [system],
    ).fetchone()
    if found is None or system in (-1, 0):
        return ""
    if str(found[0]).upper() == "EPSG":
        return f"EPSG:{int(found[1])}"
    return str(found[2])


def _features(link: sqlite3.Connection, table: str, column: str) -> list[Feature]:
    quoted = '"' + table.replace('"', '""') + '"'
    cursor = link.execute(f"SELECT * FROM {quoted} LIMIT {MOST_FEATURES + 1}")  # noqa: S608 - quoted, and read-only
    names = [item[0] for item in cursor.description]
    rows = cursor.fetchall()
    check_count(len(rows))
    return [_feature(number, dict(zip(names, row, strict=True)), column) for number, row in enumerate(rows, 1)]


def _feature(number: int, row: dict[str, Any], column: str) -> Feature:
    blob = row.pop(column, None)
    properties = {name: value for name, value in row.items() if not isinstance(value, bytes)}
    if blob is None:
        return Feature(number, properties)
    try:
        return Feature(number, properties, _geometry(blob))
    except (ValueError, TypeError, struct.error, shapely.errors.ShapelyError):
        return Feature(number, properties, problem=_("The geometry of this row is damaged."))


def _geometry(blob: bytes) -> shapely.Geometry:
    """GeoPackage's own header (magic, version, flags, srs, envelope), then WKB."""
    if blob[:2] != b"GP":
        raise ValueError("no GeoPackage geometry")
    start = 8 + ENVELOPES.get((blob[3] >> 1) & 7, 0)
    return shapely.force_2d(shapely.from_wkb(blob[start:]))
