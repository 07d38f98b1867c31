"""Tables as people send them, .xlsx and .csv: read with care, whatever is inside."""

import csv
import io
import zipfile
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

MOST_UNPACKED = 60 * 1024 * 1024  # a small .xlsx can unpack to gigabytes
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
                raise ValidationError(
                    _("This workbook is not safe to open. Copy its cells into the template from this page."),
                    code="format",
                )
            left -= len(head)
            while block := source.read(1 << 20):
                left -= len(block)
                if left < 0:
                    raise ValidationError(
                        _("Unpacked, the workbook is too large. Copy only the filled lines into the template."),
                        code="too_large",
                    )


def _xlsx(content: bytes, most: int) -> list[list[Any]]:
    try:
        _guard(content)
        found = _cells(content, most, results=True)
        written = _cells(content, most, results=False) if _has_formulas(content) else found
    except ValidationError:
        raise
    except Exception:  # noqa: BLE001 - zipfile and openpyxl raise whatever the file makes them stumble over
        words = _("This is not an .xlsx workbook. Open it in Excel or WPS and save it as .xlsx.")
        raise ValidationError(words, code="format") from None
    _require_results(found, written)
    return found


def _cells(content: bytes, most: int, *, results: bool) -> list[list[Any]]:
    """The first sheet: what its formulas came to, or the formulas themselves."""
    sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=results).worksheets[0]
    return [list(row) for row in sheet.iter_rows(max_row=most, max_col=MOST_COLUMNS, values_only=True)]


def _has_formulas(content: bytes) -> bool:
    archive = zipfile.ZipFile(io.BytesIO(content))
    sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
    return any(b"<f>" in text or b"<f " in text for text in map(archive.read, sheets))


def _require_results(found: list[list[Any]], written: list[list[Any]]) -> None:
    """ValidationError for a formula whose result the file does not hold: it would be read as an empty cell."""
    for n, (values, texts) in enumerate(zip(found, written, strict=False), 1):
        for m, (value, text) in enumerate(zip(values, texts, strict=False), 1):
            if value is None and isinstance(text, str) and text.startswith("="):
                words = _("Cell %(cell)s holds a formula without a result. Paste the cells as values, and save.")
                raise ValidationError(words, code="format", params={"cell": f"{get_column_letter(m)}{n}"})


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
