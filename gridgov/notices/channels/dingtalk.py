"""钉钉: work notifications of our application, and the robot of a group chat with its signature."""

import base64
import hashlib
import hmac
import time
from collections.abc import Collection
from typing import ClassVar
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from gridgov.accounts.models import Identity, Platform, User
from gridgov.notices.channels import Parcel
from gridgov.notices.registry import Kind
from gridgov.outside import dingtalk, http, tokens
from gridgov.outside.trouble import Refused, Trouble, Why

NOBODY = {"33012", "60121", "60011"}  # invalid user id, no such user, outside the application's range
ROBOT_REFUSES = {"310000", "300001", "40035"}  # wrong signature or word, no such robot


class Application:
    """工作通知: a card with a button."""

    name = "dingtalk"
    label = _("DingTalk")
    at_once: ClassVar[frozenset[str]] = frozenset(Kind.values)

    def reaches(self, users: Collection[User]) -> set[int]:
        """Who linked the account."""
        return Identity.objects.linked(Platform.DINGTALK, users)

    def address(self, user: User) -> tuple[str, ...]:
        """The userid in our organisation."""
        return Identity.objects.address_of(user, Platform.DINGTALK)

    def deliver(self, parcel: Parcel) -> None:
        """One card to one member. The platform itself drops the same content on the same day."""
        card = {
            "title": parcel.title[:64],
            "markdown": f"**{parcel.title}**\n\n{parcel.body}",
            "single_title": "查看详情",
            "single_url": parcel.url,
        }
        message = {
            "agent_id": dingtalk.configuration().agent_id,
            "userid_list": parcel.to[0],
            "msg": {"msgtype": "action_card", "action_card": card},
        }
        try:
            dingtalk.send(message)
        except Trouble as trouble:
            if trouble.detail in NOBODY:
                raise Refused(Why.ADDRESS, trouble.detail) from None
            raise


def signed(url: str, secret: str, *, milliseconds: int) -> str:
    """A robot's address with timestamp and signature (加签); unchanged when the robot has no secret."""
    if not secret:
        return url
    text = f"{milliseconds}\n{secret}"
    digest = base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()).decode()
    return f"{url}{'&' if '?' in url else '?'}timestamp={milliseconds}&sign={quote(digest, safe='')}"


class GroupRobot:
    """群机器人: a line into a unit's group chat."""

    name = "dingtalk_group"
    label = _("DingTalk group robot")

    def deliver(self, parcel: Parcel) -> None:
        """`to` is the address and the secret, which may be empty."""
        url = signed(parcel.to[0], parcel.to[1], milliseconds=time.time_ns() // 1_000_000)
        words = {"msgtype": "text", "text": {"content": f"{parcel.text}\n{parcel.url}"}}
        try:
            tokens.checked(http.post_json(url, words))
        except Trouble as trouble:
            if trouble.detail in ROBOT_REFUSES:
                raise Refused(Why.KEY, trouble.detail) from None
            raise
