"""时限: the table of limits, edited line by line with what would move beside it, in versions."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.clock.actions import Refused
from gridgov.clock.ladders import newest
from gridgov.clock.proposals import clock_time
from gridgov.dbtime import now
from grids import permissions
from grids.permissions import Perm
from incidents.actions.limits import change_limits, impact, sealed, unsealed
from incidents.limit_forms import LineForm, QuietForm, UnitHoursForm
from incidents.limit_words import amount_said, scope_said
from incidents.limits import EMERGENCY, ORDINARY, Rules, Today, todays
from incidents.models import Category, LimitVersion
from incidents.workflow import Stage
from teams.models import Unit


def _may(request: SignedInRequest) -> None:
    permissions.require_anywhere(request.user, Perm.EDIT_CATALOGUE)


def _cells(among: Today, category: Category) -> list[dict[str, Any]]:
    """One cell for each stage: the amount, and whether the line says so itself."""
    cells = []
    for stage in Stage.values:
        basis, found = among.rules.amount(category, stage)
        text = amount_said(found, among.by_code) if found else _("by rule")
        cells.append({"text": text, "own": basis in (category.code, "catalogue"), "stage": Stage(stage).label})
    return cells


def _headings(among: Today) -> list[dict[str, Any]]:
    names = {one.ladder.code: one.ladder.name for one in newest()}
    headings: dict[int, dict[str, Any]] = {}
    for major in Category.objects.majors().order_by("code"):
        own = bool(among.rules.lines.get(major.code) or among.rules.ladders.get(major.code))
        headings[major.pk] = {"major": major, "own": own, "entries": []}
    for entry in Category.objects.exclude(major=None).order_by("code"):
        ladder = names.get(among.rules.ladder(entry), "")
        line = {"entry": entry, "cells": _cells(among, entry), "ladder": ladder}
        headings[entry.major_id or 0]["entries"].append(line)
    return list(headings.values())


def _hours(among: Today) -> list[dict[str, Any]]:
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=among.rules.units)}
    return [
        {"unit": units[code], "calendar": among.by_code[calendar].calendar}
        for code, calendar in sorted(among.rules.units.items())
        if code in units and calendar in among.by_code
    ]


@require_safe
def limits(request: SignedInRequest) -> HttpResponse:
    """The whole table: the last lines first, then every entry under its heading."""
    _may(request)
    among = todays()
    lines = among.rules.lines
    last = [
        {
            "scope": scope,
            "label": scope_said(scope),
            "cells": [amount_said(a, among.by_code) for a in lines[scope].values()],
        }
        for scope in (ORDINARY, EMERGENCY)
    ]
    context = {
        "headings": _headings(among),
        "stages": Stage.labels,
        "last": last,
        "last_stages": [Stage(stage).label for stage in lines[ORDINARY]],
        "hours": _hours(among),
        "quiet": [clock_time(minute) for minute in among.rules.quiet],
        "number": among.number,
    }
    return render(request, "incidents/limits/list.html", context)


def _editor(
    request: SignedInRequest, among: Today, form: Any, rules: Rules | None, template: str, **context: Any
) -> HttpResponse:
    """The form with what would move beside it; for htmx the panel alone."""
    context |= {"form": form, "among": among, "now": now(request), "number": among.number}
    if rules is not None:
        context |= _consequences(rules, among, request)
    if request.headers.get("HX-Request"):
        return render(request, "incidents/limits/impact.html", context)
    return render(request, template, context)


def _consequences(rules: Rules, among: Today, request: SignedInRequest) -> dict[str, Any]:
    found = impact(rules, now=now(request), among=among)
    labels = dict(Stage.choices)
    return {
        "impact": found,
        "moved": [{"one": one, "stage": labels[one.clock.stage]} for one in found.shown],
        "sealed": sealed(rules, among.number),
        "nothing": rules.as_json() == among.rules.as_json(),
    }


def _edit(request: SignedInRequest, among: Today, form: Any, template: str, **context: Any) -> HttpResponse:
    rules = form.apply(among.rules) if request.method == "POST" and form.is_valid() else None
    return _editor(request, among, form, rules, template, **context)


def _choices(among: Today) -> list[tuple[str, str]]:
    return [(version.calendar.code, version.calendar.name) for version in among.versions]


@require_http_methods(["GET", "HEAD", "POST"])
def line(request: SignedInRequest, scope: str) -> HttpResponse:
    """One line: a category's, a heading's, or one of the last two."""
    _may(request)
    entry = Category.objects.filter(code=scope).first()
    if entry is None and scope not in (ORDINARY, EMERGENCY):
        raise Http404
    among = todays()
    known = list(newest().values_list("ladder__code", "ladder__name"))
    form = LineForm(
        request.POST or None, scope=scope, rules=_with_figures(among, entry), calendars=_choices(among),
        ladders=known,
    )  # fmt: skip
    heading = _("Limits: %(line)s") % {"line": scope_said(scope)}
    return _edit(request, among, form, "incidents/limits/line.html", heading=heading, entry=entry)


def _with_figures(among: Today, entry: Category | None) -> Rules:
    """The table with the catalogue's own figures of an entry written into its line, and the ladders it climbs."""
    rules = among.rules
    standard = {ORDINARY: "standard", EMERGENCY: "emergency"} | dict(rules.ladders)
    lines = {scope: dict(said) for scope, said in rules.lines.items()}
    if entry is not None and entry.major_id is not None:
        for stage in (Stage.HANDLE, Stage.PROMISE):
            basis, found = rules.amount(entry, stage)
            if found is not None and basis == "catalogue":
                lines.setdefault(entry.code, {})[stage] = found
    return Rules(lines, standard, rules.units, rules.quiet)


