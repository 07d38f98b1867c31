"""Zipped Shapefile: the one format GDAL reads here, from a private folder that holds nothing but its parts."""

import codecs
import struct
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyogrio.raw
import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from pyogrio.errors import DataSourceError, FieldError, GeometryError

from grids.geodata.features import Feature, Raw, one_of
from grids.geodata.limits import check_count, unpack

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
MAGIC = struct.pack(">i", 9994)
CODE_PAGES = {"936": "GB18030", "54936": "GB18030", "GBK": "GB18030", "GB2312": "GB18030", "65001": "UTF-8"}


def read(data: bytes, *, crs: str = "", encoding: str = "", layer: str = "") -> Raw:
    """One layer of the archive. ValidationError when a part is missing, or the .prj and no `crs` was given."""
    parts = _parts(data, layer)
    if ".prj" not in parts and not crs:
        raise ValidationError(
            _("The archive has no .prj file, so the coordinate system is not known. Add the .prj, or name the system."),
            code="no_prj",
        )
    encoding = encoding or _encoding(parts)
    with TemporaryDirectory(prefix="gridgov-") as folder:
        for suffix, content in parts.items():
            if suffix != ".cpg":
                (Path(folder) / f"layer{suffix}").write_bytes(content)
        return _layer(Path(folder) / "layer.shp", encoding)


def layers(data: bytes) -> list[str]:
    """The names of its Shapefiles, with their folders, without endings."""
    return _stems(unpack(data, (".shp",)))


def _stems(members: dict[str, bytes]) -> list[str]:
    return [str(PurePosixPath(name).with_suffix("")) for name in members if name.lower().endswith(".shp")]


def _parts(data: bytes, layer: str) -> dict[str, bytes]:
    members = unpack(data, PARTS)
    found = _stems(members)
    if not found:
        raise ValidationError(
            _("There is no Shapefile (.shp) in this archive. Pack the .shp, .shx, .dbf and .prj files themselves."),
            code="no_shp",
        )
    stem = one_of(found, layer).lower()
    parts = {name[-4:].lower(): body for name, body in members.items() if name[:-4].lower() == stem}
    for suffix in (".shx", ".dbf"):
        if suffix not in parts:
            raise ValidationError(
                _("The archive lacks the %(part)s file that belongs to the Shapefile. Pack it with the others."),
                code="part_missing",
                params={"part": suffix},
            )
    if parts[".shp"][:4] != MAGIC:
        raise ValidationError(_("The .shp file is not a Shapefile."), code="not_shp")
    return parts


def _layer(path: Path, encoding: str) -> Raw:
    try:
        check_count(pyogrio.read_info(path, encoding=encoding)["features"])
        meta, _ids, shapes, columns = pyogrio.raw.read(path, encoding=encoding, force_2d=True)
    except (DataSourceError, FieldError, GeometryError, UnicodeDecodeError, LookupError, ValueError) as error:
        raise ValidationError(
            _("The Shapefile cannot be read. It may be damaged, or its text is in another encoding."), code="damaged"
        ) from error
    names = [str(name) for name in meta["fields"]]
    geometries = shapely.from_wkb(shapes, on_invalid="ignore")
    features = [
        Feature(number, dict(zip(names, map(_plain, values), strict=True)), geometry)
        for number, (geometry, *values) in enumerate(zip(geometries, *columns, strict=True), 1)
    ]
    return Raw(features, meta["crs"] or "", encoding)


def _plain(value: Any) -> Any:
    """A column's value as Python's own; missing numbers and dates are None, whole floats are integers."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return None if value != value else int(value) if value.is_integer() else value
    return value


def _encoding(parts: dict[str, bytes]) -> str:
    """What the .cpg says; without one, what the texts of the .dbf look like."""
    said = parts.get(".cpg", b"").decode("ascii", "ignore").strip().upper().removeprefix("CP").removeprefix("ANSI ")
    if said:
        name = CODE_PAGES.get(said, f"cp{said}" if said.isdigit() else said)
        try:
            return codecs.lookup(name).name
        except LookupError:
            pass
    return guess(texts(parts[".dbf"]))


def texts(dbf: bytes) -> list[bytes]:
    """The values of the character columns of a dBASE table, unread."""
    if len(dbf) < 33:
        return []
    _count, head, size = struct.unpack_from("<IHH", dbf, 4)
    places, at = [], 1
    for start in range(32, min(head, len(dbf)) - 1, 32):
        if dbf[start] == 0x0D or start + 17 > len(dbf):
            break
        if dbf[start + 11 : start + 12] == b"C":
            places.append((at, at + dbf[start + 16]))
        at += dbf[start + 16]
    rows = range(head, len(dbf) - 1, size) if size else range(0)
    return [dbf[row + a : row + b].strip(b" \0") for row in rows[:2000] for a, b in places]


def guess(values: list[bytes]) -> str:
    """UTF-8 where the texts are UTF-8 (a cut-off last character is forgiven), else GB18030."""
    decoder = codecs.getincrementaldecoder("utf-8")
    for value in values:
        try:
            decoder().decode(value)
        except UnicodeDecodeError:
            return "GB18030"
    return "UTF-8"
