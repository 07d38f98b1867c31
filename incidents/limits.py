"""How long each stage may take, where the catalogue does not say (facts.md §1.4, §1.6; defaults of the project)."""

from dataclasses import dataclass
from typing import NamedTuple

from gridgov.clock import calendars
from gridgov.clock.calendars import value_of
from gridgov.clock.models import CalendarVersion
from incidents.models import Category
from incidents.workflow import Stage

MINUTE, HOUR = 60, 3600


@dataclass(frozen=True)
class Limit:
    """Seconds on a calendar, and the ladder that is climbed when they run out."""

    seconds: int
    calendar: CalendarVersion
    ladder: str


# Seconds of working time; 0 stands for one working day of the calendar.
ORDINARY: dict[str, int] = {Stage.ACCEPT: 0, Stage.DISPATCH: 4 * HOUR, Stage.SIGN: 4 * HOUR, Stage.VERIFY: 120 * MINUTE}
# Seconds of natural time: 30 minutes until somebody is there (facts.md §1.6).
EMERGENCY: dict[str, int] = {
    Stage.ACCEPT: 10 * MINUTE,
    Stage.DISPATCH: 10 * MINUTE,
    Stage.SIGN: 10 * MINUTE,
    Stage.VERIFY: 120 * MINUTE,
}


class Calendars(NamedTuple):
    """The two that limits are counted on, as they are today."""

    office: CalendarVersion
    always: CalendarVersion


def todays() -> Calendars:
    """Both in one query. ImproperlyConfigured when one is missing."""
    found = {version.calendar.code: version for version in calendars.newest()}
    office = next((version for version in found.values() if version.calendar.is_default), None)
    return Calendars(office or calendars.default(), found.get(calendars.NATURAL) or calendars.always())


def calendar_for(category: Category, among: Calendars) -> CalendarVersion:
    """Working or natural time, as the category says; emergencies always run on natural time."""
    natural = category.is_emergency or category.clock == Category.Clock.NATURAL
    return among.always if natural else among.office


def limit_for(category: Category, stage: str, among: Calendars) -> Limit:
    """The limit of one stage of a category, the promise included."""
    ladder = "emergency" if category.is_emergency else "standard"
    if stage == Stage.HANDLE:
        return Limit(category.handle_seconds, calendar_for(category, among), ladder)
    if stage == Stage.PROMISE:
        return Limit(promise_seconds(category, among), calendar_for(category, among), ladder)
    if category.is_emergency:
        return Limit(EMERGENCY[stage], among.always, ladder)
    return Limit(ORDINARY[stage] or value_of(among.office).day_seconds, among.office, ladder)


def promise_seconds(category: Category, among: Calendars) -> int:
    """What the resident is promised: the catalogue's own figure, or a day to take it in plus twice the handling."""
    if category.promise_seconds is not None:
        return category.promise_seconds
    day = value_of(calendar_for(category, among)).day_seconds
    return day // (12 if category.is_emergency else 1) + 2 * category.handle_seconds
