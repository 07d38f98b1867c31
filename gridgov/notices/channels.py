"""Ways out of the database: each is registered by whoever configures it; with none, nothing is queued."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gridgov.accounts.models import User
    from gridgov.notices.models import Notice, Outbox


class Channel(Protocol):
    """What a way out must be able to do."""

    name: str

    def wants(self, user: "User", notice: "Notice") -> bool:
        """Whether this notice goes to this person this way."""

    def deliver(self, row: "Outbox") -> None:
        """Hand it over; returns when the gateway took it, raises otherwise. May be called again for one row."""


_channels: dict[str, Channel] = {}


def register(channel: Channel) -> None:
    """Add a configured channel, in AppConfig.ready()."""
    _channels[channel.name] = channel


def forget(name: str) -> None:
    """Take a channel out again; what waits for it stays in the outbox."""
    _channels.pop(name, None)


def configured() -> tuple[Channel, ...]:
    """The channels notices may leave by; the inbox is not one of them, it is the database itself."""
    return tuple(_channels.values())


def named(name: str) -> Channel:
    """The channel of a queued row. LookupError when it is no longer configured."""
    try:
        return _channels[name]
    except KeyError:
        raise LookupError(f"Channel {name!r} is not configured.") from None
