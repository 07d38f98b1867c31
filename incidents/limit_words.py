"""Limits and ladders in the words people use: "75 % of the limit → the holding unit"."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gridgov.clock.calendars import value_of
from gridgov.clock.ladder import DAYS, HOURS, MINUTES, Rung, seconds_of
from gridgov.clock.levels import Level
from gridgov.clock.models import CalendarVersion, Replan
from gridgov.look import exact, work_span
from grids.models import Area
from incidents.audience import ALL, HEAD, KINDS, LEVELS
from incidents.limits import CATALOGUE, EMERGENCY, FORMULA, ORDINARY, Amount
from incidents.models import Audience, Category
from teams.roles import Role


def said(amount: float, unit: str) -> str:
    """2 → "2 hours"; 0.5 → "0.5 hours"."""
    shown = f"{amount:g}"
    count = int(amount) if float(amount).is_integer() else 2
    if unit == DAYS:
        return ngettext("%(n)s working day", "%(n)s working days", count) % {"n": shown}
    if unit == MINUTES:
        return ngettext("%(n)s minute", "%(n)s minutes", count) % {"n": shown}
    return ngettext("%(n)s hour", "%(n)s hours", count) % {"n": shown}


def amount_said(amount: Amount, calendars: dict[str, CalendarVersion]) -> str:
    """An amount of the table, with the calendar where it names one; a natural day is no working day."""
    version = calendars.get(amount.calendar)
    if version is None:
        office = next((one for one in calendars.values() if one.calendar.is_default), None)
        seconds = seconds_of(amount.amount, HOURS, 0) if amount.unit == HOURS else 0
        if office is not None and seconds >= value_of(office).day_seconds:
            return work_span(seconds, value_of(office).day_seconds)
        return said(amount.amount, amount.unit)
    if version.calendar.is_always and amount.unit == DAYS:
        count = int(amount.amount) if float(amount.amount).is_integer() else 2
        return ngettext("%(n)s calendar day", "%(n)s calendar days", count) % {"n": f"{amount.amount:g}"}
    return f"{said(amount.amount, amount.unit)} · {version.calendar.name}"


def threshold(level: Level, rung: Rung) -> str:
    """When a level is reached."""
    if level == Level.LATE:
        return _("the limit is used up")
    parts = []
    if rung.percent is not None:
        parts.append(_("%(percent)s%% of the limit is used") % {"percent": rung.percent})
    if rung.amount is not None and rung.amount < 0:
        parts.append(
            _("for limits of up to a day already %(time)s before the end") % {"time": said(-rung.amount, rung.unit)}
        )
    elif rung.amount is not None:
        after = _("%(time)s after the limit") % {"time": said(rung.amount, rung.unit)}
        parts.append(_("or %(after)s, whichever comes first") % {"after": after} if parts else after)
    if rung.gap:
        parts.append(_("at least %(time)s after the level before") % {"time": said(rung.gap, rung.gap_unit)})
    return _(", ").join(parts)


def told(audience: Audience, level: int) -> str:
    """Who hears of a level."""
    line, parts = audience.at(level), []
    if line["unit"] == ALL:
        parts.append(_("everybody in the unit that holds the incident"))
    elif line["unit"] == HEAD:
        parts.append(_("the head of the unit that holds the incident"))
    grouped: dict[tuple[str, ...], list[str]] = {}
    for kind in KINDS:
        if roles := line["roles"].get(kind):
            grouped.setdefault(tuple(roles), []).append(kind)
    for found, kinds in grouped.items():
        places = _("/").join(str(Area.Kind(kind).label) for kind in kinds)
        parts.append(_("%(place)s: %(roles)s") % {"place": places, "roles": _(", ").join(_roles(found))})
    return _("; ").join(parts) or _("nobody")


def _roles(roles: Iterable[str]) -> list[str]:
    return [str(Role(role).label) for role in roles if role in Role.values]


def ladder_said(rungs: dict[Level, Rung], audience: Audience) -> list[dict[str, Any]]:
    """Level by level: when, and who hears of it."""
    return [
        {"level": level, "when": threshold(level, rungs[level]), "who": told(audience, level)}
        for level in LEVELS
        if level in rungs
    ]


def scope_said(scope: str) -> str:
    """What a line of the table is about."""
    if scope == ORDINARY:
        return _("ordinary incidents")
    if scope == EMERGENCY:
        return _("emergencies")
    entry = Category.objects.filter(code=scope).first()
    return f"{entry.code} {entry.label}" if entry else scope


def basis_said(basis: str) -> str:
    """Where a clock's limit comes from: "the line “…” of the limits, version 3"."""
    scope, number, street = (*basis.split("@"), "", "")[:3]
    if not scope:
        return ""
    if scope == CATALOGUE:
        return _("the catalogue's own figure")
    if scope == FORMULA:
        return _("a day to accept it plus twice the time to handle it, because nothing else is set")
    facts = {"line": scope_said(scope), "number": number}
    if street and (area := Area.objects.filter(pk=int(street)).first()):
        facts["street"] = area.name
        return _("%(street)s's own line “%(line)s” of the limits, version %(number)s") % facts
    return _("the line “%(line)s” of the limits, version %(number)s") % facts


