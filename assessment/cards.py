"""What Today is made of: each room's work as cards, in the order in which it makes sense to walk.

A provider is called with (user, now) and gives the cards that are due for this person now: `@provider` in a module that
`AssessmentConfig.ready()` imports. What a card says leaves for phones: texts are masked here, once, for everyone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

MOST = 60


@dataclass(frozen=True)
class Card:
    """One thing to do. `place` is said first and large; `url` is a page of the field door, `action` its button.

    `offline` is what a phone needs to act on it without a signal (for a case: incident, version, step …).
    """

    kind: str
    id: str
    title: str
    url: str
    action: str
    place: str = ""
    text: str = ""
    status: str = ""
    icon: str = ""
    level: int | None = None  # of lateness; None where nothing runs
    due_at: datetime | None = None
    area_path: str = ""
    lon: float | None = None
    lat: float | None = None
    offline: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Unique among all cards."""
        return f"{self.kind}-{self.id}"


Provider = Callable[[Any, datetime], Iterable[Card]]
_providers: list[Provider] = []


def provider(give: Provider) -> Provider:
    """Add a source of cards."""
    if give not in _providers:
        _providers.append(give)
    return give


def _walk(card: Card, now: datetime) -> tuple[Any, ...]:
    """Due first, by day; within a day grid by grid, building by building, so that nobody walks a way twice."""
    due = max(card.due_at, now) if card.due_at else None
    day = timezone.localdate(due).toordinal() if due else 10**7
    return (day, card.area_path or "~", card.place, card.due_at or now, card.key)


def cards(user: Any, now: datetime) -> list[Card]:
    """Everything that is due for this person, what to do first standing first."""
    found = [card for give in _providers for card in give(user, now)]
    return sorted(found, key=lambda card: _walk(card, now))[:MOST]
