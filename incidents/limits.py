"""How long each stage may take: the table the office edits, and the project's own figures where it says nothing.

A figure is looked for in the category, then in the catalogue's own columns, then in the heading, then in the table's
last lines, ordinary or emergency (docs/domain.md §1.4, §1.6, §1.7). In each of these places a street's own line comes
before that of the whole installation, stage by stage. A ladder is looked for in the same places; each of them may name
one for all and others by the level of the area in which the unit works that the clock waits for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
from grids.models import Area
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
Climbed = Mapping[str, str]  # level of an area, "" for all → a ladder's code
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


def _lines(raw: Mapping[str, Any]) -> dict[str, Line]:
    return {scope: {stage: Amount(*amount) for stage, amount in line.items()} for scope, line in raw.items()}


def _at(scope: str, level: str) -> str:
    """The key under which a line's ladder is kept: "0301", or "0301@street" for those at that level."""
    return f"{scope}@{level}" if level else scope


def _climbing(known: Mapping[str, str], scope: str, climbed: Climbed) -> dict[str, str]:
    """Ladders with those of one line in place of what it said before."""
    rest = {key: code for key, code in known.items() if key.partition("@")[0] != scope}
    return rest | {_at(scope, level): code for level, code in climbed.items() if code}


def _raw(lines: Mapping[str, Line]) -> dict[str, Any]:
    return {
        scope: {stage: [one.amount, one.unit, one.calendar] for stage, one in line.items()}
        for scope, line in lines.items()
        if line
    }


@dataclass(frozen=True)
class Own:
    """What one street says itself, in place of the whole installation: scope → stage → amount, scope → ladder."""

    lines: Mapping[str, Line] = field(default_factory=dict)
    ladders: Mapping[str, str] = field(default_factory=dict)

    def with_line(self, scope: str, line: Line, climbed: Climbed) -> "Own":
        """Another line for a scope; an empty one without ladders is as in the whole installation again."""
        lines = {code: said for code, said in self.lines.items() if code != scope}
        return Own(lines | ({scope: dict(line)} if line else {}), _climbing(self.ladders, scope, climbed))

    def says(self, scope: str) -> bool:
        """Whether it says anything of a scope itself."""
        return scope in self.scopes

    @property
    def scopes(self) -> set[str]:
        """The lines it has."""
        return {scope for scope, line in self.lines.items() if line} | {key.partition("@")[0] for key in self.ladders}


NOTHING = Own()
NO_LEVEL: Climbed = {}


@dataclass(frozen=True)
class Found:
    """A figure and the line that says it; `amount` is None for a promise nobody has put a figure to."""

    scope: str
    amount: Amount | None
    street: int = 0  # whose own line it is; 0 is the whole installation's


@dataclass(frozen=True)
class Climb:
    """A ladder's code and the line that names it; no line when none does. `level`: for those at it alone."""

    code: str
    scope: str = ""
    level: str = ""
    street: int = 0

    def basis(self, number: int) -> str:
        """As a clock keeps it: line[:level]@version[@street]."""
        if not self.scope:
            return ""
        line = f"{self.scope}:{self.level}" if self.level else self.scope
        return f"{line}@{number}" + (f"@{self.street}" if self.street else "")


