"""工作日历: which years are entered, a year at a glance, and edits that are looked at before they are saved."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.clock import calendars as kernel
from gridgov.clock.actions import Refused
from gridgov.clock.arithmetic import EPOCH, HORIZON_YEARS
from gridgov.clock.calendar_actions import Moved, change_calendar, changes, create_calendar, impact
from gridgov.clock.models import CalendarVersion
from gridgov.clock.proposals import Proposal, as_lines, closed_word, hours_text, open_word
from gridgov.dbtime import now
from gridgov.typed import number, posted
from grids import permissions
from grids.permissions import Perm
from incidents.actions.limits import may_change, require_everywhere
from incidents.calendar_forms import ArrangementForm, DayForm, HoursForm
from incidents.models import Incident
from incidents.waits import SUBJECT
from incidents.workflow import Stage
from incidents.year_view import kind_of, legend, marks, short, week_in_words, year_of

YEARS = range(EPOCH.year + 1, EPOCH.year + HORIZON_YEARS)  # those in which working time is counted
DAYS_SHOWN = 40


def load(request: SignedInRequest, code: str, *, edit: bool = True) -> CalendarVersion:
    """The newest version of a calendar, for who may change calendars; natural time has nothing to edit.

    To look at is enough who keeps one street's; a change counts in all of them.
    """
    permissions.require_anywhere(request.user, Perm.EDIT_CALENDARS)
    if edit:
        require_everywhere(request.user, Perm.EDIT_CALENDARS)
    found = CalendarVersion.objects.filter(calendar__code=code).select_related("calendar", "created_by")
    version = found.order_by("-number").first()
    if version is None or version.calendar.is_always:
        raise Http404
    return version


@require_safe
def calendars(request: SignedInRequest) -> HttpResponse:
    """Every calendar with its hours and the years that are entered."""
    permissions.require_anywhere(request.user, Perm.EDIT_CALENDARS)
    found = kernel.newest()
    rows = [{"version": version, "week": week_in_words(version.weekly)} for version in found]
    context = {"rows": rows, "this_year": timezone.localdate().year, "missing": kernel.missing_of(found, now(request))}
    context["may_edit"] = may_change(request.user, None, Perm.EDIT_CALENDARS)
    return render(request, "incidents/calendars/list.html", context)


@require_POST
def create(request: SignedInRequest) -> HttpResponse:
    """A further calendar, begun as another one is; then its hours."""
    permissions.require_anywhere(request.user, Perm.EDIT_CALENDARS)
    like = load(request, posted(request, "like", 80))
    try:
        made = create_calendar(name=posted(request, "name", 80), like=like, by=request.user, now=now(request))
    except Refused as error:
        messages.error(request, str(error))
        return redirect("calendars:list")
    return redirect("calendars:hours", made.calendar.code)


@require_safe
def year(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    """Twelve small months; each day leads to its own form."""
    version = load(request, code, edit=False)
    if year not in YEARS:
        raise Http404
    context = {
        "version": version,
        "year": year,
        "months": year_of(version, year, timezone.localdate()),
        "legend": [(kind, words, marks()[kind]) for kind, words in legend().items()],
        "entered": year in version.years,
        "week": week_in_words(version.weekly),
        "weekdays": [(name, short(number)) for number, name in WEEKDAYS.items()],
        "missing": [one for one in kernel.missing_of([version], now(request)) if one[1] != year],
        "may_edit": may_change(request.user, None, Perm.EDIT_CALENDARS),
        "previous": year - 1 if year - 1 in YEARS else None,
        "next": year + 1 if year + 1 in YEARS else None,
    }
    return render(request, "incidents/calendars/year.html", context)


def _look(request: SignedInRequest, version: CalendarVersion, proposal: Proposal, year: int) -> HttpResponse:
    """What a proposal would change and move, with the button that saves it."""
    found = impact(version.calendar, proposal, now=now(request))
    days = []
    for iso in changes(version, proposal):
        before, after = version.exceptions.get(iso), proposal.exceptions.get(iso)
        days.append({"day": date.fromisoformat(iso), "before": _said(before), "after": _said(after)})
    context = {
        "version": version,
        "proposal": proposal,
        "sealed": proposal.sealed(),
        "now": now(request),
        "year": year,
        "week": week_in_words(proposal.weekly) if proposal.weekly != version.weekly else [],
        "new_years": sorted(set(proposal.years) - set(version.years)),
        "lost_years": sorted(set(version.years) - set(proposal.years)),
        "days": days[:DAYS_SHOWN],
        "more_days": max(len(days) - DAYS_SHOWN, 0),
        "impact": found,
        "moved": _with_cases(found.shown),
        "may_read": permissions.scope(request.user).holds(Perm.VIEW_INCIDENTS),
        "nothing": Proposal.of(version) == proposal,
    }
    return render(request, "incidents/calendars/check.html", context)


def _with_cases(moved: Sequence[Moved]) -> list[dict[str, Any]]:
    """The deadlines that move, each with its case and the name of its stage; what no case stands for has none."""
    stages = dict(Stage.choices)
    cases = Incident.objects.in_bulk([one.clock.subject_id for one in moved if one.clock.subject_kind == SUBJECT])
    return [
        {"one": one, "case": cases.get(one.clock.subject_id), "stage": stages.get(one.clock.stage, one.clock.stage)}
        for one in moved
    ]


def _said(entry: dict[str, Any] | None) -> str:
    if entry is None:
        return _("as the week says")
    return " ".join(part for part in (hours_text(entry["segments"]) or _("closed"), entry.get("label", "")) if part)


def _edit(request: SignedInRequest, version: CalendarVersion, form: forms.Form, **context: Any) -> HttpResponse:
    context |= {"version": version, "form": form}
    return render(request, "incidents/calendars/edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: SignedInRequest, code: str) -> HttpResponse:
    """The hours of each weekday."""
    version = load(request, code)
    proposal, this = Proposal.of(version), timezone.localdate().year
    form = HoursForm(request.POST or None, proposal=proposal)
    if request.method == "POST" and form.is_valid():
        return _look(request, version, proposal.with_hours(form.cleaned_data["weekly"]), this)
    return _edit(request, version, form, heading=_("Weekly hours"), year=this, what="hours")


@require_http_methods(["GET", "HEAD", "POST"])
def day(request: SignedInRequest, code: str, iso: str) -> HttpResponse:
    """One date that differs from the week."""
    version = load(request, code)
    try:
        on = date.fromisoformat(iso)
    except ValueError:
        raise Http404 from None
    if on.year not in YEARS:
        raise Http404
    proposal = Proposal.of(version)
    form = DayForm(request.POST or None, proposal=proposal, iso=on.isoformat())
    if request.method == "POST" and form.is_valid():
        return _look(request, version, proposal.with_day(on, **form.cleaned_data), on.year)
    kind = legend()[kind_of(version, on)]
    return _edit(request, version, form, heading=on.isoformat(), year=on.year, what="day", on=on, kind=kind)


@require_http_methods(["GET", "HEAD", "POST"])
def arrangement(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    """The public arrangement of a year as lines of text."""
    version = load(request, code)
    if year not in YEARS:
        raise Http404
    proposal = Proposal.of(version)
    initial = {"lines": as_lines(proposal, year)}
    form = ArrangementForm(request.POST or None, request.FILES or None, proposal=proposal, year=year, initial=initial)
    if request.method == "POST" and form.is_valid():
        return _look(request, version, proposal.with_year(year, form.days), year)
    heading = _("Arrangement of %(year)s") % {"year": year}
    words = {"open_word": open_word(), "closed_word": closed_word()}
    return _edit(request, version, form, heading=heading, year=year, what="arrangement", **words)


@require_safe
def versions(request: SignedInRequest, code: str) -> HttpResponse:
    """Every version the calendar had, the newest first; any of them may be restored."""
    version = load(request, code, edit=False)
    found = CalendarVersion.objects.filter(calendar=version.calendar).select_related("created_by").order_by("-number")
    context = {"version": version, "rows": found[:100], "this_year": timezone.localdate().year}
    return render(request, "incidents/calendars/versions.html", context)


@require_safe
def restore(request: SignedInRequest, code: str, number: int) -> HttpResponse:
    """What would change if an earlier version were made the newest again."""
    version = load(request, code)
    earlier = get_object_or_404(CalendarVersion, calendar=version.calendar, number=number)
    return _look(request, version, Proposal.of(earlier, version.number), timezone.localdate().year)


@require_POST
def save(request: SignedInRequest, code: str) -> HttpResponse:
    """Make a looked-at proposal the next version."""
    version = load(request, code)
    try:
        proposal = Proposal.unsealed(request.POST.get("proposal", ""))
        made, clocks = change_calendar(version.calendar, proposal=proposal, by=request.user, now=now(request))
    except BadSignature:
        messages.error(request, _("This page was open for too long. Enter your change again."))
    except (Refused, ValidationError) as error:
        messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
    else:
        said = ngettext(
            "Saved as version %(number)s. %(count)s running deadline was worked out again.",
            "Saved as version %(number)s. %(count)s running deadlines were worked out again.",
            len(clocks),
        )
        messages.success(request, said % {"number": made.number, "count": len(clocks)})
    shown = number(request.POST.get("year"))
    return redirect("calendars:year", version.calendar.code, shown if shown in YEARS else timezone.localdate().year)
