"""Lists that leave as a workbook or as text: a head, lines, and nothing that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def plain_cell(value: Any) -> Any:
    """A value that a spreadsheet shows and never runs: a sign of a formula gets a quote before it.

    Numbers stay numbers; control characters, which no workbook can hold, are left out.
    """
    if isinstance(value, int | float):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", "" if value is None else str(value))
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@") or text[:1] in ("\t", "\r") else text


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read it."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(head)
    sheet.writerows([plain_cell(cell) for cell in row] for row in rows)
    return ("\ufeff" + out.getvalue()).encode()


def as_xlsx(head: Sequence[str], rows: Iterable[Sequence[Any]], *, width: int = 20) -> bytes:
    """A workbook with a bold head that stays in sight; its lines are written as they come."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet()
    for number in range(1, len(head) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    sheet.append([styled(sheet, word, font=Font(bold=True)) for word in head])
    for row in rows:
        sheet.append([plain_cell(cell) for cell in row])
    return saved(book)


def styled(sheet: Any, value: Any, **looks: Any) -> WriteOnlyCell:
    """A cell for a sheet that is written as it comes, with its font or alignment."""
    cell = WriteOnlyCell(sheet, value=value)
    for name, look in looks.items():
        setattr(cell, name, look)
    return cell


def saved(book: Workbook) -> bytes:
    """The file."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
