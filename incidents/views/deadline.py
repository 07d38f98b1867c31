"""期限怎么算的: how each deadline of a case was worked out."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.clock.calendars import rungs_of, value_of
from gridgov.clock.explain import Explanation, Stretch
from gridgov.clock.models import Clock
from gridgov.dbtime import now
from gridgov.sync.models import Attachment
from incidents.capture import Capture
from incidents.deadlines import evidence_of, explained
from incidents.limit_words import basis_said, climb_said, replan_said, threshold
from incidents.models import Incident
from incidents.views.case import load
from incidents.words import named
from incidents.workflow import Stage
from teams.models import Unit


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
    found = explained(incident.pk, now=now(request))
    ids = {unit for one in found for row in one.hand_overs for unit in (row.from_unit_id, row.to_unit_id)}
    units = Unit.objects.in_bulk([pk for pk in ids if pk is not None]) if ids else {}
    proof = evidence_of(found)
    shown = [_shown(one, reasons, units, proof) for one in found]
    context = {"incident": incident, "shown": shown, "offline": _offline(incident), "now": now(request)}
    return render(request, "incidents/deadline.html", context)


def _offline(incident: Incident) -> list[dict[str, Any]]:
    """What was done on a phone without a signal and arrived later; words alone move no deadline."""
    steps = incident.steps.filter(data__has_key="captured_at").exclude(move="comment")
    return [{"what": named(step)[0], "captured": Capture.read(step.data)} for step in steps.order_by("seq")]


def _line(stretch: Stretch, reasons: dict[str, str]) -> dict[str, Any]:
    """A stretch with its reason in words; the holiday's own name only where it says more than the reason does."""
    reason = reasons[stretch.reason]
    begin, end = timezone.localdate(stretch.begin), timezone.localdate(stretch.end)
    label = "" if stretch.label == reason else stretch.label
    return {"stretch": stretch, "reason": reason, "label": label, "same_day": begin == end}


def _shown(
    found: Explanation, reasons: dict[str, str], units: dict[int, Unit], proof: Mapping[str, list[Attachment]]
) -> dict[str, Any]:
    clock = found.clock
    rungs = rungs_of(clock)
    return {
        "found": found,
        "clock": clock,
        "label": Stage(clock.stage).label,
        "day": day(clock),
        "origin": basis_said(clock.basis),
        "climb": climb_said(clock.ladder_basis),
        "pauses": [{"row": row, "proof": proof.get(str(row.asked_in), [])} for row in clock.pauses.all()],
        "replans": [{"row": row, "parts": replan_said(row)} for row in clock.replans.all()],
        "lines": [_line(stretch, reasons) for stretch in found.stretches],
        "levels": [{"step": step, "rule": threshold(step.level, rungs[step.level])} for step in found.levels],
        "handed": [
            {"row": row, "from": units.get(row.from_unit_id or 0), "to": units.get(row.to_unit_id or 0)}
            for row in found.hand_overs
        ],
    }
