"""What a clock is counted by, and the record of what it was counted by before: "inputs never change" stays provable."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from gridgov.clock.models import CalendarVersion, Clock, LadderVersion, Replan
from gridgov.rows import insert_rows

WRITTEN = ["calendar_version", "budget", "basis", "ladder_version", "ladder_basis", "least_level"]


@dataclass(frozen=True)
class Terms:
    """What a running clock is counted by from now on; None leaves it as it is.

    `holds`: a level reached by the terms before stays reached, whatever the new ones say.
    """

    calendar: CalendarVersion | None = None
    budget: int | None = None
    basis: str | None = None
    ladder: LadderVersion | None = None
    ladder_basis: str | None = None
    holds: bool = False

    def apply(self, clock: Clock) -> None:
        """Set them on a clock; what follows from them is the caller's."""
        clock.calendar_version = self.calendar or clock.calendar_version
        clock.budget = clock.budget if self.budget is None else self.budget
        clock.basis = clock.basis if self.basis is None else self.basis
        clock.ladder_version = self.ladder or clock.ladder_version
        clock.ladder_basis = clock.ladder_basis if self.ladder_basis is None else self.ladder_basis


class Counted(NamedTuple):
    """What a clock was counted by at one moment."""

    calendar: CalendarVersion
    ladder: LadderVersion
    budget: int
    level: int
    due_at: datetime | None

    @property
    def inputs(self) -> tuple[int, int, int]:
        """What is given, without what follows from it."""
        return self.calendar.pk, self.ladder.pk, self.budget


def counted(clock: Clock) -> Counted:
    """As it stands."""
    return Counted(clock.calendar_version, clock.ladder_version, clock.budget, clock.level, clock.due_at)


def said(clock: Clock, before: Counted) -> dict[str, Any]:
    """What has become another, [old, new], for the audit row: versions by name and number."""
    pairs = {
        "level": (before.level, clock.level),
        "budget": (before.budget, clock.budget),
        "calendar": (_named(before.calendar, "calendar"), _named(clock.calendar_version, "calendar")),
        "ladder": (_named(before.ladder, "ladder"), _named(clock.ladder_version, "ladder")),
        "due": (_iso(before.due_at), _iso(clock.due_at)),
    }
    return {name: list(pair) for name, pair in pairs.items() if pair[0] != pair[1]}


def _named(version: Any, kind: str) -> str:
    return f"{getattr(version, kind).code}#{version.number}"


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def keep(changed: Iterable[tuple[Clock, Counted]], *, verb: str, by: Any, now: datetime) -> None:
    """Write down what the inputs of clocks were, in one statement; a clock whose inputs are the same has no row.

    Each of them has been given its new revision already.
    """
    rows = [
        (
            clock.pk, clock.revision, old.calendar.pk, clock.calendar_version_id, old.ladder.pk,
            clock.ladder_version_id, old.budget, clock.budget, old.due_at, clock.due_at,
        )
        for clock, old in changed
        if old.inputs != counted(clock).inputs
    ]  # fmt: skip
    names = ["clock", "revision", "old_calendar", "new_calendar", "old_ladder", "new_ladder"]
    names += ["old_budget", "new_budget", "old_due_at", "new_due_at"]
    insert_rows(Replan, names, rows, same={"verb": verb, "at": now, "by": getattr(by, "pk", None)})
