"""What can be wrong with a division: how grave, where, by how much, in plain words, and whether it can be mended."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import shapely
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class Level(StrEnum):
    """An error stands in the way; a warning needs a reason; a notice is good to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


GRAVITY = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTICE: 2}
# Codes that division.repair can mend.
FIXABLE = frozenset({"invalid", "overlap", "edges", "sliver", "gap", "outside"})


@dataclass(frozen=True)
class Fault:
    """One finding. `names` are those of the shapes in `keys`; `size` counts `unit`s; `limit` is what it broke."""

    code: str
    level: Level
    keys: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    size: float = 0.0
    unit: str = ""
    limit: float = 0.0
    where: shapely.Geometry | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The same for the same finding in the same draft."""
        place = shapely.to_wkb(self.where) if self.where is not None else b""
        said = "|".join((self.code, *self.keys, *map(str, self.facts.values()))).encode() + place
        return f"{self.code}-{hashlib.sha256(said).hexdigest()[:12]}"

    @property
    def fixable(self) -> bool:
        """Whether a repair can be proposed."""
        return self.code in FIXABLE

    @property
    def words(self) -> str:
        """A sentence that names the shapes and the size."""
        said = {
            "names": _(", ").join(self.names),
            "both": enumerated(self.names),
            "size": amount(self.size),
            "limit": amount(self.limit),
            **self.facts,
        }
        if self.code in COUNTED:
            return COUNTED[self.code](round(self.size)) % said
        code = "edge" if self.code == "sliver" and len(self.names) == 1 else self.code
        return SENTENCES[code]() % said

    def as_json(self) -> dict[str, Any]:
        """As the editor reads it."""
        return {
            "id": self.id,
            "code": self.code,
            "level": self.level.value,
            "keys": list(self.keys),
            "size": round(self.size, 3),
            "unit": self.unit,
            "where": json.loads(shapely.to_geojson(self.where)) if self.where is not None else None,
            "words": self.words,
            "fixable": self.fixable,
        }


def amount(number: float) -> str:
    """A number as people write it: no more places than tell something."""
    if number >= 100 or float(number).is_integer():
        return f"{number:,.0f}"
    return f"{number:.2f}".rstrip("0").rstrip(".")


def enumerated(names: Sequence[str]) -> str:
    """A, B and C."""
    *first, last = names or ("",)
    return _("%(names)s and %(last)s") % {"names": _(", ").join(first), "last": last} if first else last


def ordered(faults: Sequence[Fault]) -> list[Fault]:
    """The gravest first, then the largest."""
    return sorted(faults, key=lambda one: (GRAVITY[one.level], one.code, -one.size))


SENTENCES: dict[str, Callable[[], str]] = {
    "not_drawn": lambda: _("%(names)s has no boundary yet."),
    "no_name": lambda: _("An area has no name."),
    "name_twice": lambda: _("%(names)s: the same name is used twice."),
    "invalid": lambda: _("The boundary of %(names)s crosses itself."),
    "overlap": lambda: _("%(names)s overlap by %(size)s m²."),
    "edges": lambda: _("%(names)s: the shared border does not have the same corners over %(size)s m."),
    "sliver": lambda: _("A crack of %(size)s m² between %(both)s."),
    "edge": lambda: _("A crack of %(size)s m² at the outer border of %(names)s."),
    "gap": lambda: _("%(size)s m² beside %(names)s belong to nobody."),
    "outside": lambda: _("%(names)s reaches %(size)s m² beyond the outer border."),
    "in_parts": lambda: _("%(names)s consists of %(size)s separate parts."),
    "building_cut": lambda: _("The border between %(both)s cuts %(list)s."),
    "small": lambda: _("%(names)s has %(size)s households; %(limit)s or more are usual."),
    "many_households": lambda: _("%(names)s has %(size)s households, more than %(limit)s."),
    "many_persons": lambda: _("%(names)s has %(size)s persons, more than %(limit)s."),
    "uneven": lambda: _("The largest, %(largest)s, has %(size)s times the households of the smallest, %(smallest)s."),
    "across": lambda: _("%(names)s lies on both sides of %(way)s, over %(size)s m."),
    "no_borders": lambda: _("%(names)s: the borders in words are incomplete."),
    "no_outline": lambda: _("%(parent)s has no boundary: it is not known whether everything is covered."),
    "no_head": lambda: _("%(names)s would have no head."),
    "no_worker": lambda: _("%(names)s would have no full-time worker."),
    "below_cut": lambda: _("%(list)s would be cut by the new border; divide %(names)s again afterwards."),
}
COUNTED: dict[str, Callable[[int], str]] = {  # sentences that say how many
    "building_nowhere": lambda n: ngettext(
        "%(size)s building lies in no area: %(list)s.", "%(size)s buildings lie in no area: %(list)s.", n
    ),
    "building_outside": lambda n: ngettext(
        "%(size)s building stands outside the outer border; correct its place: %(list)s.",
        "%(size)s buildings stand outside the outer border; correct their place: %(list)s.",
        n,
    ),
    "building_twice": lambda n: ngettext(
        "%(size)s building lies in two areas: %(list)s.", "%(size)s buildings lie in two areas: %(list)s.", n
    ),
    "building_unplaced": lambda n: ngettext(
        "%(size)s building has no place on the map and stays with its area: %(list)s.",
        "%(size)s buildings have no place on the map and stay with their area: %(list)s.",
        n,
    ),
    "few_households": lambda n: ngettext(
        "%(names)s has %(size)s household, fewer than %(limit)s.",
        "%(names)s has %(size)s households, fewer than %(limit)s.",
        n,
    ),
    "more": lambda n: ngettext(
        "%(size)s more finding of this kind is not listed.",
        "%(size)s more findings of this kind are not listed.",
        n,
    ),
}
