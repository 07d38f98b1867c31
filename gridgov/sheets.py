"""Tables as people send them, .xlsx and .csv: read with care, whatever is inside."""

import csv
import io
import zipfile
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import load_workbook

MOST_UNPACKED = 60 * 1024 * 1024  # a small .xlsx can unpack to gigabytes (quality.md §4, Files)
MOST_COLUMNS = 60


def rows(name: str, content: bytes, *, most: int) -> list[list[Any]]:
    """The first `most` + 1 lines of a table, so that the caller sees when there are more.

    ValidationError (codes "format", "too_large", "encoding") for what is none.
    """
    return _xlsx(content, most + 1) if name.lower().endswith(".xlsx") else _csv(content, most + 1)


def _guard(content: bytes) -> None:
    """Refuse what unpacks without end or carries a document type, counting bytes while they come."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    left = MOST_UNPACKED
    for member in archive.infolist():
        with archive.open(member) as source:
            head = source.read(65536)
            if b"<!DOCTYPE" in head.upper() or b"<!ENTITY" in head.upper():
                raise ValidationError(_("This workbook is not safe to open."), code="format")
            left -= len(head)
            while block := source.read(1 << 20):
                left -= len(block)
                if left < 0:
                    raise ValidationError(_("Unpacked, the workbook is too large."), code="too_large")


def _xlsx(content: bytes, most: int) -> list[list[Any]]:
    try:
        _guard(content)
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        return [list(row) for row in sheet.iter_rows(max_row=most, max_col=MOST_COLUMNS, values_only=True)]
    except ValidationError:
        raise
    except Exception:  # noqa: BLE001 - zipfile and openpyxl raise whatever the file makes them stumble over
        raise ValidationError(_("This is not an .xlsx workbook."), code="format") from None


def _csv(content: bytes, most: int) -> list[list[Any]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            return [list(row) for row in islice(csv.reader(io.StringIO(text)), most)]
        except csv.Error:  # a quotation mark that is never closed makes one value of the rest
            raise ValidationError(_("This file cannot be read as a table."), code="format") from None
    raise ValidationError(_("The text is neither UTF-8 nor GB18030."), code="encoding")
