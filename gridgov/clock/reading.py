"""Clocks with all that their plans are made of, however many run: what many share is read and understood once."""

from django.db.models import prefetch_related_objects

from gridgov.clock.models import CalendarVersion, Clock, ClockQuerySet, LadderVersion


def with_plans(rows: ClockQuerySet) -> list[Clock]:
    """The clocks, each with its calendar, ladder, pauses and extensions: five statements.

    Joined to each row, the dates of one calendar were read twenty thousand times: nine tenths of a what-if's time.
    Only a clock whose revision was raised can have a pause or an extension.
    """
    clocks = list(rows)
    calendars = CalendarVersion.objects.select_related("calendar").in_bulk({one.calendar_version_id for one in clocks})
    ladders = LadderVersion.objects.select_related("ladder").in_bulk({one.ladder_version_id for one in clocks})
    for clock in clocks:
        clock.calendar_version = calendars[clock.calendar_version_id]
        clock.ladder_version = ladders[clock.ladder_version_id]
    prefetch_related_objects([clock for clock in clocks if clock.revision > 1], "pauses", "extensions")
    return clocks
