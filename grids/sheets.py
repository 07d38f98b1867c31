"""Lists that leave as a workbook or as text: a head, lines, and nothing that a spreadsheet would run."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXTENT = re.compile(rb"<dimension [^>]*/>")  # which cells are filled: some readers go no further
MOST_LETTERS = 32_767  # of a cell: more, and Excel calls the workbook damaged


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
    """A workbook with a bold head that stays in sight."""
    book = Workbook()
    sheet: Any = book.active
    sheet.append(list(head))
    for number, cell in enumerate(sheet[1], 1):
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    return filled(book, ([plain_cell(cell) for cell in row] for row in rows))


def filled(book: Workbook, rows: Iterable[Sequence[Any]], styles: Sequence[int] = ()) -> bytes:
    """The book with `rows` below what its only sheet holds, each cell in the style of its column (`Cell.style_id`).

    The rows go into the sheet as text: as openpyxl's cells, 25,000 of them take nine times as long.
    """
    bare, out = io.BytesIO(), io.BytesIO()
    book.save(bare)
    lines = ILLEGAL_CHARACTERS_RE.sub("", "".join(f"<row>{_cells(row, styles)}</row>" for row in rows)).encode()
    with zipfile.ZipFile(bare) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            content = source.read(part)
            if part == "xl/worksheets/sheet1.xml":
                content = EXTENT.sub(b"", content).replace(b"</sheetData>", lines + b"</sheetData>")
            target.writestr(part, content)
    return out.getvalue()


def _cells(row: Sequence[Any], styles: Sequence[int]) -> str:
    looks = [f' s="{style}"' for style in styles] or [""] * len(row)
    return "".join(_cell(value, look) for value, look in zip(row, looks, strict=True))


def _cell(value: Any, look: str) -> str:
    if isinstance(value, str):
        words = escape(value[:MOST_LETTERS])
        return f'<c{look} t="inlineStr"><is><t xml:space="preserve">{words}</t></is></c>' if words else f"<c{look}/>"
    return f"<c{look}><v>{value + 0}</v></c>"  # of yes and no, 1 and 0
