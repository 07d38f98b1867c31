"""What a calendar would say after an edit, as a plain value: typed, looked at, and only then saved."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from gridgov.clock.arithmetic import Calendar
from gridgov.clock.models import CalendarVersion

SALT, A_DAY = "clock.proposal", 86_400
Segments = list[list[int]]
Exceptions = dict[str, dict[str, Any]]
CLOSED, OPEN = {"closed", "off", "放假", "休息", "休"}, {"open", "work", "上班", "补班", "班"}
LINE = re.compile(
    r"(\d{4}-\d\d?-\d\d?)(?:\s*(?:\.\.|~|至|到)\s*(\d{4}-\d\d?-\d\d?))?\s+(\S+)((?:\s+[\d:]+-[\d:]+)*)\s*(.*)"
)
HOURS = re.compile(r"(\d\d?):(\d\d)-(\d\d?):(\d\d)")
LONGEST_RANGE = 62
MOST_SAID = 10  # wrong lines: who sends another file by mistake need not read of each


@dataclass(frozen=True)
class Proposal:
    """The next version of a calendar; `base` is the number of the version it was made from."""

    base: int
    weekly: list[Segments]
    exceptions: Exceptions = field(default_factory=dict)
    years: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, version: CalendarVersion, base: int | None = None) -> "Proposal":
        """What `version` says; restoring an earlier one names the newest as `base`."""
        return cls(base or version.number, version.weekly, version.exceptions, sorted(version.years))

    def with_hours(self, weekly: list[Segments]) -> "Proposal":
        """Other weekly hours. Dated exceptions stay as they are."""
        return replace(self, weekly=weekly)

    def with_day(self, day: date, segments: Segments | None, label: str = "") -> "Proposal":
        """One date: other hours, [] closed, None as any such weekday."""
        rest = {iso: entry for iso, entry in self.exceptions.items() if iso != day.isoformat()}
        if segments is not None:
            rest[day.isoformat()] = {"segments": segments, "label": label}
        return replace(self, exceptions=dict(sorted(rest.items())))

    def with_year(self, year: int, entries: Exceptions) -> "Proposal":
        """The arrangement of a year, in place of what was there; the year counts as entered."""
        rest = {iso: entry for iso, entry in self.exceptions.items() if not iso.startswith(f"{year}-")}
        years = sorted({*self.years, year})
        return replace(self, exceptions=dict(sorted((rest | entries).items())), years=years)

    def value(self, zone: str) -> Calendar:
        """The calendar to reckon with."""
        return Calendar(
            weekly=tuple(tuple((begin, end) for begin, end in day) for day in self.weekly),
            exceptions={
                date.fromisoformat(iso): tuple((begin, end) for begin, end in entry["segments"])
                for iso, entry in self.exceptions.items()
            },
            zone=zone,
        )

    def sealed(self) -> str:
        """As text that may travel through a form: nobody can change it on the way."""
        return signing.dumps(asdict(self), salt=SALT, compress=True)

    @classmethod
    def unsealed(cls, text: str) -> "Proposal":
        """The proposal back. signing.BadSignature when changed or older than a day."""
        return cls(**signing.loads(text, salt=SALT, max_age=A_DAY))


def check(segments: Iterable[Iterable[int]]) -> Segments:
    """Segments in order, without overlap, inside the day; ValidationError says what is wrong."""
    found = [list(pair) for pair in segments]
    last = 0
    for begin, end in found:
        if not 0 <= begin < end <= 1440:
            raise ValidationError(_("The end must come after the beginning."))
        if begin < last:
            raise ValidationError(_("The second part must begin after the first has ended."))
        last = end
    return found


def ordinary(weekly: list[Segments]) -> Segments:
    """The hours of the first of the longest weekdays: what a make-up day has unless it says otherwise."""
    return max(weekly, key=lambda day: sum(end - begin for begin, end in day), default=[])


def clock_time(minute: int) -> str:
    """480 → 08:00; the midnight that follows is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def hours_text(segments: Iterable[Iterable[int]]) -> str:
    """[[480, 720], [840, 1080]] → 08:00-12:00 14:00-18:00."""
    return " ".join(f"{clock_time(begin)}-{clock_time(end)}" for begin, end in segments)


