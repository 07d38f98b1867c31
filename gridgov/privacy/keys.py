"""The key ring: which key encrypts now, which ones still decrypt. Keys come from the environment only."""

import base64
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@lru_cache(maxsize=1)
def ring() -> dict[str, bytes]:
    """Key id → 32 bytes, in the order of GRIDGOV_PRIVACY_KEYS; the first one encrypts."""
    keys = {}
    for entry in settings.PRIVACY_KEYS:
        key_id, _, text = entry.partition(":")
        key = base64.b64decode(text)
        if len(key) != 32 or not 1 <= len(key_id.encode()) <= 15:
            raise ImproperlyConfigured(
                "Each entry of GRIDGOV_PRIVACY_KEYS is id:base64 of 32 bytes, the id 1 to 15 characters."
            )
        keys[key_id] = key
    if not keys:
        raise ImproperlyConfigured("GRIDGOV_PRIVACY_KEYS holds no key.")
    return keys


def current() -> tuple[str, bytes]:
    """The key that encrypts from now on."""
    return next(iter(ring().items()))


def index_key() -> bytes:
    """The key of the blind indexes; changing it means computing every index anew."""
    return base64.b64decode(settings.INDEX_KEY)