@require_http_methods(["GET", "HEAD", "POST"])
def unit_hours(request: SignedInRequest) -> HttpResponse:
    """A calendar of its own for a unit: a property manager, a night shift."""
    _may(request)
    among = todays()
    units = Unit.objects.visible_to(request.user, Perm.EDIT_CATALOGUE).standing().order_by("name")
    code = request.GET.get("unit", "")
    initial = {"unit": code, "calendar": among.rules.units.get(code, "")}
    form = UnitHoursForm(request.POST or None, units=units, calendars=_choices(among), initial=initial)
    return _edit(request, among, form, "incidents/limits/small.html", heading=_("Hours of a unit"), what="units")


@require_http_methods(["GET", "HEAD", "POST"])
def quiet(request: SignedInRequest) -> HttpResponse:
    """Between which hours nobody is rung."""
    _may(request)
    among = todays()
    form = QuietForm(request.POST or None, rules=among.rules)
    return _edit(request, among, form, "incidents/limits/small.html", heading=_("Quiet hours"), what="quiet")


@require_safe
def versions(request: SignedInRequest) -> HttpResponse:
    """Every state the table had; any of them may be restored."""
    _may(request)
    rows = LimitVersion.objects.select_related("created_by").defer("rules")[:100]
    return render(request, "incidents/limits/versions.html", {"rows": rows})


@require_safe
def restore(request: SignedInRequest, number: int) -> HttpResponse:
    """What would move if an earlier state counted again."""
    _may(request)
    earlier, among = get_object_or_404(LimitVersion, number=number), todays()
    heading = _("Restore version %(number)s") % {"number": number}
    rules = Rules.of(earlier.rules)
    return _editor(request, among, forms.Form(), rules, "incidents/limits/small.html", heading=heading, what="restore")


@require_POST
def save(request: SignedInRequest) -> HttpResponse:
    """Make a looked-at table the next version."""
    _may(request)
    try:
        rules, base = unsealed(request.POST.get("proposal", ""))
        note = request.POST.get("note", "")
        version, count = change_limits(rules, base=base, note=note, by=request.user, now=now(request))
    except BadSignature:
        messages.error(request, _("This page was open for too long. Enter your change again."))
    except (Refused, ValidationError) as error:
        messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
    else:
        text = ngettext(
            "Saved as version %(number)s. %(count)s running deadline was worked out again.",
            "Saved as version %(number)s. %(count)s running deadlines were worked out again.",
            count,
        )
        messages.success(request, text % {"number": version.number, "count": count})
    return redirect("limits:list")
