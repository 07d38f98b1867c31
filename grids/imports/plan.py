"""What an import would do, row by row, before anything is done."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import shapely
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids.models import Area


class State(StrEnum):
    """What becomes of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


STATE_WORDS: dict[str, str | Promise] = {
    State.CREATED: gettext_lazy("created"),
    State.UPDATED: gettext_lazy("updated"),
    State.UNCHANGED: gettext_lazy("unchanged"),
    State.REFUSED: gettext_lazy("refused"),
}


@dataclass(frozen=True)
class Source:
    """The file an import comes from. `drawn`: it is geodata, so each row needs a geometry."""

    name: str
    sha256: str
    drawn: bool = True

    @classmethod
    def of(cls, name: str, data: bytes, *, drawn: bool) -> "Source":
        """Named and fingerprinted."""
        return cls(name[-200:], hashlib.sha256(data).hexdigest(), drawn)


@dataclass
class Row:
    """One row: what it is called, what happens to it and why. `todo` is for the kind's own `apply`."""

    number: int
    label: str
    state: State
    reason: str = ""
    repaired: str = ""
    geometry: shapely.Geometry | None = None
    todo: Any = None

    @property
    def word(self) -> str:
        """Its state in the reader's language."""
        return str(STATE_WORDS[self.state])


@dataclass
class Plan:
    """Everything a file would do. `notes` are sentences about the set: overlaps, gaps."""

    kind: str
    source: Source
    area: Area | None
    rows: list[Row]
    overlaps: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)

    @property
    def refused(self) -> list[Row]:
        """The rows that keep the whole file from being taken."""
        return [row for row in self.rows if row.state == State.REFUSED]

    @property
    def repaired(self) -> list[Row]:
        """The rows whose geometry was mended."""
        return [row for row in self.rows if row.repaired and row.state != State.REFUSED]

    @property
    def changes_something(self) -> bool:
        """Whether there is anything to do."""
        return any(row.state in (State.CREATED, State.UPDATED) for row in self.rows)

    def counts(self) -> dict[str, int]:
        """How many rows of each state, and how many were repaired."""
        found = Counter(row.state.value for row in self.rows)
        return {state.value: found.get(state.value, 0) for state in State} | {"repaired": len(self.repaired)}

    def check(self) -> None:
        """ValidationError when a row is refused: a file is taken as a whole or not at all."""
        if self.refused:
            raise ValidationError(
                _("%(count)s rows cannot be taken, so nothing was changed. Correct them and import the file again."),
                code="refused",
                params={"count": len(self.refused)},
            )


def text_of(value: Any, most: int) -> str:
    """A cell as one line of text. ValidationError when it is too long."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = " ".join(str(value).split()) if value is not None else ""
    if len(text) > most:
        raise ValidationError(_("“%(text)s …” is longer than %(most)s characters.") % {"text": text[:20], "most": most})
    return text


def number_of(value: Any) -> int | None:
    """A count from a cell; None when it is empty. ValidationError when it is no whole number from 0 on."""
    text = text_of(value, 20)
    if not text:
        return None
    if not text.isdecimal() or int(text) > 2_000_000_000:
        raise ValidationError(_("“%(text)s” is not a count.") % {"text": text})
    return int(text)


def check_columns(columns: list[str], named: list[str]) -> None:
    """ValidationError when a named column is not in the file."""
    for name in named:
        if name and name not in columns:
            raise ValidationError(
                _("There is no column “%(name)s”. The file has: %(columns)s.")
                % {"name": name, "columns": ", ".join(columns[:30]) or "–"},
                code="no_column",
            )
