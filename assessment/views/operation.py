"""运行状态: whether the system looks after itself, for the system administrator; and the banner for the office."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Min, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from assessment import actions, signs, watch
from gridgov.accounts.requests import SignedInRequest
from gridgov.clock import calendars, checks
from gridgov.clock.actions import Refused
from gridgov.clock.models import CheckRun, Clock
from gridgov.dbtime import now
from gridgov.health.models import Heartbeat
from gridgov.ids import uuid7_floor
from gridgov.notices.models import Outbox, OutboxState
from grids import permissions
from grids.permissions import Perm
from teams.views.deliveries import WAYS

SHOWN = 20
GIVEN_UP = timedelta(days=7)  # how far back messages that were given up are counted
HEAR_ALARMS = (Perm.VIEW_BOARD, Perm.SUPERVISE_INCIDENTS, Perm.OPERATE_SYSTEM)


def _channels(at: datetime) -> Any:
    """Waiting, refused and given-up messages by channel; one statement."""
    lately = Q(state=OutboxState.FAILED, id__gte=uuid7_floor(at - GIVEN_UP))
    rows = Outbox.objects.filter(Q(state=OutboxState.WAITING) | lately).values("channel").order_by("channel")
    waiting = Q(state=OutboxState.WAITING)
    found = rows.annotate(
        waiting=Count("pk", filter=waiting),
        again=Count("pk", filter=waiting & Q(attempts__gt=0)),
        failed=Count("pk", filter=lately),
        next_at=Min("next_at", filter=waiting),
    )
    names = {code: label for code, label, _settings in WAYS}
    return [{**row, "label": names.get(row["channel"], row["channel"])} for row in found]


def _found() -> list[dict[str, Any]]:
    """The last run of each regular check with its findings in words; one statement."""
    return [
        {
            "code": run.code,
            "at": run.at,
            "findings": [{"words": signs.finding(one.code), "one": one} for one in checks.found_by(run)],
        }
        for run in CheckRun.objects.order_by("code")
    ]


def _context(request: SignedInRequest) -> dict[str, Any]:
    at = now(request)
    found = watch.vitals(at)
    seen = dict(Heartbeat.objects.order_by("process").values_list("process", "seen_at"))
    lines = [
        *signs.processes(found, seen),
        *signs.deadlines(found, seen),
        *signs.flows(found),
        signs.log(found),
        signs.calendar(calendars.missing_years(at)),
        signs.space(found),
    ]
    stuck = Clock.objects.running().filter(attempts__gt=0).order_by("next_at")[:SHOWN] if found.poison else []
    return {
        "now": at,
        "signs": lines,
        "alarms": sum(1 for one in lines if one.state),
        "stuck": stuck,
        "channels": _channels(at),
        "checks": _found(),
    }


@require_safe
@never_cache
def status(request: SignedInRequest) -> HttpResponse:
    """All signs; its body is asked for again while the page is looked at."""
    permissions.require_anywhere(request.user, Perm.OPERATE_SYSTEM)
    part = request.headers.get("HX-Target") == "operation"
    template = "assessment/operation/body.html" if part else "assessment/operation/status.html"
    return render(request, template, _context(request))


@require_POST
def retry(request: SignedInRequest, clock_id: UUID) -> HttpResponse:
    """Try one stuck deadline again at the next sweep."""
    permissions.require_anywhere(request.user, Perm.OPERATE_SYSTEM)
    clock = Clock.objects.filter(pk=clock_id).first()
    if clock is None:
        raise Http404
    try:
        actions.retry_clock(clock, by=request.user, now=now(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("It is tried again within a few seconds."))
    return redirect("operation:status")


@require_POST
def check(request: SignedInRequest) -> HttpResponse:
    """Make the hourly check now."""
    permissions.require_anywhere(request.user, Perm.OPERATE_SYSTEM)
    found = actions.check_clocks(by=request.user, now=now(request))
    if found:
        text = ngettext("%(count)s thing does not add up.", "%(count)s things do not add up.", found)
        messages.warning(request, text % {"count": found})
    else:
        messages.success(request, _("Checked: everything adds up."))
    return redirect("operation:status")


@require_safe
@never_cache
def alarm(request: SignedInRequest) -> HttpResponse:
    """The banner of boards and lists: asked for by the page, empty while deadlines are looked after in time."""
    scope = permissions.scope(request.user)
    found = watch.alarm() if any(scope.holds(perm) for perm in HEAR_ALARMS) else None
    return render(
        request, "assessment/operation/alarm.html", {"alarm": found, "may_operate": scope.holds(Perm.OPERATE_SYSTEM)}
    )
