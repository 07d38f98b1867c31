"""The engine: a preview is the real import taken back, so that it can never promise what the import then refuses.

Each row runs the same action a page would call, in a savepoint of its own; one refused row refuses the whole file.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from grids.geodata.features import Feature
from grids.geodata.neighbours import Fault
from grids.imports.fit import Fit

CREATED, UPDATED, UNCHANGED, REFUSED = "created", "updated", "unchanged", "refused"
Options = Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What one row became. `undo` is what the importer needs to take it back; None when nothing changed.

    `made` is handed on to `judge`, for what only becomes something together with the other rows.
    """

    kind: str
    label: str
    note: str = ""
    undo: Any = None
    shape: Any = None
    made: Any = None


@dataclass(frozen=True)
class Line:
    """One row of the answer, for the page and the terminal."""

    number: int
    kind: str
    label: str
    note: str
    shape: Any = None


@dataclass
class Played:
    """What a file does, or would do."""

    lines: list[Line] = field(default_factory=list)
    undo: list[Any] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    area_path: str = ""
    made: list[Any] = field(default_factory=list)
    findings: list[Any] = field(default_factory=list)  # what the checks of a division say (grids.division.faults)
    fits: list[Fit] = field(default_factory=list)
    afterwards: list[Callable[[], Any]] = field(default_factory=list)  # what no rollback takes back: files

    def count(self, kind: str) -> int:
        """How many rows came out so."""
        return sum(line.kind == kind for line in self.lines)

    @property
    def refused(self) -> list[Line]:
        """The rows that stand in the way."""
        return [line for line in self.lines if line.kind == REFUSED]

    @property
    def summary(self) -> dict[str, int]:
        """Counts by outcome, and of overlaps and gaps."""
        found = {kind: self.count(kind) for kind in (CREATED, UPDATED, UNCHANGED, REFUSED)}
        found["repaired"] = sum(bool(line.note) and line.kind != REFUSED for line in self.lines)
        return found | {
            kind: sum(kind == getattr(f, "code", getattr(f, "kind", "")) for f in [*self.faults, *self.findings])
            for kind in ("overlap", "gap")
        }


class Importer(Protocol):
    """One kind of import. Registered in AppConfig.ready() under `key`."""

    @property
    def key(self) -> str:
        """What it is called in addresses and rows."""

    @property
    def label(self) -> str | Promise:
        """What it is called on pages."""

    @property
    def help(self) -> str | Promise:
        """One sentence for who has never done it."""

    @property
    def perm(self) -> str:
        """Who may."""

    @property
    def endings(self) -> Sequence[str]:
        """Of the files it reads."""

    @property
    def columns(self) -> Sequence[tuple[str, str | Promise, str]]:
        """(key, heading, example) of the .xlsx template; for a map, of its attribute columns."""

    @property
    def sample(self) -> Mapping[str, Any]:
        """A small GeoJSON map with those columns; {} for lists."""

    def form(self, content: bytes, name: str, by: Any) -> type[Any] | None:
        """The form of what must be said about the file (columns, datum …); None when nothing must."""

    def options(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """The form's answers as plain JSON."""

    def rows(self, content: bytes, name: str, options: Options) -> Iterable[tuple[int, Any]]:
        """(number in the file, row). ValidationError when the file as a whole cannot be read."""

    def act(self, row: Any, options: Options, *, by: Any, now: datetime) -> Outcome:
        """Take one row in, through the actions. ValidationError says why not."""

    def judge(self, played: Played, options: Options, *, by: Any, now: datetime) -> None:
        """Look at all rows together: overlaps, gaps; make what they only become together."""

    def take_back(self, item: Any, *, by: Any, now: datetime) -> None:
        """Undo one row. ValidationError when something hangs from it by now."""


_importers: dict[str, Importer] = {}
_back_within: dict[str, timedelta] = {}


def register(importer: Importer, *, back_within: timedelta | None = None) -> None:
    """Add a kind. With `back_within` it can be taken back for so long only: others work with the rows from then on."""
    _importers[importer.key] = importer
    if back_within is not None:
        _back_within[importer.key] = back_within


def back_until(key: str, applied_at: datetime | None) -> datetime | None:
    """The moment from which on an import of this kind cannot be taken back any more; None when there is none."""
    within = _back_within.get(key)
    return applied_at + within if applied_at is not None and within is not None else None


def importers() -> list[Importer]:
    """Every kind, in the order of registration: the ground first."""
    return list(_importers.values())


def importer_of(key: str) -> Importer:
    """The importer of a kind. LookupError when nobody registered it."""
    return _importers[key]


def _said(error: Exception, importer: Importer) -> str:
    """Why a row is refused, in words: what the action says of which column, a missing right, or a value too large."""
    if isinstance(error, DataError):
        return _("One of its values is too long or too large to be kept.")
    if not isinstance(error, ValidationError):
        return str(error)
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    headings = {key: str(heading) for key, heading, _example in importer.columns}
    said = [(headings.get(name), " ".join(e.messages)) for name, found in error.error_dict.items() for e in found]
    return " ".join(_("%(column)s: %(words)s") % {"column": at, "words": why} if at else why for at, why in said)


def _called(row: Any, options: Options) -> str:
    """What a refused row is called: as it says itself, else by the column that was named, or one called so."""
    one = row[0] if isinstance(row, tuple) else row
    if isinstance(one, Feature):
        said = one.properties.get(options.get("name_field") or "name") or one.properties.get("名称")
        return str(said or "").strip()[:80]
    return str(getattr(row, "label", "") or "")


def play(importer: Importer, content: bytes, name: str, options: Options, *, by: Any, now: datetime) -> Played:
    """Run every row inside the caller's transaction; what is refused stands in `lines` and leaves nothing behind."""
    played = Played()
    for number, row in importer.rows(content, name, options):
        try:
            with transaction.atomic():
                found = importer.act(row, options, by=by, now=now)
        except (ValidationError, PermissionDenied, DataError) as error:
            played.lines.append(Line(number, REFUSED, _called(row, options), _said(error, importer)))
            continue
        played.lines.append(Line(number, found.kind, found.label, found.note, found.shape))
        if found.undo is not None:
            played.undo.append(found.undo)
        if found.made is not None:
            played.made.append(found.made)
    importer.judge(played, options, by=by, now=now)
    if not played.lines:
        raise ValidationError(_("There is nothing in this file to take in."), code="nothing")
    return played
