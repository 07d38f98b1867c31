"""The devices a person is signed in on, in words a person knows."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet

from gridgov.accounts.models import User

SYSTEMS = {"HarmonyOS": "HarmonyOS", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad"} | {
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}
BROWSERS = {"MicroMessenger": "WeChat", "DingTalk": "DingTalk", "Edg/": "Edge", "Firefox/": "Firefox"} | {
    "OPR/": "Opera",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}


@dataclass(frozen=True, slots=True)
class Device:
    """One signed-in browser."""

    id: int
    system: str
    browser: str
    address: str
    seen_at: datetime
    since: datetime
    is_current: bool
    is_phone: bool


def _first(names: dict[str, str], agent: str) -> str:
    return next((shown for sign, shown in names.items() if sign in agent), "")


def called(agent: str) -> str:
    """What a browser is called by its user agent: "Chrome · Windows"."""
    return " · ".join(filter(None, (_first(BROWSERS, agent), _first(SYSTEMS, agent))))


def _living() -> QuerySet[UserSession]:
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    return UserSession.objects.filter(Exists(alive))


def of(user: User, current_key: str | None) -> list[Device]:
    """The devices of `user`, the present one first, then the most recently seen."""
    rows = _living().filter(user=user).order_by("-last_seen_at")[:50]
    shown = [
        Device(
            id=row.pk,
            system=_first(SYSTEMS, row.user_agent),
            browser=_first(BROWSERS, row.user_agent),
            address=row.ip,
            seen_at=row.last_seen_at,
            since=row.created_at,
            is_current=row.session_key == current_key,
            is_phone=re.search(r"Mobile|Android|iPhone", row.user_agent) is not None,
        )
        for row in rows
    ]
    return sorted(shown, key=lambda device: not device.is_current)


def online(now: datetime) -> QuerySet[User]:
    """Who was here in the last five minutes: names, no times, no totals (it is no time clock)."""
    recent = _living().filter(user=OuterRef("pk"), last_seen_at__gt=now - timedelta(minutes=5))
    return User.objects.filter(Exists(recent), is_active=True).order_by("name")
