"""A calendar's year as twelve small months: what each day is, in a word and not by colour alone."""

from calendar import Calendar as Weeks
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.dates import MONTHS, WEEKDAYS_ABBR
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from gridgov.clock.models import CalendarVersion
from gridgov.clock.proposals import hours_text

OPEN, CLOSED, HOLIDAY, MAKE_UP, OWN = "open", "closed", "holiday", "make-up", "own"


@dataclass(frozen=True)
class Day:
    """One day of the year view. `mark` is the word in the cell, `words` what it says in full."""

    on: date
    kind: str
    mark: str
    words: str
    today: bool


def kind_of(version: CalendarVersion, day: date) -> str:
    """Open or closed as the week says, or how the day differs from it."""
    usual, entry = version.weekly[day.weekday()], version.exceptions.get(day.isoformat())
    if entry is None or entry["segments"] == usual:
        return OPEN if usual else CLOSED
    if not entry["segments"]:
        return HOLIDAY
    return OWN if usual else MAKE_UP


def year_of(version: CalendarVersion, year: int, today: date) -> list[dict[str, Any]]:
    """Twelve months of weeks of days; None where a week reaches into another month."""
    full, short_words, months = legend(), marks(), []
    for month in range(1, 13):
        weeks = [
            [_made(version, day, short_words, full, today) if day.month == month else None for day in week]
            for week in Weeks().monthdatescalendar(year, month)
        ]
        months.append({"name": MONTHS[month], "weeks": weeks})
    return months


def marks() -> dict[str, str]:
    """The word in the cell of each kind of day."""
    return {
        OPEN: "",
        CLOSED: "–",
        HOLIDAY: pgettext("day in a calendar", "off"),
        MAKE_UP: pgettext("day in a calendar", "on"),
        OWN: pgettext("day in a calendar", "own"),
    }


def short(weekday: int) -> str:
    """The weekday in as few letters as a narrow column takes: Mo, 一."""
    name = str(WEEKDAYS_ABBR[weekday])
    return name[-1] if (get_language() or "").startswith("zh") else name[:2]


def legend() -> dict[str, str]:
    """What the kinds of day are called."""
    return {
        OPEN: _("working day"),
        CLOSED: _("day off every week"),
        HOLIDAY: _("closed on this day"),
        MAKE_UP: _("make-up working day"),
        OWN: _("own hours on this day"),
    }


def _made(version: CalendarVersion, day: date, short_words: dict[str, str], full: dict[str, str], today: date) -> Day:
    kind, entry = kind_of(version, day), version.exceptions.get(day.isoformat())
    segments = entry["segments"] if entry else version.weekly[day.weekday()]
    words = [f"{day} {WEEKDAYS_ABBR[day.weekday()]}", full[kind], (entry or {}).get("label", ""), hours_text(segments)]
    return Day(day, kind, short_words[kind], " · ".join(word for word in words if word), day == today)


def week_in_words(weekly: Iterable[list[list[int]]]) -> list[tuple[str, str]]:
    """("Mon–Fri", "08:00-12:00 14:00-18:00"), …: weekdays with the same hours together; no hours is closed."""
    runs: list[list[Any]] = []
    for number, segments in enumerate(weekly):
        if runs and runs[-1][2] == segments:
            runs[-1][1] = number
        else:
            runs.append([number, number, segments])
    return [
        (
            str(WEEKDAYS_ABBR[a]) if a == b else f"{WEEKDAYS_ABBR[a]}–{WEEKDAYS_ABBR[b]}",
            hours_text(segments) or _("closed"),
        )
        for a, b, segments in runs
    ]
