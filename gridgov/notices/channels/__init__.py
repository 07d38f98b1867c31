"""Ways out of the database: each is registered when it is configured; with none, nothing is queued.

An adapter is a few lines: it is handed a `Parcel` with words and address ready, speaks its gateway's language and
returns, or raises a `Trouble` that says whether trying again can help.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from django.utils.functional import Promise

if TYPE_CHECKING:
    from gridgov.accounts.models import User


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message ready to go. `key` names the delivery: a gateway that drops repetitions is given it."""

    key: str
    title: str
    body: str
    url: str
    urgent: bool
    at: datetime
    code: str = ""
    subject: tuple[str, str] = ("", "")
    params: dict[str, Any] = field(default_factory=dict)
    to: tuple[str, ...] = field(default=(), repr=False)  # phone, address, user id, or what a robot or device needs

    @property
    def text(self) -> str:
        """Everything in a line."""
        return " ".join(part for part in (self.title, self.body) if part)


class Channel(Protocol):
    """What any way out must be able to do."""

    @property
    def name(self) -> str:
        """Its code, as it stands in the outbox."""

    @property
    def label(self) -> str | Promise:
        """What people call it."""

    def deliver(self, parcel: Parcel) -> None:
        """Hand it over; returns when the gateway took it, raises otherwise. May be called again for one row."""


@runtime_checkable
class Personal(Channel, Protocol):
    """A way to one person."""

    @property
    def at_once(self) -> frozenset[str]:
        """The kinds of messages that go this way to who has chosen nothing."""

    def reaches(self, users: "Collection[User]") -> set[int]:
        """The keys of those who have an address here; at most one query."""

    def address(self, user: "User") -> tuple[str, ...]:
        """The address, in the clear; () when there is none any more."""


_channels: dict[str, Channel] = {}
_labels: dict[str, str | Promise] = {}


def register(channel: Channel) -> None:
    """Add a configured channel, in AppConfig.ready()."""
    _channels[channel.name] = channel


def forget(name: str) -> None:
    """Take a channel out again; what waits for it stays in the outbox."""
    _channels.pop(name, None)


def configured() -> tuple[Channel, ...]:
    """The ways notices may leave by; the inbox is not one of them, it is the database itself."""
    return tuple(_channels.values())


def personal() -> tuple[Personal, ...]:
    """Those of them that lead to one person."""
    return tuple(channel for channel in _channels.values() if isinstance(channel, Personal))


def named(name: str) -> Channel:
    """The channel of a queued row. LookupError when it is no longer configured."""
    try:
        return _channels[name]
    except KeyError:
        raise LookupError(f"Channel {name!r} is not configured.") from None


def know(name: str, label: str | Promise) -> None:
    """Say what a channel is called whether it is configured or not: what left by it stays in the log."""
    _labels[name] = label


def label(name: str) -> str | Promise:
    """What a channel is called; its code when nobody knows it."""
    channel = _channels.get(name)
    return channel.label if channel else _labels.get(name, name)
