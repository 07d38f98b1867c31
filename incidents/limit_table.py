"""The table of limits as its page shows it: for the whole installation, or for one street with what is its own."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gridgov.clock.ladders import EMERGENCY as EMERGENCY_LADDER
from gridgov.clock.ladders import STANDARD, newest
from grids.models import Area
from grids.permissions import Perm, allows
from incidents.audience import KINDS
from incidents.limit_words import amount_said, scope_said
from incidents.limits import CATALOGUE, EMERGENCY, ORDINARY, Found, Rules, Today
from incidents.models import Category
from incidents.workflow import Stage
from teams.models import Unit


@dataclass(frozen=True)
class Table:
    """What the lines of a table are made of; `street` is None for the whole installation."""

    among: Today
    street: Area | None
    names: dict[str, str]  # ladder's code → its name

    @classmethod
    def of(cls, among: Today, street: Area | None) -> "Table":
        """With the ladders' names read."""
        return cls(among, street, dict(newest().values_list("ladder__code", "ladder__name")))

    @property
    def key(self) -> int:
        """The street's key as the rules know it."""
        return self.street.pk if self.street else 0

    def url(self, scope: str) -> str:
        """Where a line is edited."""
        return (
            reverse("limits:street_line", args=[self.key, scope]) if self.key else reverse("limits:line", args=[scope])
        )

    def own(self, scope: str) -> bool:
        """Whether a line says something itself."""
        rules = self.among.rules
        if self.key:
            return rules.own(self.key).says(scope)
        return bool(rules.lines.get(scope) or rules.climbs(scope))

    def row(self, scope: str, **more: Any) -> dict[str, Any]:
        """What every line has: where it is edited, and for a street where it becomes as in the whole installation."""
        inherit = reverse("limits:inherit", args=[self.key, scope]) if self.key and self.own(scope) else ""
        alike = {"url": self.url(scope), "own": self.own(scope), "inherit": inherit, "levels": self.by_level(scope)}
        return {"scope": scope, **alike, **more}

    def cells(self, category: Category) -> list[dict[str, Any]]:
        """One cell for each stage: the amount, and whether the line says so itself."""
        found = [(stage, self.among.rules.found(category, stage, self.key)) for stage in Stage.values]
        return [
            {
                "text": amount_said(one.amount, self.among.by_code) if one.amount else _("by rule"),
                "own": one.street == self.key and one.scope in (category.code, *([] if self.key else [CATALOGUE])),
                "stage": Stage(stage).label,
            }
            for stage, one in found
        ]

    def last(self) -> list[dict[str, Any]]:
        """The lines that count where nothing else is said."""
        return [
            self.row(
                scope,
                label=scope_said(scope),
                cells=[self._last_cell(scope, stage) for stage in self.among.rules.lines[scope]],
                ladder=self.ladder_of(scope) or self._last_ladder(scope),
                own_ladder=bool(self.ladder_of(scope)),
            )
            for scope in (ORDINARY, EMERGENCY)
        ]

    def _last_cell(self, scope: str, stage: str) -> dict[str, Any]:
        found = self.among.rules.said(scope, stage, self.key)
        text = amount_said(found.amount, self.among.by_code) if found and found.amount else ""
        return {"text": text, "own": bool(found and found.street == self.key), "stage": Stage(stage).label}

    def _last_ladder(self, scope: str) -> str:
        """What the whole installation says of it, else the project's own."""
        standard = EMERGENCY_LADDER if scope == EMERGENCY else STANDARD
        return self.names.get(self.among.rules.climbs(scope).get("", standard), "")

    def ladder_of(self, scope: str) -> str:
        """The name of the ladder a line names itself; "" when it names none."""
        return self.names.get(self.among.rules.climbs(scope, self.key).get("", ""), "")

    def by_level(self, scope: str) -> list[dict[str, str]]:
        """The ladders a line names for single levels, the lowest first."""
        said = self.among.rules.climbs(scope, self.key)
        return [
            {"level": str(Area.Kind(level).label), "ladder": self.names.get(said[level], "")}
            for level in KINDS
            if level in said
        ]

    def headings(self) -> list[dict[str, Any]]:
        """Every entry of the catalogue under its heading."""
        headings = {
            major.pk: self.row(major.code, major=major, entries=[])
            for major in Category.objects.majors().order_by("code")
        }
        for entry in Category.objects.exclude(major=None).order_by("code"):
            ladder = self.names.get(self.among.rules.climb(entry, self.key).code, "")
            own = bool(self.ladder_of(entry.code))
            line = self.row(entry.code, entry=entry, cells=self.cells(entry), ladder=ladder, own_ladder=own)
            headings[entry.major_id or 0]["entries"].append(line)
        return list(headings.values())

    def hours(self) -> list[dict[str, Any]]:
        """The units that work by hours of their own."""
        given = self.among.rules.units
        units = {unit.code: unit for unit in Unit.objects.filter(code__in=given)}
        return [
            {"unit": units[code], "calendar": self.among.by_code[calendar].calendar}
            for code, calendar in sorted(given.items())
            if code in units and calendar in self.among.by_code
        ]


def streets(user: Any, rules: Rules) -> list[dict[str, Any]]:
    """The streets whose limits somebody keeps, with how many lines each has of its own."""
    standing = Area.objects.standing().filter(kind=Area.Kind.STREET).order_by("path")
    return [
        {"area": one, "count": len(rules.own(one.pk).scopes)}
        for one in standing
        if allows(user, Perm.EDIT_CATALOGUE, one)
    ]


def climbers(rules: Rules) -> dict[str, list[str]]:
    """Ladder's code → the lines that name it for one level of areas only, or in one street, in words."""
    streets = Area.objects.in_bulk([pk for pk in rules.streets if rules.own(pk).ladders])
    found: dict[str, list[str]] = {}
    for street in (0, *streets):
        for scope in sorted(_scopes(rules, street)):
            for level, code in rules.climbs(scope, street).items():
                if street or level:
                    parts = [streets[street].name if street else "", scope_said(scope)]
                    parts.append(str(Area.Kind(level).label) if level else "")
                    found.setdefault(code, []).append(" · ".join(part for part in parts if part))
    return found


def _scopes(rules: Rules, street: int) -> set[str]:
    known = rules.own(street).ladders if street else rules.ladders
    return {key.partition("@")[0] for key in known}


def otherwise(among: Today, rules: Rules, scope: str, entry: Category | None, street: int) -> dict[str, str]:
    """Stage → what would count if the line said nothing of it, in words."""
    rest = rules.with_line(scope, {}, "", street)
    words = {}
    for stage in Stage.values:
        if entry is not None and entry.major_id is not None:
            found: Found | None = rest.found(entry, stage, street)
        else:
            found = rest.said(scope, stage, street) or rest.said(ORDINARY, stage, street)
        if found is not None:
            words[stage] = amount_said(found.amount, among.by_code) if found.amount else _("by rule")
    return words
