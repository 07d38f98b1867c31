"""Labels that an office may rename: declared where they belong, said in the reader's language, known to each process.

A process keeps the words it read. Whoever is signed in brings the newest version along with their own row
(`gridgov.accounts`), so a page shows a new word at once and asks nothing more; the residents' door, the wall and
the worker look themselves, at most every half minute.
"""

import time
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.functional import Promise, lazy

from gridgov.labels.models import Label

LOOK_AGAIN = 30.0  # seconds, for those who bring no version along
DEFAULTS: dict[str, str | Promise] = {}  # key → the program's own word


@dataclass
class _Known:
    """What this process has read."""

    version: int = 0
    words: dict[str, tuple[str, str]] = field(default_factory=dict)
    looked_at: float = field(default_factory=time.monotonic)


_known = _Known()


def said(key: str) -> str:
    """The office's word in the language of the moment; the program's where there is none."""
    language = translation.get_language()  # None while migrations are made: they know nothing of an office
    if language is not None and key in _known.words:
        own = _known.words[key][0 if language.startswith("zh") else 1]
        if own:
            return own
    return str(DEFAULTS[key])


_lazily: Any = lazy(said, str)


def named(key: str, default: str | Promise) -> Any:
    """A label that can be renamed, for any place that takes a lazy translation: `named("level.2", _("Late"))`."""
    DEFAULTS[key] = default
    return _lazily(key)


def read() -> None:
    """Take in every word of the office; one query."""
    rows = list(Label.objects.all())
    _known.words = {row.key: (row.zh, row.en) for row in rows}
    _known.version = max((row.version for row in rows), default=0)
    _known.looked_at = time.monotonic()


def follow(version: int) -> None:
    """Read anew when `version`, just seen in the database, is not the one this process knows."""
    if version != _known.version:
        read()


def look() -> None:
    """Read anew when the last look is half a minute ago."""
    if time.monotonic() - _known.looked_at > LOOK_AGAIN:
        read()


def own(key: str) -> tuple[str, str]:
    """(Chinese, English) as the office set them; empty where the program's word holds."""
    return _known.words.get(key, ("", ""))


def default(key: str, language: str) -> str:
    """The program's own word in one language."""
    with translation.override(language):
        return str(DEFAULTS[key])
