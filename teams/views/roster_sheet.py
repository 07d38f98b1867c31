"""The roster on paper and as a file: A4 to hang up, .xlsx to pass on."""

import io
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from gridgov.accounts.requests import SignedInRequest
from gridgov.look import weekday
from grids import permissions
from grids.permissions import Perm
from teams.duty import Day
from teams.views.roster import month_context

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@never_cache
def sheet(request: SignedInRequest) -> HttpResponse:
    """One month on one page of A4."""
    permissions.require_anywhere(request.user, Perm.VIEW_AREAS)
    return render(request, "teams/roster/sheet.html", month_context(request))


@require_safe
@never_cache
def xlsx(request: SignedInRequest) -> HttpResponse:
    """The same as a spreadsheet; the phone is the duty room's, nobody's own."""
    permissions.require_anywhere(request.user, Perm.VIEW_AREAS)
    context = month_context(request)
    response = HttpResponse(workbook(context), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="duty-{context["month"]:%Y-%m}.xlsx"'
    return response


def _line(day: Day) -> list[str]:
    cells = ["、".join(turn.person.name for turn in cell[who]) for cell in day.cells for who in ("leaders", "officers")]
    return [f"{day.on:%m-%d}", weekday(day.on), *cells, day.mark]  # type: ignore[arg-type]


def workbook(context: dict[str, Any]) -> bytes:
    """Title, a head of two rows, a line a day, days off shaded; one page wide and high."""
    book = Workbook()
    page: Any = book.active
    shifts = context["shifts"]
    wide = 3 + 2 * len(shifts)
    page.append(
        [_("%(area)s duty roster, %(month)s") % {"area": context["area"].name, "month": f"{context['month']:%Y-%m}"}]
    )
    page.append(
        ["", "", *(text for s in shifts for text in (f"{s.name} {s.begins:%H:%M}–{s.ends:%H:%M} {s.phone}", "")), ""]
    )
    page.append(
        [_("Day"), "", *(text for _s in shifts for text in (_("Leader of the shift"), _("On duty"))), _("Note")]
    )
    for day in context["days"]:
        page.append(_line(day))
    for row, span in ((1, f"A1:{get_column_letter(wide)}1"), *((2, _pair(n)) for n in range(len(shifts)))):
        page.merge_cells(span)
        page.cell(row, 1).font = Font(size=16, bold=True)
    _dress(page, context["days"], wide)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _pair(nth: int) -> str:
    return f"{get_column_letter(3 + 2 * nth)}2:{get_column_letter(4 + 2 * nth)}2"


def _dress(page: Any, days: list[Day], wide: int) -> None:
    line, shade = Side(style="thin", color="999999"), PatternFill("solid", fgColor="EEEEEE")
    for row in page.iter_rows(min_row=1, max_row=page.max_row, max_col=wide):
        for cell in row:
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            if cell.row > 1:
                cell.border = Border(line, line, line, line)
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a name never becomes a formula
    for number, day in enumerate(days, 4):
        if day.is_off:
            for column in range(1, wide + 1):
                page.cell(number, column).fill = shade
    for column in range(1, wide + 1):
        page.column_dimensions[get_column_letter(column)].width = 9 if column < 3 else 16
    page.freeze_panes = "C4"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.orientation = "landscape" if wide > 7 else "portrait"
    page.page_setup.fitToWidth = page.page_setup.fitToHeight = 1
    page.sheet_properties.pageSetUpPr.fitToPage = True
