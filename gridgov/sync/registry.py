"""What may come through the door and who may look at its photos: handed in by the apps that own it.

A new kind is one handler: `sync.register("teams.checkpoint", handler, label=_("Checkpoint"))` in
`AppConfig.ready()`. The phone hands it in with `tray.put("teams.checkpoint", payload)` (static/js/tray.js).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.functional import Promise

if TYPE_CHECKING:
    from gridgov.sync.models import Envelope


@dataclass(frozen=True, slots=True)
class Result:
    """What an envelope became: `kind` is a model label ("incidents.incident"), `url` where to see it."""

    kind: str
    id: str
    url: str = ""
    needs_review: bool = False
    changed: bool = False  # somebody changed it since the device looked (`base_version`); it counts all the same


class Handler(Protocol):
    """Turns one envelope into a record, inside the door's transaction."""

    def __call__(self, envelope: "Envelope", payload: dict[str, Any], *, by: Any, now: datetime) -> Result:
        """Calls one action. What it refuses is kept for review: ValidationError, PermissionDenied, or a row that
        is gone (ObjectDoesNotExist).
        """


Access = Callable[[Any, str], bool]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind is called, and what may still be made of it when its handler no longer can."""

    label: str | Promise
    salvage: Handler | None = None
    secret: Callable[[dict[str, Any]], bool] = lambda _payload: False


_handlers: dict[str, Handler] = {}
_kinds: dict[str, Kind] = {}
_access: dict[str, Access] = {}


def register(kind: str, handler: Handler, *, label: str | Promise = "", **more: Any) -> None:
    """Let envelopes of `kind` ("incidents.report") be turned into records by `handler`, in AppConfig.ready().

    `label` names the kind to people. `salvage` is tried when somebody takes a kept record in and `handler` still
    refuses it: the words of a step that is no longer possible can stand as a comment. `secret(payload)` says whether
    a record that is kept is confidential.
    """
    _handlers[kind] = handler
    _kinds[kind] = Kind(label or kind, **more)


def register_access(subject_kind: str, check: Access) -> None:
    """Let `check(user, subject_id)` say who may see the attachments of "incidents.incident"."""
    _access[subject_kind] = check


def handler_of(kind: str) -> Handler | None:
    """The handler of `kind`; None when nobody takes it."""
    return _handlers.get(kind)


def kind_of(name: str) -> Kind:
    """What is known about a kind; its bare name when nobody takes it (any more)."""
    return _kinds.get(name) or Kind(name)


def labels() -> dict[str, str]:
    """Kind → what people call it, in the reader's language."""
    return {name: str(kind.label) for name, kind in _kinds.items()}


def may_see(user: Any, subject_kind: str, subject_id: str) -> bool:
    """Whether `user` may see attachments of the subject; never when nobody registered for its kind."""
    check = _access.get(subject_kind)
    return check is not None and check(user, subject_id)
