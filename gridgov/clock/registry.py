"""What the kernel asks of the apps whose subjects have clocks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

from gridgov.clock.models import Clock, Escalation


class Reached(NamedTuple):
    """One level on the way: what its `Escalation` says, without a model for each of thousands."""

    level: int
    planned_at: datetime
    late_by: timedelta


@dataclass(frozen=True, slots=True)
class Fired:
    """What one sweep did to one clock: every level missed, in order; people are told of the highest."""

    clock: Clock
    escalations: tuple[Reached | Escalation, ...]

    @property
    def level(self) -> int:
        """The highest level reached."""
        return self.escalations[-1].level


class Handler(Protocol):
    """Registered for a subject kind in AppConfig.ready(). Every call is about many subjects, in one transaction."""

    def lock(self, subject_ids: Collection[UUID], *, wait: bool) -> set[UUID]:
        """Lock these, in the order of their keys. Without `wait`, pass over what another transaction holds.

        Answers those that are not held elsewhere, among them any that do not exist. Whoever takes a step locks the
        subject first and its clocks after; a sweep, which holds clocks first, must therefore never wait here.
        """

    def running(self, subject_ids: Collection[UUID]) -> set[UUID]:
        """Which of these still have work to do; the clocks of the others are stopped, not fired."""

    def escalated(self, fired: Sequence[Fired], *, now: datetime) -> None:
        """Raise the subjects' level, open what must be opened, tell who must know."""

    def replanned(self, clocks: Sequence[Clock], *, now: datetime) -> None:
        """Due times or levels of these clocks changed for all by a new calendar or limit."""


_handlers: dict[str, Handler] = {}


def register(subject_kind: str, handler: Handler) -> None:
    """Say who speaks for the subjects of this kind."""
    _handlers[subject_kind] = handler


def handler_of(subject_kind: str) -> Handler:
    """The handler. LookupError when no app registered one: a clock nobody answers for is a fault."""
    try:
        return _handlers[subject_kind]
    except KeyError:
        raise LookupError(f"No clock handler is registered for {subject_kind!r}.") from None


def kinds() -> list[str]:
    """The subject kinds somebody speaks for."""
    return sorted(_handlers)
