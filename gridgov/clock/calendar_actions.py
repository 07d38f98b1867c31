"""Changing what a calendar says: always a new version, and what runs is worked out anew in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from gridgov.clock.actions import Refused, given, replan
from gridgov.clock.arithmetic import Calendar, NeverOpen, due
from gridgov.clock.calendars import counting, value_of
from gridgov.clock.models import CalendarVersion, Clock, WorkCalendar
from gridgov.clock.proposals import Proposal, check
from gridgov.clock.reading import with_plans

SHOWN = 10


@dataclass(frozen=True)
class Moved:
    """One running clock whose due time a proposal would move."""

    clock: Clock
    before: datetime
    after: datetime

    @property
    def by(self) -> timedelta:
        """How far, forwards or backwards."""
        return self.after - self.before


@dataclass(frozen=True)
class Impact:
    """What saving a proposal would do to the clocks that run by the calendar now; `moved` has the farthest first."""

    running: int
    moved: tuple[Moved, ...]
    late_at_once: int

    @property
    def later(self) -> list[Moved]:
        """Those that would have more time."""
        return [one for one in self.moved if one.after > one.before]

    @property
    def earlier(self) -> list[Moved]:
        """Those that would have less time."""
        return [one for one in self.moved if one.after < one.before]

    @property
    def shown(self) -> tuple[Moved, ...]:
        """The first of them."""
        return self.moved[:SHOWN]


def _running(calendar: WorkCalendar) -> list[Clock]:
    return with_plans(Clock.objects.running().filter(calendar_version__calendar=calendar))


def _due(clock: Clock, calendar: Calendar) -> datetime | None:
    pauses, extra = given(clock)
    try:
        return due(counting(clock, calendar), clock.started_at, clock.budget + extra, pauses=pauses)
    except NeverOpen:
        return None


def impact(calendar: WorkCalendar, proposal: Proposal, *, now: datetime) -> Impact:
    """Work out, without saving, which running clocks would move and by how much."""
    clocks, moved, late = _running(calendar), list[Moved](), 0
    values: dict[str, Calendar] = {}
    for clock in clocks:
        version = clock.calendar_version
        value = values.setdefault(version.zone, proposal.value(version.zone))
        before, after = _due(clock, value_of(version)), _due(clock, value)
        if before is not None and after is not None and before != after:
            moved.append(Moved(clock, before, after))
            late += after <= now < before
    moved.sort(key=lambda one: abs(one.by), reverse=True)
    return Impact(len(clocks), tuple(moved), late)


def _newest(calendar: WorkCalendar) -> CalendarVersion:
    """The newest version under the calendar's lock: of two people who save at once the second is refused."""
    WorkCalendar.objects.select_for_update().get(pk=calendar.pk)
    return CalendarVersion.objects.filter(calendar=calendar).order_by("-number").select_related("calendar")[0]


def _refuse_nonsense(newest: CalendarVersion, proposal: Proposal) -> None:
    if newest.calendar.is_always:
        raise Refused(_("Natural time cannot be changed."))
    if newest.number != proposal.base:
        raise Refused(
            _("Somebody else has changed this calendar in the meantime. Look at it and enter your change again.")
        )
    if Proposal.of(newest) == proposal:
        raise Refused(_("Nothing has changed."))
    for day in [*proposal.weekly, *(entry["segments"] for entry in proposal.exceptions.values())]:
        check(day)
    if len(proposal.weekly) != 7 or not any(proposal.weekly):
        raise Refused(_("A week needs at least one open hour."))


@transaction.atomic
def change_calendar(
    calendar: WorkCalendar, *, proposal: Proposal, by: Any, now: datetime
) -> tuple[CalendarVersion, Sequence[Clock]]:
    """Save a proposal as the next version and work every running clock of the calendar out anew.

    Refused when the calendar was changed since the proposal was made. The caller has asked for the right.
    """
    newest = _newest(calendar)
    _refuse_nonsense(newest, proposal)
    version = CalendarVersion.objects.create(
        calendar=newest.calendar,
        number=newest.number + 1,
        zone=newest.zone,
        weekly=proposal.weekly,
        exceptions=proposal.exceptions,
        years=proposal.years,
        created_at=now,
        created_by=by,
    )
    running = Clock.objects.running().filter(calendar_version__calendar=calendar)
    clocks = replan(running.only("pk"), calendar=version, by=by, now=now)
    days = _changed(newest.exceptions, proposal.exceptions)
    audit.record(
        "clock.change_calendar",
        version.calendar,
        by=by,
        at=now,
        number=version.number,
        hours=newest.weekly != proposal.weekly,
        days=days[:50],
        count=len(days),
        clocks=len(clocks),
    )
    return version, clocks


@transaction.atomic
def create_calendar(*, name: str, like: CalendarVersion, by: Any, now: datetime) -> CalendarVersion:
    """A further calendar that begins as another one is now: hours of a unit's own."""
    if not name.strip() or WorkCalendar.objects.filter(name=name.strip()).exists():
        raise Refused(_("There is a calendar of this name already."))
    if like.calendar.is_always:
        raise Refused(_("Natural time cannot be changed."))
    number = WorkCalendar.objects.count() + 1
    while WorkCalendar.objects.filter(code=f"calendar-{number}").exists():
        number += 1
    calendar = WorkCalendar.objects.create(code=f"calendar-{number}", name=name.strip())
    version = CalendarVersion.objects.create(
        calendar=calendar,
        number=1,
        zone=like.zone,
        weekly=like.weekly,
        exceptions=like.exceptions,
        years=like.years,
        created_at=now,
        created_by=by,
    )
    audit.record("clock.create_calendar", calendar, by=by, at=now, like=like.calendar.code)
    return version


def _changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return sorted(iso for iso in before.keys() | after.keys() if before.get(iso) != after.get(iso))


def changes(newest: CalendarVersion, proposal: Proposal) -> list[str]:
    """The dates on which a proposal differs from the newest version, in order."""
    return _changed(newest.exceptions, proposal.exceptions)
