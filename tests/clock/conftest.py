"""A subject of the kernel's own, so that the clock is tested without incidents."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from gridgov.clock import actions, calendars, registry
from gridgov.clock.models import Clock
from gridgov.clock.seed import seed_calendars
from gridgov.ids import uuid7

KIND = "tests.thing"
HOUR = 3600


class Things:
    """Speaks for subjects that exist in this list only; remembers what the kernel told it."""

    def __init__(self) -> None:
        self.ended: set[UUID] = set()
        self.busy: set[UUID] = set()
        self.poison: set[UUID] = set()
        self.told: list[tuple[UUID, list[int], int]] = []  # subject, levels in order, the highest
        self.moved: list[UUID] = []

    def lock(self, subject_ids, *, wait):
        return set(subject_ids) if wait else set(subject_ids) - self.busy

    def running(self, subject_ids):
        return set(subject_ids) - self.ended

    def escalated(self, fired, *, now):
        for item in fired:
            if item.clock.subject_id in self.poison:
                raise RuntimeError("this thing cannot be escalated")
        self.told += [(i.clock.subject_id, [e.level for e in i.escalations], i.level) for i in fired]

    def replanned(self, clocks, *, now):
        self.moved += [clock.subject_id for clock in clocks]


@pytest.fixture
def things() -> Iterator[Things]:
    """The registered handler of KIND."""
    handler = Things()
    registry.register(KIND, handler)
    yield handler
    del registry._handlers[KIND]


@pytest.fixture
def begin(db: None, things: Things, now) -> Callable[..., Clock]:
    """`begin(at, budget=…)` → a running clock of a new thing; natural time unless a calendar is named."""
    seed_calendars(now=now - timedelta(days=400))

    def start(at, *, budget: int = 10 * HOUR, calendar: str = calendars.NATURAL, **more) -> Clock:
        version = calendars.current(calendar)
        return actions.start(
            KIND, uuid7(), more.pop("stage", "handle"), budget=budget, calendar=version, area_path="a", now=at, **more
        )

    return start
