"""Sign-in through others: each platform says where to send a person and, when they come back, who they are there.

Whose account that is here is not the platform's word but the person's: they linked it while signed in.
"""

from collections.abc import Mapping
from typing import Protocol

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from gridgov.accounts.platforms.trips import Trip


class Way(Protocol):
    """One platform."""

    @property
    def name(self) -> str:
        """Its code, as it stands in addresses and in Identity.platform."""

    @property
    def label(self) -> str | Promise:
        """What people call it."""

    def away(self, request: HttpRequest, trip: Trip, back: str) -> str:
        """The address at which the person proves who they are."""

    def who(self, answer: Mapping[str, str], trip: Trip, back: str) -> str:
        """The account behind what came back; "" for somebody from outside. Raises Trouble."""


def configured() -> list[Way]:
    """The platforms that the environment configures, in the order in which the sign-in page shows them."""
    from gridgov.accounts.platforms import dingtalk, oidc, wecom

    outside = settings.OUTSIDE
    found: list[tuple[object, Way]] = [
        (outside.wecom, wecom.SignIn()),
        (outside.dingtalk, dingtalk.SignIn()),
        (outside.oidc, oidc.SignIn()),
    ]
    return [way for configuration, way in found if configuration]


def named(name: str) -> Way | None:
    """One of them; None when it is not configured."""
    return next((way for way in configured() if way.name == name), None)


def back_url(way: Way) -> str:
    """Where the platform sends people back to: the site's own address, not what a request claims to be its host."""
    return settings.OUTSIDE.site_url + reverse("accounts:platform_back", args=[way.name])
