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

from gridgov.accounts.requests import SignedInRequest
from gridgov.audit import actions as audit
from gridgov.dbtime import now
from gridgov.privacy.masks import mask_text
from grids import permissions
from grids.permissions import Perm
from grids.sheets import XLSX, filled, plain_cell
from incidents import lists
from incidents.models import Incident
from incidents.views.lists import question
from incidents.views.many import picked
from teams.models import Unit

MOST_ROWS = 20_000
WIDTHS = (6, 24, 18, 16, 20, 44, 12, 16, 17, 17, 17)
LONG = (5, 6)  # columns whose words go over several lines: place and what is the matter


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
    return [
        number,
        incident.number,
        incident.category.label,
        incident.area.name,
        plain_cell(mask_text(place)),
        plain_cell(mask_text(incident.description)),
        incident.get_status_display(),
        unit.name if unit else "",
        _when(incident.reported_at),
        _when(incident.due_at),
        _when(incident.ended_at),
    ]


def as_csv(rows: list[list[Any]]) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read it."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(head())
    sheet.writerows(rows)
    return ("\ufeff" + out.getvalue()).encode()


def as_ledger(rows: list[list[Any]], *, title: str, under: str) -> bytes:
    """A4 landscape: a title, who made it when, a frozen head that repeats on each printed page."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = _("Ledger")
    sheet.append([title])
    sheet.append([under])
    sheet.append(head())
    for number, merged in ((1, "A1:K1"), (2, "A2:K2")):
        sheet.merge_cells(merged)
        sheet.cell(number, 1).alignment = Alignment(horizontal="center")
    sheet["A1"].font = Font(size=16, bold=True)
    for column, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.cell(3, column).font = Font(bold=True)
        if column in LONG:
            sheet.cell(4, column).alignment = Alignment(wrap_text=True, vertical="top")
    styles = [sheet.cell(4, column).style_id for column in range(1, len(WIDTHS) + 1)]
    sheet.delete_rows(4)
    sheet.freeze_panes = "C4"
    sheet.print_title_rows = "3:3"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "&P / &N"
    return filled(book, rows, styles)


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
