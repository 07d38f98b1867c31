"""Lists: .xlsx and .csv as rows of named columns, read with limits that do not believe what a file says of itself."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

import openpyxl
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grids import geodata
from grids.geodata.features import Feature
from grids.geodata.limits import MEGABYTE, check_count, check_size, refuse_dtd, unpack
from grids.geodata.reading import Reading

SUFFIXES = (".xlsx", ".csv")
MOST_UNPACKED = 100 * MEGABYTE
MOST_COLUMNS = 200
MOST_EMPTY = 200  # rows in a row: a sheet that claims a million rows ends here


def read(name: str, data: bytes, *, crs: str = "", encoding: str = "") -> Reading:
    """Geodata or a list, by the name of the file. ValidationError says what to do."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES:
        return geodata.read(name, data, crs=crs, encoding=encoding)
    check_size(data)
    lines = _sheet(data) if suffix == ".xlsx" else _csv(data, encoding)
    return Reading(_features(lines), "", encoding)


def is_list(name: str) -> bool:
    """Whether the file has rows but no geometry of its own."""
    return PurePath(name).suffix.lower() in SUFFIXES


def _guard(data: bytes) -> None:
    """Every part unpacked under a limit; no part may declare a document type."""
    if not data.startswith(b"PK\x03\x04"):
        raise ValidationError(_("This is not an .xlsx workbook. Save it as .xlsx or .csv."), code="not_xlsx")
    for name, body in unpack(data, ("",), most=MOST_UNPACKED).items():
        if name.lower().endswith((".xml", ".rels", ".vml")):
            refuse_dtd(body)


def _sheet(data: bytes) -> Iterator[list[Any]]:
    _guard(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        yield from (list(row[:MOST_COLUMNS]) for row in sheet.iter_rows(values_only=True))
    except (KeyError, IndexError, ValueError, TypeError, AttributeError, OSError, zipfile.BadZipFile) as error:
        raise ValidationError(_("This workbook is damaged and cannot be read."), code="damaged") from error


def _csv(data: bytes, encoding: str) -> Iterator[list[Any]]:
    for name in (encoding,) if encoding else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(name)
            break
        except (UnicodeDecodeError, LookupError):
            continue
    else:
        raise ValidationError(_("The text of this file is neither UTF-8 nor GB18030."), code="encoding")
    try:
        dialect: Any = csv.Sniffer().sniff(text[:4096], ",;\t")
    except csv.Error:
        dialect = csv.excel
    try:
        yield from csv.reader(io.StringIO(text, newline=""), dialect)
    except csv.Error as error:
        raise ValidationError(_("This file is not a list with columns."), code="not_csv") from error


def _features(lines: Iterable[list[Any]]) -> list[Feature]:
    """The rows below the first that is not empty, which names the columns. Numbers are those of the sheet."""
    head: list[str] = []
    features: list[Feature] = []
    empty = 0
    for number, line in enumerate(lines, 1):
        cells = [_plain(cell) for cell in line]
        if not any(cell not in ("", None) for cell in cells):
            empty += 1
            if empty > MOST_EMPTY:
                break
            continue
        empty = 0
        if not head:
            head = [str(cell or "").strip() for cell in cells]
            continue
        features.append(Feature(number, {key: cell for key, cell in zip(head, cells, strict=False) if key}))
        if len(features) % 1000 == 1:
            check_count(len(features) - 1)
    check_count(len(features))
    return features


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return cell.strip() if isinstance(cell, str) else cell
