"""One text for one content, so that a repetition is recognised whatever order or spacing it comes in."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _


def _plain(value: Any) -> Any:
    """Numbers that are equal are written alike (JavaScript writes 1.0 as 1)."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def text(content: Any) -> str:
    """JSON with sorted keys and no spaces. ValidationError for what no database text can hold."""
    try:
        written = json.dumps(
            _plain(content),
            cls=DjangoJSONEncoder,
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
            allow_nan=False,
        )
        written.encode()
    except (ValueError, RecursionError) as error:
        raise ValidationError(_("Some characters or numbers cannot be stored."), code="unreadable") from error
    if "\\u0000" in written:
        raise ValidationError(_("Some characters or numbers cannot be stored."), code="unreadable")
    return written


def digest(kind: str, payload: dict[str, Any], photo_hashes: Iterable[str]) -> bytes:
    """SHA-256 over kind, payload and photo hashes, the hashes as a set."""
    content = {"kind": kind, "payload": payload, "photos": sorted(set(photo_hashes))}
    return hashlib.sha256(text(content).encode()).digest()


def problems(error: Exception) -> list[dict[str, str]]:
    """Field names and codes of a refusal; its words may repeat what was typed and are not kept."""
    if not isinstance(error, ValidationError):
        return [{"field": "", "code": "denied" if isinstance(error, PermissionDenied) else "gone"}]
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    return [
        {"field": "" if field == NON_FIELD_ERRORS else field, "code": str(item.code or "invalid")}
        for field, items in by_field.items()
        for item in items
    ]
