"""The messages there are: a notice stores a code and numbers, the words are found when it is read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Params = Mapping[str, Any]
Words = str | Promise | Callable[[Params], str | Promise]
Url = Callable[[str, Params], str]


class Kind(TextChoices):
    """What a message is about: people choose by which ways they are told of each."""

    URGENT = "urgent", gettext_lazy("Emergencies")  # whatever it is about: the notice says so itself
    DEADLINE = "deadline", gettext_lazy("Deadlines and supervision")
    WORK = "work", gettext_lazy("Work that comes to me")
    OTHER = "other", gettext_lazy("Everything else")


@dataclass(frozen=True)
class Message:
    """The words of one code, in whatever language is active when they are read."""

    code: str
    title: Words
    body: Words = ""
    url: Url | None = None
    kind: Kind = Kind.OTHER


_messages: dict[str, Message] = {}
Describe = Callable[[Any, list[Any]], Mapping[str, str]]
_subjects: dict[str, Describe] = {}


def register_subject(kind: str, describe: Describe) -> None:
    """Say more about the subjects of a kind (`app.model`) than a notice keeps: what the reader may see of them now.

    `describe(user, ids)` answers a line for each id that the person may see, in at most one query.
    """
    _subjects[kind] = describe


def about(user: Any, told: Iterable[Any]) -> dict[tuple[str, str], str]:
    """(kind, id) of a subject → its line, for the notices on a page: one query for each kind that has more to say."""
    wanted: dict[str, set[str]] = {}
    for notice in told:
        if notice.subject_kind in _subjects:
            wanted.setdefault(notice.subject_kind, set()).add(notice.subject_id)
    return {
        (kind, key): line for kind, ids in wanted.items() for key, line in _subjects[kind](user, sorted(ids)).items()
    }


def register(code: str, *, title: Words, body: Words = "", url: Url | None = None, kind: Kind = Kind.OTHER) -> None:
    """Add a message, in AppConfig.ready().

    `title` and `body` are lazy strings with %(name)s for the params, or callables(params) where a param must
    be translated too; `url` gets (subject_id, params) and answers where the reader can act; `kind` is
    what people choose by when they say by which ways they want to be told.
    """
    _messages[code] = Message(code, title, body, url, kind)


def message(code: str) -> Message:
    """The message of `code`. LookupError when nobody registered it."""
    try:
        return _messages[code]
    except KeyError:
        raise LookupError(f"No message {code!r}; register it with notices.register in AppConfig.ready().") from None


def message_or_default(code: str) -> Message:
    """For reading: a notice whose app has gone still shows that something was said."""
    return _messages.get(code) or Message(code, _("Message"))


def words(source: Words, params: Params) -> str:
    """`source` in the active language with `params` put in."""
    if callable(source) and not isinstance(source, Promise):
        return str(source(params))
    return str(source) % params if params else str(source)
