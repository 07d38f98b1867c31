"""The burden ledger (填报负担台账): who asked the grids for what, how many, how often, and what was refused."""

import io
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from openpyxl import Workbook
from openpyxl.styles import Font

from gridgov.accounts.requests import SignedInRequest
from gridgov.audit import actions as audit
from gridgov.dbtime import now
from gridgov.paging import keyset
from grids import permissions
from grids.permissions import Perm
from grids.sheets import XLSX, plain_cell
from incidents import campaign_numbers
from incidents.models import Campaign
from incidents.views.export import MOST_ROWS
from teams.models import RefusedTask

MOST_REFUSED = 50
PER_PAGE = 20  # of each every object is counted, at most 3,000
SHOWN = ("area", "task_type", "asked_by", "unit")


def _refused(user: Any) -> Any:
    rows = RefusedTask.objects.visible_to(user).select_related("area", "task_type", "asked_by")
    return rows.order_by("-id")


@require_safe
@never_cache
def burden(request: SignedInRequest) -> HttpResponse:
    """What was asked, the newest first; beside it what was refused."""
    permissions.require_anywhere(request.user, Perm.VIEW_BOARD)
    asked = Campaign.objects.asked().visible_to(request.user)
    page = keyset(asked.select_related(*SHOWN), request, by=("-id",), size=PER_PAGE)
    context = {
        "page": page,
        "rows": campaign_numbers.ledger(page.rows, asked, now(request)),
        "refused": _refused(request.user)[:MOST_REFUSED],
    }
    return render(request, "incidents/campaigns/burden.html", context)


def _head() -> list[str]:
    return [
        _("Asked on"), _("Who asked"), _("Unit"), _("What is asked"), _("Admitted as"), _("Legal basis"),
        _("How often at most"), _("Times in 12 months"), _("Grids"), _("Objects"), _("Questions"),
        _("Answers asked for"), _("To be done by"),
    ]  # fmt: skip


def _line(row: Any) -> list[Any]:
    return [
        f"{timezone.localtime(row.published_at):%Y-%m-%d}", plain_cell(row.asked_by.name),
        plain_cell(row.unit.name if row.unit else ""), plain_cell(row.title),
        plain_cell(f"{row.task_type.code} {row.task_type.name}"), plain_cell(row.task_type.basis),
        row.task_type.get_rhythm_display(), row.times, row.grids, row.total, len(row.items),
        row.total * len(row.items), f"{row.due_on:%Y-%m-%d}",
    ]  # fmt: skip


def _sheet(sheet: Any, title: str, head: list[str], lines: list[list[Any]]) -> None:
    sheet.title = title
    sheet.append(head)
    for line in lines:
        sheet.append(line)
    for column, cell in enumerate(sheet[1]):
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = 18 if column < 7 else 12
    sheet.freeze_panes = "A2"


@require_POST
def export(request: SignedInRequest) -> HttpResponse:
    """The same as a spreadsheet of two sheets; recorded before it leaves."""
    permissions.require_anywhere(request.user, Perm.VIEW_BOARD)
    asked = Campaign.objects.asked().visible_to(request.user)
    newest = asked.select_related(*SHOWN).order_by("-id")[:MOST_ROWS]
    lines = [_line(row) for row in campaign_numbers.ledger(newest, asked, now(request))]
    refused = [
        [f"{timezone.localtime(row.asked_at):%Y-%m-%d}", *map(plain_cell, (row.asked_by.name, row.title, row.reason))]
        for row in _refused(request.user)[:MOST_ROWS]
    ]  # fmt: skip
    with transaction.atomic():
        audit.record("incidents.export_burden", None, by=request.user, at=now(request), rows=len(lines) + len(refused))
    book = Workbook()
    _sheet(book.active, _("Asked"), _head(), lines)
    _sheet(
        book.create_sheet(),
        pgettext("campaign", "Refused"),
        [_("Asked on"), _("Who asked"), _("What is asked"), _("Reason")],
        refused,
    )
    out = io.BytesIO()
    book.save(out)
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="burden-{timezone.localtime(now(request)):%Y%m%d}.xlsx"'
    response["Cache-Control"] = "no-store"
    return response
