"""The messages there are: a notice stores a code and numbers, the words are found when it is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Params = Mapping[str, Any]
Words = str | Promise | Callable[[Params], str | Promise]
Url = Callable[[str, Params], str]


@dataclass(frozen=True)
class Message:
    """The words of one code, in whatever language is active when they are read."""

    code: str
    title: Words
    body: Words = ""
    url: Url | None = None


_messages: dict[str, Message] = {}


def register(code: str, *, title: Words, body: Words = "", url: Url | None = None) -> None:
    """Add a message, in AppConfig.ready().

    `title` and `body` are lazy strings with %(name)s for the params, or callables(params) where a param must
    be translated too; `url` gets (subject_id, params) and answers where the reader can act.
    """
    _messages[code] = Message(code, title, body, url)


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
