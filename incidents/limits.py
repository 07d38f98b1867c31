"""How long each stage may take: the table the office edits, and the project's own figures where it says nothing.

A figure is looked for in the category, then in the catalogue's own columns, then in the heading, then in the table's
last lines, ordinary or emergency (facts.md §1.4, §1.6, §1.7).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ImproperlyConfigured
from django.db.models import F, Subquery
from django.db.models.functions import JSONObject

from gridgov.clock import calendars, ladders
from gridgov.clock.calendars import value_of
from gridgov.clock.ladder import DAYS, HOURS, MINUTES, seconds_of
from gridgov.clock.models import CalendarVersion, Ladder, LadderVersion
from incidents.models import Category, LimitVersion
from incidents.workflow import Stage

ORDINARY, EMERGENCY = "ordinary", "emergency"
CATALOGUE, FORMULA = "catalogue", "formula"  # where a figure may come from beside a line of the table


@dataclass(frozen=True)
class Amount:
    """So much time. `calendar`: the code of the one it counts on; "" is the holder's, or what the category says."""

    amount: float
    unit: str = HOURS
    calendar: str = ""


Line = Mapping[str, Amount]  # stage → amount
LAST: dict[str, dict[str, Amount]] = {
    ORDINARY: {
        Stage.ACCEPT: Amount(1, DAYS),
        Stage.DISPATCH: Amount(4),
        Stage.SIGN: Amount(4),
        Stage.VERIFY: Amount(120, MINUTES),
    },
    EMERGENCY: {  # natural time: 30 minutes until somebody is there
        Stage.ACCEPT: Amount(10, MINUTES),
        Stage.DISPATCH: Amount(10, MINUTES),
        Stage.SIGN: Amount(10, MINUTES),
        Stage.VERIFY: Amount(120, MINUTES),
    },
}
QUIET = (20 * 60, 8 * 60)  # minutes after midnight between which nobody is rung


@dataclass(frozen=True)
class Rules:
    """The whole table. `lines`: scope → stage → amount, `ladders`: scope → code, `units`: code → calendar's code.

    A scope is a category's code, a heading's, "ordinary" or "emergency".
    """

    lines: Mapping[str, Line]
    ladders: Mapping[str, str]
    units: Mapping[str, str]
    quiet: tuple[int, int] = QUIET

    @classmethod
    def of(cls, raw: Mapping[str, Any] | None) -> "Rules":
        """What a row keeps; the project's own table where there is none."""
        raw = raw or {}
        said = {
            scope: {stage: Amount(*amount) for stage, amount in line.items()}
            for scope, line in raw.get("lines", {}).items()
        }
        last = {scope: {**line, **said.get(scope, {})} for scope, line in LAST.items()}
        return cls({**said, **last}, raw.get("ladders", {}), raw.get("units", {}), tuple(raw.get("quiet", QUIET)))

    def as_json(self) -> dict[str, Any]:
        """For a row, or to travel through a form."""
        lines = {
            scope: {stage: [one.amount, one.unit, one.calendar] for stage, one in line.items()}
            for scope, line in self.lines.items()
            if line
        }
        return {"lines": lines, "ladders": self.ladders, "units": self.units, "quiet": list(self.quiet)}

    def with_line(self, scope: str, line: Line, ladder: str) -> "Rules":
        """Another line for a scope; an empty ladder means the one of the scope above."""
        rest = {code: name for code, name in self.ladders.items() if code != scope}
        return replace(
            self, lines={**self.lines, scope: dict(line)}, ladders=rest | ({scope: ladder} if ladder else {})
        )

    def with_unit(self, unit: str, calendar: str) -> "Rules":
        """Hours of its own for a unit; "" takes them away."""
        rest = {code: name for code, name in self.units.items() if code != unit}
        return replace(self, units=rest | ({unit: calendar} if calendar else {}))

    def with_quiet(self, begin: int, end: int) -> "Rules":
        """Other quiet hours."""
        return replace(self, quiet=(begin, end))

    def scopes(self, category: Category) -> tuple[str, str, str]:
        """Where a category looks, in order."""
        return category.code, category.code[:2], EMERGENCY if category.is_emergency else ORDINARY

    def amount(self, category: Category, stage: str) -> tuple[str, Amount | None]:
        """(where it stands, the amount); (FORMULA, None) for a promise nobody has put a figure to."""
        own, heading, last = self.scopes(category)
        if found := self.lines.get(own, {}).get(stage):
            return own, found
        seconds = category.handle_seconds if stage == Stage.HANDLE else None
        if stage == Stage.PROMISE and own not in self.lines:
            seconds = category.promise_seconds
        if seconds is not None:
            calendar = calendars.NATURAL if self.natural(category) else ""
            whole = seconds % 3600 == 0
            return CATALOGUE, Amount(seconds / (3600 if whole else 60), HOURS if whole else MINUTES, calendar)
        for scope in (heading, last):
            if found := self.lines.get(scope, {}).get(stage):
                return scope, found
        return FORMULA, None

    def natural(self, category: Category) -> bool:
        """Whether handling counts by natural time: as its line says, else as the catalogue does."""
        line = self.lines.get(category.code, {}).get(Stage.HANDLE)
        return line.calendar == calendars.NATURAL if line else category.clock == Category.Clock.NATURAL

    def ladder(self, category: Category) -> str:
        """The code of the ladder a category climbs."""
        own, heading, last = self.scopes(category)
        given = self.ladders.get(own) or self.ladders.get(heading) or self.ladders.get(last)
        return given or (ladders.EMERGENCY if category.is_emergency else ladders.STANDARD)


