"""A journey to a platform and back: begun in one session, finished in the same one, once, within ten minutes."""

import secrets
import time
from dataclasses import asdict, dataclass

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

KEY = "gg_trip"
LIFETIME = 600  # seconds


@dataclass(frozen=True, slots=True)
class Trip:
    """What was agreed when it began. `user` is who links an account; None for a sign-in."""

    platform: str
    state: str
    nonce: str
    verifier: str
    began: float
    to: str = ""
    user: int | None = None


def begin(request: HttpRequest, platform: str, *, to: str = "", user: int | None = None) -> Trip:
    """Remember a new journey in the session; an earlier one is over."""
    trip = Trip(
        platform,
        secrets.token_urlsafe(24),
        secrets.token_urlsafe(24),
        secrets.token_urlsafe(48),
        time.time(),
        to,
        user,
    )
    request.session[KEY] = asdict(trip)
    return trip


def finish(request: HttpRequest, platform: str, state: str) -> Trip | None:
    """The journey that `state` belongs to; None for a wrong, used or old one. Whatever it was, it is over."""
    kept = request.session.pop(KEY, None)
    if not isinstance(kept, dict):
        return None
    trip = Trip(**kept)
    fresh = time.time() - trip.began <= LIFETIME
    return trip if fresh and trip.platform == platform and constant_time_compare(trip.state, state) else None
