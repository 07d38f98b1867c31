"""Lists in .xlsx and .csv: read with care, and the templates people fill in."""

import io
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font

from gridgov import sheets
from gridgov.typed import storable

MOST_ROWS = 20_000  # of one list: more takes longer than a person waits
ENDINGS = (".xlsx", ".csv")
Row = dict[str, str]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return storable(str(value)).strip()


def read(content: bytes, name: str) -> tuple[list[str], list[tuple[int, Row]]]:
    """(headings, [(line in the file, heading → text)]). Empty lines are left out, the file's numbering kept."""
    table = [[_cell(value) for value in row] for row in sheets.rows(name, content, most=MOST_ROWS + 1)]
    if not table or not any(table[0]):
        raise ValidationError(_("The first line must hold the headings of the template."), code="empty")
    if len(table) > MOST_ROWS + 1:
        raise ValidationError(
            _("There are more than %(most)s lines, empty ones counted. Delete those below, or divide the list.")
            % {"most": MOST_ROWS},
            code="too_large",
        )
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


def choices(kinds: Any) -> dict[str, str]:
    """Every way to name a choice, its key or its label in either language, and the key."""
    return {
        text.strip().lower(): str(one.value) for one in kinds for text in (str(one.value), *_translations(one.label))
    }


def _translations(heading: str | Promise) -> list[str]:
    """In both languages: whoever fills a template in need not read the language it was made in."""
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
