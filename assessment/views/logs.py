"""The logs the audit administrator reads, and who is here now for the system administrator.

They stand here because rights are known only above the audit room; the reads themselves are in gridgov.audit.
"""

import csv
import io
from datetime import date, datetime

from django import forms
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from gridgov.accounts import devices
from gridgov.accounts.requests import SignedInRequest
from gridgov.audit import actions as audit
from gridgov.audit import words
from gridgov.audit.models import AuditEvent, AuditEventQuerySet
from gridgov.dbtime import now
from gridgov.paging import keyset
from gridgov.typed import DayField, midnight
from grids import permissions
from grids.permissions import Perm
from grids.sheets import plain_cell

EXPORT_ROWS = 20_000


class LogFilter(forms.Form):
    """Who, what, about what, from when until when."""

    who = forms.CharField(label=_("Who (staff number)"), required=False, max_length=64)
    what = forms.CharField(label=_("What (begins with)"), required=False, max_length=80)
    about = forms.CharField(label=_("About (kind or kind:id)"), required=False, max_length=130)
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("Until"), required=False)

    def apply(self, rows: AuditEventQuerySet) -> AuditEventQuerySet:
        """`rows` without what the reader did not ask for; a wrong field filters nothing and says so."""
        asked = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        if asked.get("who"):
            rows = rows.of_actor(asked["who"])
        if asked.get("what"):
            rows = rows.filter(action__startswith=asked["what"])
        if asked.get("about"):
            kind, _colon, subject_id = asked["about"].partition(":")
            rows = rows.about(kind, subject_id)
        return rows.between(_day_start(asked.get("since")), _day_start(asked.get("until"), plus=1))


def _day_start(day: date | None, *, plus: int = 0) -> datetime | None:
    return midnight(day, plus=plus) if day else None


def _rows(request: SignedInRequest, *, sign_ins: bool) -> tuple[LogFilter, AuditEventQuerySet]:
    permissions.require_anywhere(request.user, Perm.VIEW_AUDIT)
    form = LogFilter(request.GET)
    rows = AuditEvent.objects.sign_ins() if sign_ins else AuditEvent.objects.all()
    own = permissions.within(permissions.scope(request.user).paths(Perm.VIEW_AUDIT), "area_path")
    return form, form.apply(rows.filter(Q(area_path="") | own))  # another street's rows are not this one's to read


def _log(request: SignedInRequest, *, sign_ins: bool) -> HttpResponse:
    form, rows = _rows(request, sign_ins=sign_ins)
    page = keyset(rows, request, by=("-id",))
    lines = [{"event": event, "word": words.word(event.action)} for event in page.rows]
    filtered = any(request.GET.get(name) for name in form.fields)
    context = {"form": form, "page": page, "lines": lines, "sign_ins": sign_ins, "filtered": filtered}
    return render(request, "assessment/logs/list.html", context)


@never_cache
@require_GET
def operations(request: SignedInRequest) -> HttpResponse:
    """Everything that was done."""
    return _log(request, sign_ins=False)


@never_cache
@require_GET
def sign_ins(request: SignedInRequest) -> HttpResponse:
    """Who came, failed, was locked out and left."""
    return _log(request, sign_ins=True)


def _as_csv(events: list[AuditEvent]) -> str:
    out = io.StringIO()
    out.write("\ufeff")  # spreadsheets read UTF-8 only with it
    sheet = csv.writer(out)
    head = [_("When"), _("Who"), _("What"), _("About"), _("Area"), pgettext("address", "From"), _("Details")]
    sheet.writerow([str(cell) for cell in head])
    for e in events:
        about = f"{e.subject_kind}:{e.subject_id}" if e.subject_kind else ""
        at = timezone.localtime(e.at).isoformat(timespec="seconds")
        sheet.writerow(map(plain_cell, [at, e.actor_name, e.action, about, e.area_path, e.address, e.data or ""]))
    return out.getvalue()


@require_POST
def export(request: SignedInRequest, which: str) -> HttpResponse:
    """The filtered log as a file, at most 20,000 rows; recorded before it leaves."""
    _form, rows = _rows(request, sign_ins=which == "sign-ins")
    events = list(rows.order_by("-id")[:EXPORT_ROWS])
    with transaction.atomic():
        audit.record("audit.export", None, by=request.user, at=now(request), which=which, rows=len(events))
    response = HttpResponse(_as_csv(events), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = (
        f'attachment; filename="{which}-{timezone.localtime(now(request)):%Y%m%d-%H%M}.csv"'
    )
    response["Cache-Control"] = "no-store"
    return response


@never_cache
@require_GET
def online(request: SignedInRequest) -> HttpResponse:
    """Who was here in the last five minutes: before a restart one knows whom to tell. No times, no totals."""
    permissions.require_anywhere(request.user, Perm.OPERATE_SYSTEM)
    people = list(devices.online(now(request))[:500])
    return render(request, "assessment/logs/online.html", {"people": people})
