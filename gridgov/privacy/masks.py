"""How personal data looks to someone who may know it exists but not read it."""

import re
import unicodedata
from collections.abc import Callable

from django.db.models import TextChoices


class Kind(TextChoices):
    """What a sensitive field holds; decides its mask."""

    NAME = "name"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    ADDRESS = "address"
    EMAIL = "email"
    TEXT = "text"


def _name(text: str) -> str:
    return text[:1] + "*" * min(max(len(text) - 1, 1), 2)


def _phone(text: str) -> str:
    return f"{text[:3]}****{text[-4:]}" if len(text) >= 11 else "****" + text[-2:]


def _id_number(text: str) -> str:
    return f"{text[:6]}{'*' * 8}{text[-4:]}" if len(text) == 18 else "*" * len(text)


def _email(text: str) -> str:
    name, at, host = text.rpartition("@")
    return f"{name[:1]}***{at}{host}"


MASKS: dict[str, Callable[[str], str]] = {
    Kind.NAME: _name,
    Kind.PHONE: _phone,
    Kind.ID_NUMBER: _id_number,
    Kind.ADDRESS: lambda text: text[:6] + "***",
    Kind.EMAIL: _email,
    Kind.TEXT: lambda text: "***",
}


def mask(text: str, kind: str) -> str:
    """`text` as everyone may see it: 王*, 138****0001, 990101********0014."""
    return MASKS[kind](text) if text else ""


# A mobile number or an 18-character identity number inside free text, also spaced and in full-width digits.
PERSONAL_PATTERN = re.compile(
    r"(?<!\d)(?:[+＋]?[8８][6６][\s-]?)?[1１][3-9３-９]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)"
    r"|(?<!\d)\d{6}[\s-]?\d{8}[\s-]?\d{3}[\dXxＸｘ](?!\d)"
)


def contains_personal(text: str) -> bool:
    """Whether free text seems to hold a phone or identity number, so that its writer can be warned."""
    return PERSONAL_PATTERN.search(text) is not None


def mask_text(text: str) -> str:
    """Free text with phone and identity numbers masked, the rest as written."""

    def cover(match: re.Match[str]) -> str:
        digits = re.sub(r"[\s+-]", "", unicodedata.normalize("NFKC", match.group()))
        return mask(digits, Kind.ID_NUMBER) if len(digits) == 18 else mask(digits[-11:], Kind.PHONE)

    return PERSONAL_PATTERN.sub(cover, text)
