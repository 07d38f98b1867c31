"""Access tokens of platforms: fetched once, kept in this process until shortly before they end, renewed on refusal.

They lie in memory only: a token in a cache that others read would be a key left on the table.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

from gridgov.outside.trouble import Later, Trouble, Why

MARGIN = 120  # seconds before the end from which a token is not used any more
STALE = {40001, 40014, 42001}  # wrong or expired token, alike on both platforms
BUSY = {-1, 45009, 45033, 90018, 130101}  # too often, too many at once, or the platform is busy
KEY = {40013, 40068, 40089, 48002, 60011, 60020, 301002}  # wrong application, secret, network address or right

Fetch = Callable[[], tuple[str, float]]
_kept: dict[str, tuple[str, float]] = {}
_lock = threading.Lock()


def token(name: str, fetch: Fetch) -> str:
    """The token of `name`, fetched when there is none that still holds; one thread fetches, the others wait."""
    with _lock:
        known = _kept.get(name)
        if known is None or known[1] <= time.monotonic():
            value, seconds = fetch()
            known = _kept[name] = (value, time.monotonic() + max(seconds - MARGIN, 30))
        return known[0]


def forget(name: str = "") -> None:
    """Fetch anew next time; without a name, all of them."""
    with _lock:
        _kept.pop(name, None) if name else _kept.clear()


def call(name: str, fetch: Fetch, ask: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """Ask with the token; once more with a new one when the platform calls it stale. Raises Trouble for an errcode."""
    answer = ask(token(name, fetch))
    if answer.get("errcode") in STALE:
        forget(name)
        answer = ask(token(name, fetch))
    return checked(answer)


def checked(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, when its errcode is 0. An answer without one is no answer of these platforms."""
    code = answer.get("errcode")
    if code == 0:
        return answer
    if not isinstance(code, int):
        raise Trouble(Why.UNREADABLE)
    if code in BUSY:
        raise Later(Why.BUSY, code)
    raise Trouble(Why.KEY if code in KEY | STALE else Why.STATUS, code)
