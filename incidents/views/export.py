"""What leaves as a file: the list as CSV, and the ledger (台账) as a sheet ready to print."""

import csv
import io
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from gridgov.accounts.requests import SignedInRequest
from gridgov.audit import actions as audit
from gridgov.dbtime import now
from gridgov.privacy.masks import mask_text
from grids import permissions
from grids.permissions import Perm
from grids.sheets import XLSX, plain_cell, saved, styled
from incidents import lists
from incidents.models import Incident
from incidents.views.lists import question
from incidents.views.many import picked
from teams.models import Unit

MOST_ROWS = 20_000
WIDTHS = (6, 24, 18, 16, 20, 44, 12, 16, 17, 17, 17)
LONG = (4, 5)  # whose words go over several lines, counted from 0: place and what is the matter


def head() -> list[str]:
    """The columns of the ledger."""
    return [
        _("No."), _("Number"), _("Category"), _("Grid"), _("Place"), _("What is the matter"), _("Status"), _("Unit"),
        pgettext("time", "Reported"), _("Due"), pgettext("time", "Ended"),
    ]  # fmt: skip


def _when(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def row(number: int, incident: Incident) -> list[Any]:
    """One line of the ledger; free text masked, the caller left out."""
    place = incident.building.name if incident.building else incident.place
    unit = incident.handling_unit or incident.holder
    cells = (
        number,
        incident.number,
        incident.category.label,
        incident.area.name,
        mask_text(place),
        mask_text(incident.description),
        incident.get_status_display(),
        unit.name if unit else "",
        _when(incident.reported_at),
        _when(incident.due_at),
        _when(incident.ended_at),
    )
    return [plain_cell(cell) for cell in cells]


def as_csv(rows: list[list[Any]]) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read it."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(head())
    sheet.writerows(rows)
    return ("\ufeff" + out.getvalue()).encode()


def as_ledger(rows: list[list[Any]], *, title: str, under: str) -> bytes:
    """A4 landscape: a title, who made it when, a frozen head that repeats on each printed page."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(_("Ledger"))
    for column, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "C4"
    sheet.print_title_rows = "3:3"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddFooter.center.text = "&P / &N"
    across, wrapped = Alignment(horizontal="centerContinuous"), Alignment(wrap_text=True, vertical="top")
    for words, font in ((title, Font(size=16, bold=True)), (under, Font())):
        beside = [None] * (len(WIDTHS) - 1)
        sheet.append([styled(sheet, word, font=font, alignment=across) for word in (words, *beside)])
    sheet.append([styled(sheet, word, font=Font(bold=True)) for word in head()])
    for line in rows:
        cells = list(line)
        for column in LONG:
            cells[column] = styled(sheet, cells[column], alignment=wrapped)
        sheet.append(cells)
    return saved(book)


def _ledger_of(request: SignedInRequest, rows: list[list[Any]]) -> bytes:
    units = Unit.objects.filter(pk__in=permissions.scope(request.user).member_of).order_by("code")
    said = ngettext(
        "Made by %(name)s on %(when)s; %(count)s line", "Made by %(name)s on %(when)s; %(count)s lines", len(rows)
    )
    made = said % {
        "name": request.user.name,
        "when": _when(now(request)),
        "count": len(rows),
    }
    who = " · ".join([*[unit.name for unit in units], made])
    return as_ledger(rows, title=_("Ledger of incidents"), under=who)


@require_POST
def export(request: SignedInRequest, form: str) -> HttpResponse:
    """The list as it is filtered, or what was picked of it, at most 20,000 lines; recorded before it leaves."""
    permissions.require_anywhere(request.user, Perm.EXPORT_INCIDENTS)
    if form not in ("csv", "xlsx"):
        raise Http404
    _form, asked = question(request)
    allowed = Incident.objects.visible_to(request.user, Perm.EXPORT_INCIDENTS).values("pk")
    found = lists.apply(asked, request.user, now(request)).filter(pk__in=allowed).for_list()
    if pks := picked(request):
        found = found.filter(pk__in=pks)
    incidents = list(found.order_by("-reported_at", "-id")[:MOST_ROWS])
    rows = [row(number, incident) for number, incident in enumerate(incidents, 1)]
    with transaction.atomic():
        audit.record("incidents.export", None, by=request.user, at=now(request), form=form, rows=len(rows))
    body = as_csv(rows) if form == "csv" else _ledger_of(request, rows)
    response = HttpResponse(body, content_type="text/csv; charset=utf-8" if form == "csv" else XLSX)
    stamp = f"{timezone.localtime(now(request)):%Y%m%d-%H%M}"
    response["Content-Disposition"] = f'attachment; filename="incidents-{stamp}.{form}"'
    response["Cache-Control"] = "no-store"
    return response
