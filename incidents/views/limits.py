"""时限: the table of limits, edited line by line with what would move beside it, in versions; and a street's own."""

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
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
from gridgov.typed import number, posted
from grids import permissions
from grids.models import Area
from grids.permissions import Perm
from incidents.actions.limits import change_limits, may_change, sealed, unsealed
from incidents.limit_forms import LineForm, QuietForm, UnitHoursForm
from incidents.limit_table import Table, otherwise, streets
from incidents.limit_words import scope_said
from incidents.limits import EMERGENCY, ORDINARY, Rules, Today, todays
from incidents.models import Category, LimitVersion
from incidents.what_if import impact
from incidents.workflow import Stage
from teams.models import Unit


def _may(request: SignedInRequest) -> None:
    permissions.require_anywhere(request.user, Perm.EDIT_CATALOGUE)


def _street(request: SignedInRequest, key: int) -> Area | None:
    """The street whose own table is looked at; None for the whole installation's. PermissionDenied, or 404."""
    found = get_object_or_404(Area, pk=key, kind=Area.Kind.STREET) if key else None
    if not may_change(request.user, found):
        raise PermissionDenied(_("Your posts do not include this: %(what)s.") % {"what": found or _("every street")})
    return found


@require_safe
def limits(request: SignedInRequest, street: int = 0) -> HttpResponse:
    """The whole table: the last lines first, then every entry under its heading."""
    _may(request)
    found = _street(request, street) if street else None
    table = Table.of(todays(), found)
    context = {
        "street": found,
        "streets": streets(request.user, table.among.rules),
        "may_edit": found is not None or may_change(request.user, None),
        "headings": table.headings(),
        "stages": Stage.labels,
        "last": table.last(),
        "last_stages": [Stage(stage).label for stage in table.among.rules.lines[ORDINARY]],
        "hours": table.hours(),
        "quiet": [clock_time(minute) for minute in table.among.rules.quiet],
        "number": table.among.number,
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
    labels, names = dict(Stage.choices), dict(newest().values_list("ladder_id", "ladder__name"))
    return {
        "impact": found,
        "moved": [
            {
                "one": one,
                "stage": labels[one.clock.stage],
                "ladder": names.get(one.terms.ladder.ladder_id, "") if one.terms.ladder else "",
            }
            for one in found.shown
        ],
        "may_read": permissions.scope(request.user).holds(Perm.VIEW_INCIDENTS),
        "sealed": sealed(rules, among.number),
        "nothing": rules.as_json() == among.rules.as_json(),
    }


def _edit(request: SignedInRequest, among: Today, form: Any, template: str, **context: Any) -> HttpResponse:
    rules = form.apply(among.rules) if request.method == "POST" and form.is_valid() else None
    return _editor(request, among, form, rules, template, **context)


def _choices(among: Today) -> list[tuple[str, str]]:
    return [(version.calendar.code, version.calendar.name) for version in among.versions]


def _entry(scope: str) -> Category | None:
    entry = Category.objects.filter(code=scope).first()
    if entry is None and scope not in (ORDINARY, EMERGENCY):
        raise Http404
    return entry


@require_http_methods(["GET", "HEAD", "POST"])
def line(request: SignedInRequest, scope: str, street: int = 0) -> HttpResponse:
    """One line: a category's, a heading's, or one of the last two; of a street what it says otherwise."""
    _may(request)
    found, entry, among = _street(request, street), _entry(scope), todays()
    rules = _with_figures(among, entry)
    known = list(newest().values_list("ladder__code", "ladder__name"))
    form = LineForm(
        request.POST or None, scope=scope, rules=rules, calendars=_choices(among), ladders=known, street=street,
        otherwise=otherwise(among, rules, scope, entry, street),
    )  # fmt: skip
    heading = _("Limits: %(line)s") % {"line": scope_said(scope)}
    own = among.rules.own(street).says(scope)
    template = "incidents/limits/line.html"
    return _edit(request, among, form, template, heading=heading, entry=entry, street=found, scope=scope, own=own)


def _with_figures(among: Today, entry: Category | None) -> Rules:
    """The table with the catalogue's own figures of an entry written into its line, and the ladders it climbs."""
    rules = among.rules
    standard = {ORDINARY: "standard", EMERGENCY: "emergency"} | dict(rules.ladders)
    lines = {scope: dict(said) for scope, said in rules.lines.items()}
    if entry is not None and entry.major_id is not None:
        for stage in (Stage.HANDLE, Stage.PROMISE):
            found = rules.found(entry, stage)
            if found.amount is not None and found.scope == "catalogue":
                lines.setdefault(entry.code, {})[stage] = found.amount
    return replace(rules, lines=lines, ladders=standard)


@require_safe
def inherit(request: SignedInRequest, street: int, scope: str) -> HttpResponse:
    """What would move if a street's line were as in the whole installation again."""
    _may(request)
    found, among = _street(request, street), todays()
    _entry(scope)
    heading = _("%(line)s as in the whole installation") % {"line": scope_said(scope)}
    rules = among.rules.with_line(scope, {}, "", street)
    template = "incidents/limits/small.html"
    return _editor(request, among, forms.Form(), rules, template, heading=heading, what="inherit", street=found)


@require_http_methods(["GET", "HEAD", "POST"])
def unit_hours(request: SignedInRequest) -> HttpResponse:
    """A calendar of its own for a unit: a property manager, a night shift."""
    _may(request)
    _street(request, 0)
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
    _street(request, 0)
    among = todays()
    form = QuietForm(request.POST or None, rules=among.rules)
    return _edit(request, among, form, "incidents/limits/small.html", heading=_("Quiet hours"), what="quiet")


@require_safe
def versions(request: SignedInRequest) -> HttpResponse:
    """Every state the table had; any of them may be restored."""
    _may(request)
    rows = LimitVersion.objects.select_related("created_by").defer("rules")[:100]
    context = {"rows": rows, "may_edit": may_change(request.user, None)}
    return render(request, "incidents/limits/versions.html", context)


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
    """Make a looked-at table the next version; what runs moves along unless it shall stay."""
    _may(request)
    try:
        rules, base = unsealed(request.POST.get("proposal", ""))
        note, running = posted(request, "note"), request.POST.get("running") != "stay"
        version, count = change_limits(rules, base=base, note=note, running=running, by=request.user, now=now(request))
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
    street = number(request.POST.get("street"))
    return redirect("limits:street", street) if street else redirect("limits:list")
