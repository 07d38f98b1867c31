"""Lists in .xlsx and .csv: read with care, and the templates people fill in."""

import csv
import io
import zipfile
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

MOST_UNPACKED = 60 * 1024 * 1024  # a small .xlsx can unpack to gigabytes (quality.md §4, Files)
MOST_ROWS, MOST_COLUMNS = 20_000, 60
ENDINGS = (".xlsx", ".csv")
Row = dict[str, str]


def _guard(content: bytes) -> None:
    """Refuse what unpacks without end or carries a document type, counting bytes while they come."""
    try:
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
    except zipfile.BadZipFile:
        raise ValidationError(_("This is not an .xlsx workbook."), code="format") from None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _xlsx(content: bytes) -> list[list[str]]:
    _guard(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True)
        return [[_cell(value) for value in row] for row in rows]
    except ValidationError:
        raise
    except Exception:  # noqa: BLE001 - openpyxl raises whatever the file makes it stumble over
        raise ValidationError(_("This is not an .xlsx workbook."), code="format") from None


def _csv(content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text))]
    raise ValidationError(_("The text is neither UTF-8 nor GB18030."), code="encoding")


def read(content: bytes, name: str) -> tuple[list[str], list[tuple[int, Row]]]:
    """(headings, [(line in the file, heading → text)]). Empty lines are left out, the file's numbering kept."""
    table = _xlsx(content) if name.lower().endswith(".xlsx") else _csv(content)
    if not table or not any(table[0]):
        raise ValidationError(_("The first line must hold the headings of the template."), code="empty")
    if len(table) > MOST_ROWS + 1:
        raise ValidationError(_("There are more than %(most)s lines.") % {"most": MOST_ROWS}, code="too_large")
    heads = table[0]
    rows = [(n, dict(zip(heads, row, strict=False))) for n, row in enumerate(table[1:], 2) if any(row)]
    return heads, rows


def by_key(rows: list[tuple[int, Row]], columns: Sequence[tuple[str, str | Promise, str]]) -> list[tuple[int, Row]]:
    """The rows under the importer's own keys, whatever language the template was in."""
    names: dict[str, str] = {}
    for key, heading, _example in columns:
        for text in (key, *_translations(heading)):
            names[text.strip().lower()] = key
    found = []
    for number, row in rows:
        known = {names[head.strip().lower()]: v for head, v in row.items() if head.strip().lower() in names}
        found.append((number, known))
    if rows and not any(found[0][1]):
        raise ValidationError(
            _("The headings are not those of the template. Download it and copy them."), code="headings"
        )
    return found


def _translations(heading: str | Promise) -> list[str]:
    from django.utils import translation

    said = []
    for language in ("en", "zh-hans"):
        with translation.override(language):
            said.append(str(heading))
    return said


def template(columns: Sequence[tuple[str, str | Promise, str]]) -> bytes:
    """An .xlsx with the headings in the reader's language and one line that shows how."""
    book = Workbook()
    sheet: Any = book.active
    sheet.append([str(heading) for _key, heading, _example in columns])
    sheet.append([example for _key, _heading, example in columns])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column in sheet.columns:
        sheet.column_dimensions[column[0].column_letter].width = 20
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
