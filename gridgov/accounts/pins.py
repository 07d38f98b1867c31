"""A six-digit PIN keeps a phone signed in for thirty days: asked after a pause, checked here, gone with the session.

It belongs to one session on one phone and lies in it, hashed. Five wrong ones in a row end the session; the password
opens it again. Where a phone is idle, pages ask for the PIN instead of signing the person out; what is delivered
meanwhile waits on the phone. Each PIN has a number, by which the phone knows for which PIN its own lock was made
(static/js/day.js): without a signal the phone tries the digits itself. In elder mode the phone asks once in half a day,
not after each pause: no time-outs to puzzle over. Pages that a room named delicate (residents) ask again whatever was
done before.
"""

import re
import time
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from gridgov.accounts import lockout, sessions
from gridgov.audit import actions as audit
from gridgov.privacy import crypto

HASH, ENTERED, LOCK = "gg_pin", "gg_pin_at", "gg_pin_lock"
ELDER_IDLE = timedelta(hours=12)
FRESH = timedelta(minutes=10)  # how long an entered PIN counts for delicate pages
WRONG = 5
_delicate: list[str] = []


def ask_again_for(prefix: str) -> None:
    """Let pages whose name begins so ("residents:") ask for the PIN again; in AppConfig.ready()."""
    if prefix not in _delicate:
        _delicate.append(prefix)


def offered(user: Any) -> bool:
    """Whether this person may keep a phone signed in: not where the role asks for a second factor."""
    return settings.PIN_DAYS > 0 and not (settings.REQUIRE_MFA and sessions.policy(user).second_factor)


def has(request: HttpRequest) -> bool:
    """Whether this session has a PIN."""
    return bool(request.session.get(HASH))


def _check_form(pin: str) -> None:
    steps = {int(b) - int(a) for a, b in pairwise(pin)} if re.fullmatch(r"[0-9]{6}", pin) else set()
    if not steps:
        raise ValidationError(_("A PIN has exactly six digits."), code="form")
    if len(steps) == 1 and steps <= {-1, 0, 1}:
        raise ValidationError(_("This PIN is too easy to guess. Choose another one."), code="weak")


def choose(request: HttpRequest, pin: str, *, by: Any, now: datetime, lock: UUID | None = None) -> None:
    """Set or change the PIN of this session; it now lasts `PIN_DAYS`. ValidationError for a bad one.

    `lock` is the number the phone gave to what it made of the digits; None where scripts do not run.
    """
    _check_form(pin)
    request.session[HASH] = make_password(pin)
    request.session[LOCK] = str(lock or uuid4())
    request.session[ENTERED] = time.time()
    request.session.set_expiry(int(timedelta(days=settings.PIN_DAYS).total_seconds()))
    audit.record("accounts.set_pin", by, by=by, at=now)


def remove(request: HttpRequest, *, by: Any, now: datetime) -> None:
    """Back to the usual limits: the phone is signed out after a pause again."""
    for name in (HASH, ENTERED, LOCK):
        request.session.pop(name, None)
    sessions.begin(request, by)
    audit.record("accounts.remove_pin", by, by=by, at=now)


def _key(request: HttpRequest) -> bytes:
    return crypto.blind_index(f"session:{request.session.session_key}", "accounts.attempts.pin")


def enter(request: HttpRequest, pin: str, *, by: Any, now: datetime) -> bool:
    """Whether the PIN is right. Counted before it is looked at; raises lockout.Locked after the last wrong one."""
    last = lockout.count(_key(request), limit=WRONG, now=now)
    if check_password(pin, request.session[HASH]):
        lockout.forgive_key(_key(request))
        request.session[ENTERED] = request.session[sessions.SEEN] = time.time()
        return True
    audit.record("accounts.pin_failed", by, by=None, at=now)
    if last:
        raise lockout.Locked(int(lockout.WINDOW.total_seconds() // 60))
    return False


def locked(request: HttpRequest, user: Any) -> bool:
    """Whether the phone has been left alone for so long that it asks."""
    if not has(request) or sessions.SEEN not in request.session:
        return False
    return time.time() - request.session[sessions.SEEN] > _idle(request, user)


def _idle(request: HttpRequest, user: Any) -> int:
    return int(ELDER_IDLE.total_seconds()) if user.elder_mode else request.session[sessions.RULES]["idle"]


def phone_lock(request: HttpRequest) -> dict[str, Any] | None:
    """What the phone's own lock goes by: the number of this session's PIN, the pause in seconds; None without a PIN."""
    if not has(request) or sessions.RULES not in request.session:
        return None
    return {"id": request.session.get(LOCK, "pin"), "idle": _idle(request, request.user)}


def due_again(request: HttpRequest, view_name: str) -> bool:
    """Whether a delicate page asks although the phone is open."""
    if not has(request) or not view_name.startswith(tuple(_delicate)):
        return False
    return time.time() - request.session[ENTERED] > FRESH.total_seconds()


def expired(request: HttpRequest) -> bool:
    """Whether the thirty days are over."""
    began = request.session.get(sessions.BEGAN, 0)
    return time.time() - began > timedelta(days=settings.PIN_DAYS).total_seconds()
