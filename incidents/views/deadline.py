"""期限怎么算的: how each deadline of a case was worked out."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.clock.calendars import value_of
from gridgov.clock.explain import explain
from gridgov.clock.models import Clock
from gridgov.dbtime import now
from incidents.clocks import SUBJECT
from incidents.views.case import load
from incidents.workflow import Stage


def _reasons() -> dict[str, str]:
    return {
        "": "",
        "make_up": _("make-up working day"),
        "own_hours": _("own hours on this day"),
        "break": _("break"),
        "night": _("outside working hours"),
        "weekend": _("day off"),
        "holiday": _("holiday"),
        "pause": _("paused"),
        "folded": _("further days, summed up"),
    }


def day(clock: Clock) -> float:
    """Seconds of one day of the clock's calendar: 8 hours of an office, 24 of natural time."""
    return value_of(clock.calendar_version).day_seconds


@require_safe
@never_cache
def deadline(request: SignedInRequest, pk: Any) -> HttpResponse:
    """Every clock the case had, the running ones first."""
    incident, reasons = load(request, pk), _reasons()
    clocks = Clock.objects.of(SUBJECT, incident.pk).select_related("calendar_version__calendar")
    clocks = clocks.prefetch_related("pauses__approved_by", "extensions__approved_by", "hand_overs", "escalations")
    shown = []
    for clock in sorted(clocks, key=lambda one: (one.stopped_at is not None, one.started_at)):
        found = explain(clock, now=now(request))
        lines = [{"stretch": line, "reason": reasons[line.reason]} for line in found.stretches]
        facts = {"found": found, "clock": clock, "lines": lines, "day": day(clock)}
        shown.append(facts | {"label": Stage(clock.stage).label})
    return render(request, "incidents/deadline.html", {"incident": incident, "shown": shown, "now": now(request)})
