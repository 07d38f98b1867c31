"""Renaming what the house calls its steps, levels and other labels; empty means the program's own word."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from gridgov.labels import actions as labels
from gridgov.labels import words
from grids.permissions import Perm, require_anywhere

LANGUAGES = ("zh-hans", "en")


def keys_of(group: str) -> list[str]:
    """The labels of one dictionary, in the order they are declared."""
    return [key for key in words.DEFAULTS if key.startswith(f"{group}.")]


def _settled(key: str, pair: tuple[str, str]) -> tuple[str, str]:
    """Without what equals the program's own word: that is no change, and follows the program later."""
    own = [" ".join(word.split()) for word in pair]
    zh, en = ("" if word == words.default(key, code) else word for word, code in zip(own, LANGUAGES, strict=True))
    return zh, en


def _twice(group: dict[str, tuple[str, str]]) -> dict[str, str]:
    """Key → what is wrong, where two labels of one dictionary would say the same in one language."""
    faults: dict[str, str] = {}
    for at, code in enumerate(LANGUAGES):
        seen: dict[str, str] = {}
        for key, pair in group.items():
            word = pair[at] or words.default(key, code)
            if word.casefold() in seen and (pair[at] or group[seen[word.casefold()]][at]):
                faults[key] = _("Two labels would both say “%(word)s”. Choose another word.") % {"word": word}
            seen.setdefault(word.casefold(), key)
    return faults


@transaction.atomic
def rename(group: str, wanted: dict[str, tuple[str, str]], *, by: Any, now: datetime) -> list[str]:
    """Set (Chinese, English) for labels of one dictionary; gives the keys that changed.

    ValidationError by key when two labels would say the same: nobody could tell them apart in a list.
    """
    require_anywhere(by, Perm.EDIT_CATALOGUE)
    settled = {key: _settled(key, wanted.get(key, words.own(key))) for key in keys_of(group)}
    if faults := _twice(settled):
        raise ValidationError(dict(faults))
    changed = {key: pair for key, pair in settled.items() if pair != words.own(key)}
    if changed:
        labels.put(changed)
        told = {key: {"zh": zh, "en": en} for key, (zh, en) in changed.items()}
        audit.record("incidents.rename_labels", None, by=by, at=now, labels=told)
    return list(changed)


def reset(group: str, *, by: Any, now: datetime) -> list[str]:
    """Give a dictionary the program's own words again."""
    return rename(group, dict.fromkeys(keys_of(group), ("", "")), by=by, now=now)
