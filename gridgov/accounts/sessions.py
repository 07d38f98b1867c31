"""How long a sign-in lasts: rooms above register what their roles need, this one keeps the clock.

Session times are the web server's clock (`time.time()`): half an hour needs no exactness, and asking the
database would cost every request a query. What a session needs is written into it when it begins and
looked up again once a minute, together with the sign that the person is there.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

BEGAN, SEEN, RULES = "gg_began", "gg_seen", "gg_rules"
TOUCH_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Policy:
    """What a person's role asks of a sign-in."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)
    second_factor: bool = False


Source = Callable[[Any], Policy | None]
_sources: list[Source] = []


def register_policy(source: Source) -> None:
    """Add a rule: called with a user, answers a Policy or None for "no opinion". The strictest answer holds."""
    if source not in _sources:
        _sources.append(source)


def policy(user: Any) -> Policy:
    """What holds for `user`: the strictest of all answers, the defaults when there is none."""
    answers = [answer for source in _sources if (answer := source(user)) is not None] or [Policy()]
    return Policy(
        idle=min(answer.idle for answer in answers),
        absolute=min(answer.absolute for answer in answers),
        second_factor=any(answer.second_factor for answer in answers),
    )


def begin(request: HttpRequest, user: Any) -> None:
    """Start the clock of a fresh session."""
    request.session[BEGAN] = time.time()
    _note(request, user)
    request.session.set_expiry(request.session[RULES]["absolute"])


def _note(request: HttpRequest, user: Any) -> None:
    rules = policy(user)
    request.session[SEEN] = time.time()
    request.session[RULES] = {
        "idle": int(rules.idle.total_seconds()),
        "absolute": int(rules.absolute.total_seconds()),
        "factor_missing": settings.REQUIRE_MFA and rules.second_factor and not is_mfa_enabled(user),
    }


def expired(request: HttpRequest) -> bool:
    """Whether the session has been idle, or has lasted, too long."""
    session, present = request.session, time.time()
    rules = session.get(RULES)
    if rules is None:
        return False
    return present - session[SEEN] > rules["idle"] or present - session[BEGAN] > rules["absolute"]


def touch(request: HttpRequest, user: Any) -> None:
    """Note, at most once a minute, that the person is there; a session without rules gets them."""
    session = request.session
    if RULES not in session:
        begin(request, user)
    elif time.time() - session[SEEN] >= TOUCH_SECONDS:
        _note(request, user)
        UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=timezone.now())


def factor_missing(request: HttpRequest) -> bool:
    """Whether the role asks for a second factor that the person has not set up yet."""
    return bool(request.session.get(RULES, {}).get("factor_missing"))


def factor_added(request: HttpRequest) -> None:
    """The second factor was set up in this session."""
    if RULES in request.session:
        request.session[RULES] = {**request.session[RULES], "factor_missing": False}