@dataclass(frozen=True)
class Rules:
    """The whole table. `lines`: scope → stage → amount, `units`: code → calendar's code.

    `ladders`: scope → code, and scope@level → code for what waits for a unit of an area of that level.

    A scope is a category's code, a heading's, "ordinary" or "emergency". `streets`: what single streets say otherwise,
    by the key of their area. Where a method takes a `street`, 0 asks for the whole installation.
    """

    lines: Mapping[str, Line]
    ladders: Mapping[str, str]
    units: Mapping[str, str]
    quiet: tuple[int, int] = QUIET
    streets: Mapping[int, Own] = field(default_factory=dict)

    @classmethod
    def of(cls, raw: Mapping[str, Any] | None) -> "Rules":
        """What a row keeps; the project's own table where there is none."""
        raw = raw or {}
        said = _lines(raw.get("lines", {}))
        last = {scope: {**line, **said.get(scope, {})} for scope, line in LAST.items()}
        streets = {
            int(street): Own(_lines(own.get("lines", {})), own.get("ladders", {}))
            for street, own in raw.get("streets", {}).items()
        }
        quiet = tuple(raw.get("quiet", QUIET))
        return cls({**said, **last}, raw.get("ladders", {}), raw.get("units", {}), quiet, streets)

    def as_json(self) -> dict[str, Any]:
        """For a row, or to travel through a form."""
        streets = {
            str(street): {"lines": _raw(own.lines), "ladders": own.ladders}
            for street, own in self.streets.items()
            if own != NOTHING
        }
        return {
            "lines": _raw(self.lines),
            "ladders": self.ladders,
            "units": self.units,
            "quiet": list(self.quiet),
            "streets": streets,
        }

    def with_line(self, scope: str, line: Line, ladder: str, street: int = 0, levels: Climbed = NO_LEVEL) -> "Rules":
        """Another line for a scope; an empty ladder means the one of the scope above. `levels`: others, by level."""
        climbed = {**levels, "": ladder}
        if street:
            return replace(self, streets={**self.streets, street: self.own(street).with_line(scope, line, climbed)})
        ladders = _climbing(self.ladders, scope, climbed)
        return replace(self, lines={**self.lines, scope: dict(line)}, ladders=ladders)

    def with_unit(self, unit: str, calendar: str) -> "Rules":
        """Hours of its own for a unit; "" takes them away."""
        rest = {code: name for code, name in self.units.items() if code != unit}
        return replace(self, units=rest | ({unit: calendar} if calendar else {}))

    def with_quiet(self, begin: int, end: int) -> "Rules":
        """Other quiet hours."""
        return replace(self, quiet=(begin, end))

    def own(self, street: int) -> Own:
        """What a street says itself."""
        return self.streets.get(street, NOTHING)

    def differing(self, other: "Rules") -> set[int]:
        """The streets whose own lines differ between two tables; 0 among them when the rest does."""
        found = {street for street in {*self.streets, *other.streets} if self.own(street) != other.own(street)}
        rest = replace(self, streets={}).as_json() != replace(other, streets={}).as_json()
        return found | ({0} if rest else set())

    def unlike(self, other: "Rules") -> set[str] | None:
        """The scopes of which two tables say anything different, anywhere; None for all: units count otherwise."""
        if self.units != other.units:
            return None
        found = set[str]()
        for street in (0, *self.streets, *other.streets):
            one, two = ((rules.own(street) if street else rules) for rules in (self, other))
            known = {*one.lines, *two.lines, *(key.partition("@")[0] for key in (*one.ladders, *two.ladders))}
            found |= {
                scope
                for scope in known
                if dict(one.lines.get(scope, {})) != dict(two.lines.get(scope, {}))
                or self.climbs(scope, street) != other.climbs(scope, street)
            }
        return found

    def scopes(self, category: Category) -> tuple[str, str, str]:
        """Where a category looks, in order."""
        return category.code, category.code[:2], EMERGENCY if category.is_emergency else ORDINARY

    def said(self, scope: str, stage: str, street: int = 0) -> Found | None:
        """What the line of a scope says of a stage: the street's own, else the whole installation's."""
        if own := self.own(street).lines.get(scope, {}).get(stage):
            return Found(scope, own, street)
        whole = self.lines.get(scope, {}).get(stage)
        return Found(scope, whole) if whole else None

    def found(self, category: Category, stage: str, street: int = 0) -> Found:
        """The figure of a stage and where it stands."""
        own, heading, last = self.scopes(category)
        if found := self.said(own, stage, street):
            return found
        seconds = category.handle_seconds if stage == Stage.HANDLE else None
        if stage == Stage.PROMISE and own not in self.lines:
            seconds = category.promise_seconds
        if seconds is not None:
            calendar = calendars.NATURAL if self.natural(category, street) else ""
            whole = seconds % 3600 == 0
            amount = Amount(seconds / (3600 if whole else 60), HOURS if whole else MINUTES, calendar)
            return Found(CATALOGUE, amount)
        return self.said(heading, stage, street) or self.said(last, stage, street) or Found(FORMULA, None)

    def natural(self, category: Category, street: int = 0) -> bool:
        """Whether handling counts by natural time: as its line says, else as the catalogue does."""
        line = self.said(category.code, Stage.HANDLE, street)
        if line is None or line.amount is None:
            return category.clock == Category.Clock.NATURAL
        return line.amount.calendar == calendars.NATURAL

    def climbs(self, scope: str, street: int = 0) -> dict[str, str]:
        """The ladders a line names itself, by level; "" is the one for all."""
        known = self.own(street).ladders if street else self.ladders
        found = ((key.partition("@"), code) for key, code in known.items())
        return {level: code for (line, _at, level), code in found if line == scope and code}

    @cached_property
    def by_level(self) -> bool:
        """Whether any line tells levels of areas apart."""
        return any("@" in key for known in (self.ladders, *(o.ladders for o in self.streets.values())) for key in known)

    def climb(self, category: Category, street: int = 0, level: str = "") -> Climb:
        """The ladder of a category for a unit of an area of this level, and the line that names it."""
        for scope in self.scopes(category):
            for place in (street, 0) if street else (0,):
                known = self.own(place).ladders if place else self.ladders
                for at in (level, "") if level else ("",):
                    if code := known.get(_at(scope, at)):
                        return Climb(code, scope, at, place)
        return Climb(ladders.EMERGENCY if category.is_emergency else ladders.STANDARD)