# ── The arrangement of a year as lines of text ──────────────────────────────────────────────────────────


def open_word() -> str:
    """The reader's word for a day that is worked; `parse` knows it in every language."""
    return pgettext("line of an arrangement", "open")


def closed_word() -> str:
    """The reader's word for a day that is not."""
    return pgettext("line of an arrangement", "closed")


def as_lines(proposal: Proposal, year: int) -> str:
    """A year's exceptions as the lines `parse` reads: closed days that follow one another are one line."""
    usual, runs = ordinary(proposal.weekly), list[tuple[date, date, str]]()
    for iso, entry in sorted(proposal.exceptions.items()):
        if not iso.startswith(f"{year}-"):
            continue
        day, segments = date.fromisoformat(iso), entry["segments"]
        kind = open_word() if segments else closed_word()
        own = hours_text(segments) if segments and segments != usual else ""
        words = f"{f'{kind} {own}'.strip()} {entry.get('label', '')}".strip()
        if runs and runs[-1][1] + timedelta(days=1) == day and runs[-1][2] == words:
            runs[-1] = runs[-1][0], day, words
        else:
            runs.append((day, day, words))
    return "\n".join(f"{a}{'' if a == b else f'..{b}'} {words}" for a, b, words in runs)


def parse(text: str, year: int, weekly: list[Segments]) -> Exceptions:
    """Lines like "2027-02-06 open" or "2027-02-08..2027-02-14 closed 春节".

    ValidationError names the first wrong lines and counts the others.
    """
    found: Exceptions = {}
    wrong: list[str] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = unicodedata.normalize("NFKC", raw).strip()
        if not line:
            continue
        try:
            for day, entry in _line(line, weekly):
                _add(found, day, entry, year)
        except (ValueError, ValidationError) as error:
            said = error.messages[0] if isinstance(error, ValidationError) else _("This date does not exist.")
            wrong.append(_("Line %(number)s: %(error)s") % {"number": number, "error": said})
    if len(wrong) > MOST_SAID:
        count = len(wrong) - MOST_SAID
        more = ngettext("And %(count)s further line.", "And %(count)s further lines.", count) % {"count": count}
        wrong = [*wrong[:MOST_SAID], more]
    if wrong:
        raise ValidationError(wrong)
    if not found:
        raise ValidationError(_("Enter at least one day."))
    return found


def _add(found: Exceptions, day: date, entry: Mapping[str, Any], year: int) -> None:
    if day.year != year:
        raise ValidationError(_("%(day)s is not a day of %(year)s.") % {"day": day, "year": year})
    if day.isoformat() in found:
        raise ValidationError(_("%(day)s already appears in an earlier line.") % {"day": day})
    found[day.isoformat()] = dict(entry)


def _day(text: str) -> date:
    year, month, day = (int(part) for part in text.split("-"))
    return date(year, month, day)


def _line(line: str, weekly: list[Segments]) -> Iterator[tuple[date, dict[str, Any]]]:
    match = LINE.fullmatch(line)
    if match is None or match[3].lower() not in CLOSED | OPEN:
        raise ValidationError(_("Write a date or two dates with .. between them, then open or closed, then a name."))
    first, last = _day(match[1]), _day(match[2] or match[1])
    if not 0 <= (last - first).days < LONGEST_RANGE:
        raise ValidationError(_("The second date must follow the first, at most two months later."))
    segments: Segments = []
    if match[3].lower() in OPEN:
        hours = [[int(a) * 60 + int(b), int(c) * 60 + int(d)] for a, b, c, d in HOURS.findall(match[4])]
        segments = check(hours) or ordinary(weekly)
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset), {"segments": segments, "label": match[5][:40]}
