"""Changing what a calendar says: always a new version, and what runs is worked out anew in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from gridgov.clock.actions import Refused, replan
from gridgov.clock.calendars import value_of
from gridgov.clock.many import Columns, Shift, Timeline, alike, farthest, instant, micros
from gridgov.clock.models import CalendarVersion, Clock, WorkCalendar
from gridgov.clock.proposals import Proposal, check

SHOWN = 10


@dataclass(frozen=True)
class Moved:
    """One running clock whose due time a proposal would move."""

    clock: Clock
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True)
class Impact:
    """What saving a proposal would do to the clocks that run by the calendar now; `shown` are those that move most."""

    running: int
    moved: int
    shift: Shift
    late_at_once: int
    shown: tuple[Moved, ...]


def impact(calendar: WorkCalendar, proposal: Proposal, *, now: datetime) -> Impact:
    """Work out, without saving, which running clocks would move and by how much."""
    clocks = Columns.of(Clock.objects.running().filter(calendar_version__calendar=calendar))
    before, after = np.full(len(clocks), np.nan), np.full(len(clocks), np.nan)
    versions = CalendarVersion.objects.select_related("calendar").in_bulk({int(pk) for pk in clocks.calendars})
    limits = clocks.budgets + clocks.extra
    for (pk,), places in alike(clocks.calendars):
        then = Timeline(proposal.value(versions[pk].zone))
        before[places] = clocks.due_by(places, Timeline(value_of(versions[pk])), limits[places])
        after[places] = clocks.due_by(places, then, limits[places])
    moved = np.flatnonzero((before != after) & ~np.isnan(before) & ~np.isnan(after))
    late = (after[moved] <= micros(now)) & (before[moved] > micros(now))
    first = farthest(moved, before, after, SHOWN)
    known = Clock.objects.in_bulk([clocks.keys[n] for n in first])
    shown = tuple(Moved(known[clocks.keys[n]], instant(before[n]), instant(after[n])) for n in first)
    return Impact(len(clocks), len(moved), Shift.between(before[moved], after[moved]), int(late.sum()), shown)


def _newest(calendar: WorkCalendar) -> CalendarVersion:
    """The newest version under the calendar's lock: of two people who save at once the second is refused."""
    WorkCalendar.objects.select_for_update().get(pk=calendar.pk)
    return CalendarVersion.objects.filter(calendar=calendar).order_by("-number").select_related("calendar")[0]


def _refuse_nonsense(newest: CalendarVersion, proposal: Proposal) -> None:
    if newest.calendar.is_always:
        raise Refused(_("“Around the clock” cannot be changed."))
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
    """A further calendar that begins as another one is now: hours of a unit's own. Refused when the name is taken.

    Names and codes are compared and given in turn: all calendars are locked, so of two who make one at once the second
    waits and sees the first's.
    """
    name, known = " ".join(name.split()), list(WorkCalendar.objects.select_for_update().order_by("pk"))
    if not name:
        raise Refused(_("A calendar needs a name."))
    if name.casefold() in {one.name.casefold() for one in WorkCalendar.objects.all()}:
        raise Refused(_("There is a calendar of this name already."))
    if like.calendar.is_always:
        raise Refused(_("“Around the clock” cannot be changed."))
    number = len(known) + 1
    while WorkCalendar.objects.filter(code=f"calendar-{number}").exists():
        number += 1
    calendar = WorkCalendar.objects.create(code=f"calendar-{number}", name=name)
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