def climb_said(basis: str) -> str:
    """What names a clock's ladder: "the line “…” for what waits for the street, version 3"; "" when no line does."""
    line, number, street = (*basis.split("@"), "", "")[:3]
    if not line:
        return ""
    scope, _colon, level = line.partition(":")
    facts = {"line": scope_said(scope), "number": number, "level": level_said(level)}
    if street and (area := Area.objects.filter(pk=int(street)).first()):
        facts["street"] = area.name
        if level:
            return _("%(street)s's own line “%(line)s” for %(level)s, version %(number)s of the limits") % facts
        return _("%(street)s's own line “%(line)s” of the limits, version %(number)s") % facts
    if level:
        return _("the line “%(line)s” for %(level)s, version %(number)s of the limits") % facts
    return _("the line “%(line)s” of the limits, version %(number)s") % facts


def level_said(level: str) -> str:
    """For whom a ladder counts that is not for all: by the level of the area of whom a case waits for."""
    return {
        Area.Kind.GRID: _("what waits for a grid"),
        Area.Kind.COMMUNITY: _("what waits for a community"),
        Area.Kind.STREET: _("what waits for the street"),
        Area.Kind.DISTRICT: _("what waits for the district"),
    }.get(level, "")  # type: ignore[call-overload]


def replan_said(row: Replan) -> list[str]:
    """What a clock was counted by before an edit and since: each part that changed, before → after."""
    limits = [
        work_span(budget, value_of(version).day_seconds)
        for budget, version in ((row.old_budget, row.old_calendar), (row.new_budget, row.new_calendar))
    ]
    moments = [exact(at) if at else _("paused") for at in (row.old_due_at, row.new_due_at)]
    parts = [
        (_("limit %(before)s → %(after)s"), limits, row.old_budget != row.new_budget),
        (_("calendar %(before)s → %(after)s"), *_versions(row.old_calendar, row.new_calendar, "calendar")),
        (_("ladder %(before)s → %(after)s"), *_versions(row.old_ladder, row.new_ladder, "ladder")),
        (_("due %(before)s → %(after)s"), moments, row.old_due_at != row.new_due_at),
    ]
    found = [words % {"before": before, "after": after} for words, (before, after), differs in parts if differs]
    return found if row.old_due_at != row.new_due_at else [*found, _("due as before")]


def _versions(before: Any, after: Any, kind: str) -> tuple[list[str], bool]:
    said = [
        _("“%(name)s” version %(number)s") % {"name": getattr(one, kind).name, "number": one.number}
        for one in (before, after)
    ]
    return said, before.pk != after.pk
