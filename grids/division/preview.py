"""What a plan would move in every room of the house, as each of them answers: rows to read, people to ask, faults."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from grids.division.change import Change
from grids.division.faults import Fault
from grids.signals import plan_previewed


@dataclass(frozen=True)
class Row:
    """One line of what moves: how many of what, from where to where."""

    what: str | Promise
    old: str
    new: str
    count: int
    more: str | Promise = ""


@dataclass(frozen=True)
class Concerned:
    """Somebody whose work moves and who is asked to confirm the hand-over."""

    user: Any
    role: str
    area_id: int


@dataclass(frozen=True)
class Preview:
    """What one room answers to `plan_previewed`."""

    rows: tuple[Row, ...] = ()
    concerned: tuple[Concerned, ...] = ()
    faults: tuple[Fault, ...] = ()


def collect(change: Change, *, by: Any) -> list[Preview]:
    """Ask every room; `by` is who will read the answer."""
    answers: list[tuple[Any, Any]] = plan_previewed.send(type(change.plan), change=change, by=by)
    return [answer for _receiver, answer in answers if answer is not None]


def posts_faults(previews: Iterable[Preview]) -> list[Fault]:
    """The findings of the rooms above."""
    return [fault for preview in previews for fault in preview.faults]