@dataclass(frozen=True)
class Limit:
    """Seconds on a calendar, the ladder that is climbed when they run out, and where the figure comes from."""

    seconds: int
    calendar: CalendarVersion
    ladder: LadderVersion
    basis: str


@dataclass(frozen=True)
class Today:
    """What counts today: every calendar and ladder in its newest version, and the table of limits."""

    versions: tuple[CalendarVersion, ...]
    ladders: Mapping[str, LadderVersion]
    rules: Rules
    number: int = 0  # of the table's version; 0 before the first edit

    @cached_property
    def office(self) -> CalendarVersion:
        """The default calendar. ImproperlyConfigured without one."""
        return next((one for one in self.versions if one.calendar.is_default), None) or calendars.default()

    @cached_property
    def always(self) -> CalendarVersion:
        """Natural time."""
        return self.by_code.get(calendars.NATURAL) or calendars.always()

    @cached_property
    def by_code(self) -> dict[str, CalendarVersion]:
        """Calendars by code."""
        return {one.calendar.code: one for one in self.versions}

    def under(self, rules: Rules) -> "Today":
        """The same day under another table, its next version."""
        return Today(self.versions, self.ladders, rules, self.number + 1)


def todays() -> Today:
    """All of it in one statement. ImproperlyConfigured when a calendar or a ladder is missing."""
    table = LimitVersion.objects.order_by("-number")
    climbed = LadderVersion.objects.order_by("ladder_id", "-number").distinct("ladder_id")
    facts = JSONObject(pk="pk", number="number", steps="steps", ladder=F("ladder_id"), code=F("ladder__code"))
    found = calendars.newest_rows().annotate(
        table=Subquery(table.values(whole=JSONObject(number="number", rules="rules"))[:1]),
        climbed=ArraySubquery(climbed.values(facts=facts)),
    )
    versions = calendars.in_order(found)
    if not versions:
        raise ImproperlyConfigured("There is no working calendar yet: run `manage.py seed_calendars`.")
    first: Any = versions[0]
    whole = first.table or {"number": 0, "rules": None}
    return Today(
        tuple(versions), dict(_ladder(one) for one in first.climbed), Rules.of(whole["rules"]), whole["number"]
    )


def _ladder(facts: Mapping[str, Any]) -> tuple[str, LadderVersion]:
    version = LadderVersion(pk=facts["pk"], number=facts["number"], steps=facts["steps"])
    version.ladder = Ladder(pk=facts["ladder"], code=facts["code"])
    return facts["code"], version


def calendar_for(category: Category, stage: str, among: Today, *, asked: str = "", unit: str = "") -> CalendarVersion:
    """Whose hours count: natural time in emergencies, else what the line says, the category, the unit, the office."""
    if category.is_emergency:
        return among.always
    if asked in among.by_code:
        return among.by_code[asked]
    if stage == Stage.PROMISE and among.rules.natural(category):
        return among.always
    own = among.rules.units.get(unit, "") if stage != Stage.PROMISE else ""
    return among.by_code.get(own, among.office)


def limit_for(category: Category, stage: str, among: Today, unit: str = "") -> Limit:
    """The limit of one stage of a category held by the unit of this code, the promise included."""
    basis, found = among.rules.amount(category, stage)
    calendar = calendar_for(category, stage, among, asked=found.calendar if found else "", unit=unit)
    day = value_of(calendar).day_seconds
    if found is not None:
        seconds = round(seconds_of(found.amount, found.unit, day))
    else:  # a day to take it in plus twice the handling
        handle = limit_for(category, Stage.HANDLE, among).seconds
        seconds = day // (12 if category.is_emergency else 1) + 2 * handle
    code = among.rules.ladder(category)
    ladder = among.ladders.get(code) or among.ladders.get(ladders.STANDARD) or ladders.current()
    return Limit(seconds, calendar, ladder, f"{basis}@{among.number}")
