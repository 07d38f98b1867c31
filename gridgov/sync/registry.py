"""What may come through the door and who may look at its photos: handed in by the apps that own it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from gridgov.sync.models import Envelope


@dataclass(frozen=True, slots=True)
class Result:
    """What an envelope became: `kind` is a model label ("incidents.incident"), `url` where to see it."""

    kind: str
    id: str
    url: str = ""
    needs_review: bool = False


class Handler(Protocol):
    """Turns one envelope into a record, inside the door's transaction."""

    def __call__(self, envelope: "Envelope", payload: dict[str, Any], *, by: Any, now: datetime) -> Result:
        """Calls one action. Raises django's ValidationError for content it cannot take."""


Access = Callable[[Any, str], bool]
_handlers: dict[str, Handler] = {}
_access: dict[str, Access] = {}


def register(kind: str, handler: Handler) -> None:
    """Let envelopes of `kind` ("incidents.report") be turned into records by `handler`, in AppConfig.ready()."""
    _handlers[kind] = handler


def register_access(subject_kind: str, check: Access) -> None:
    """Let `check(user, subject_id)` say who may see the attachments of "incidents.incident"."""
    _access[subject_kind] = check


def handler_of(kind: str) -> Handler | None:
    """The handler of `kind`; None when nobody takes it."""
    return _handlers.get(kind)


def may_see(user: Any, subject_kind: str, subject_id: str) -> bool:
    """Whether `user` may see attachments of the subject; never when nobody registered for its kind."""
    check = _access.get(subject_kind)
    return check is not None and check(user, subject_id)
