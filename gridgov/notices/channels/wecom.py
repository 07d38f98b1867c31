"""企业微信: messages of our application to members, and the robot of a group chat."""

from collections.abc import Collection
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from gridgov.accounts.models import Identity, Platform, User
from gridgov.notices.channels import Parcel
from gridgov.notices.registry import Kind
from gridgov.outside import http, tokens, wecom
from gridgov.outside.trouble import Refused, Trouble, Why

NOBODY = {"81013", "60111", "82001"}  # all recipients invalid, no such member, nobody named
ROBOT_GONE = {"93000", "93004", "93008"}
REPEATED_SECONDS = 4 * 3600  # within which the platform itself drops the same card again (its longest)


class Application:
    """应用消息: a card with a button."""

    name = "wecom"
    label = _("WeCom")
    at_once: ClassVar[frozenset[str]] = frozenset(Kind.values)

    def reaches(self, users: Collection[User]) -> set[int]:
        """Who linked the account."""
        return Identity.objects.linked(Platform.WECOM, users)

    def address(self, user: User) -> tuple[str, ...]:
        """The member's userid."""
        return Identity.objects.address_of(user, Platform.WECOM)

    def deliver(self, parcel: Parcel) -> None:
        """One card to one member."""
        card = {
            "title": parcel.title[:64],
            "description": (parcel.body or parcel.title)[:256],
            "url": parcel.url,
            "btntxt": "详情",
        }
        message = {
            "touser": parcel.to[0],
            "msgtype": "textcard",
            "agentid": wecom.configuration().agent_id,
            "textcard": card,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": REPEATED_SECONDS,
        }
        try:
            answer = wecom.send(message)
        except Trouble as trouble:
            if trouble.detail in NOBODY:
                raise Refused(Why.ADDRESS, trouble.detail) from None
            raise
        if answer.get("invaliduser"):
            raise Refused(Why.ADDRESS, "invaliduser")


class GroupRobot:
    """群机器人: a line into a unit's group chat."""

    name = "wecom_group"
    label = _("WeCom group robot")

    def deliver(self, parcel: Parcel) -> None:
        """Whoever knows the address may write: it lies sealed, and leads to allowed hosts only."""
        words = {"msgtype": "text", "text": {"content": f"{parcel.text}\n{parcel.url}"}}
        try:
            tokens.checked(http.post_json(parcel.to[0], words))
        except Trouble as trouble:
            if trouble.detail in ROBOT_GONE:
                raise Refused(Why.ADDRESS, trouble.detail) from None
            raise