@dataclass(frozen=True)
class Limit:
    """Seconds on a calendar, the ladder that is climbed when they run out, and where each of them comes from."""

    seconds: int
    calendar: CalendarVersion
    ladder: LadderVersion
    basis: str
    ladder_basis: str


@dataclass(frozen=True)
class Today:
    """What counts today: every calendar and ladder in its newest version, and the table of limits."""

    versions: tuple[CalendarVersion, ...]
    ladders: Mapping[str, LadderVersion]
    rules: Rules
    number: int = 0  # of the table's version; 0 before the first edit
    streets: tuple[tuple[int, str], ...] = ()  # key and path of every street

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
        return Today(self.versions, self.ladders, rules, self.number + 1, self.streets)

    def street_of(self, path: str) -> int:
        """The street around a place, if it says anything itself; else 0."""
        return next((pk for pk, at in self.streets if pk in self.rules.streets and path.startswith(at)), 0)


def version_of(basis: str) -> int:
    """The number of the table that a limit comes from, as its clock keeps it: line@version[@street]."""
    return int(basis.split("@")[1])


def todays() -> Today:
    """All of it in one statement. ImproperlyConfigured when a calendar or a ladder is missing."""
    table = LimitVersion.objects.order_by("-number")
    climbed = ladders.newest()
    facts = JSONObject(pk="pk", number="number", steps="steps", ladder=F("ladder_id"), code=F("ladder__code"))
    streets = Area.objects.filter(kind=Area.Kind.STREET).order_by("path")
    found = calendars.newest_rows().annotate(
        table=Subquery(table.values(whole=JSONObject(number="number", rules="rules"))[:1]),
        climbed=ArraySubquery(climbed.values(facts=facts)),
        streets=ArraySubquery(streets.values(facts=JSONObject(pk="pk", path="path"))),
    )
    versions = calendars.in_order(found)
    if not versions:
        raise ImproperlyConfigured("There is no working calendar yet: run `manage.py seed_calendars`.")
    first: Any = versions[0]
    whole = first.table or {"number": 0, "rules": None}
    known = dict(_ladder(one) for one in first.climbed)
    around = tuple((one["pk"], one["path"]) for one in first.streets)
    return Today(tuple(versions), known, Rules.of(whole["rules"]), whole["number"], around)


def _ladder(facts: Mapping[str, Any]) -> tuple[str, LadderVersion]:
    version = LadderVersion(pk=facts["pk"], number=facts["number"], steps=facts["steps"])
    version.ladder = Ladder(pk=facts["ladder"], code=facts["code"])
    return facts["code"], version


def calendar_for(
    category: Category, stage: str, among: Today, *, asked: str = "", unit: str = "", street: int = 0
) -> CalendarVersion:
    """Whose hours count: natural time in emergencies, else what the line says, the category, the unit, the office."""
    if category.is_emergency:
        return among.always
    if asked in among.by_code:
        return among.by_code[asked]
    if stage == Stage.PROMISE and among.rules.natural(category, street):
        return among.always
    own = among.rules.units.get(unit, "") if stage != Stage.PROMISE else ""
    return among.by_code.get(own, among.office)


def limit_for(category: Category, stage: str, among: Today, unit: str = "", path: str = "", level: str = "") -> Limit:
    """The limit of one stage of a category in the area of this path, held by the unit of this code.

    `level`: of the area that unit works in. The promise included, which waits for no unit: it climbs what a line names
    for all. Without a path, the limit of the whole installation.
    """
    street = among.street_of(path)
    found = among.rules.found(category, stage, street)
    asked = found.amount.calendar if found.amount else ""
    calendar = calendar_for(category, stage, among, asked=asked, unit=unit, street=street)
    day = value_of(calendar).day_seconds
    if found.amount is not None:
        seconds = round(seconds_of(found.amount.amount, found.amount.unit, day))
    else:  # a day to take it in plus twice the handling
        handle = limit_for(category, Stage.HANDLE, among, path=path).seconds
        seconds = day // (12 if category.is_emergency else 1) + 2 * handle
    climb = among.rules.climb(category, street, level)
    ladder = among.ladders.get(climb.code) or among.ladders.get(ladders.STANDARD) or ladders.current()
    basis = f"{found.scope}@{among.number}" + (f"@{found.street}" if found.street else "")
    return Limit(seconds, calendar, ladder, basis, climb.basis(among.number))
