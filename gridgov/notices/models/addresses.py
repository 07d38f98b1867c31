"""Addresses that no other room keeps: confirmed e-mail, browsers, robots of group chats. All sealed."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridgov.ids import uuid7
from gridgov.privacy.actions import hand_over
from gridgov.privacy.fields import SealedField
from gridgov.privacy.masks import Kind


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    """Reads of e-mail addresses."""

    def confirmed(self) -> "MailboxQuerySet":
        """Those whose owner typed the code that was sent there."""
        return self.exclude(confirmed_at=None)

    def address_of(self, user: Any) -> tuple[str, ...]:
        """The address of a person, for a gateway; () when there is none."""
        row = self.filter(user=user).first()
        return (hand_over(row, "address"),) if row else ()


class Mailbox(models.Model):
    """A person's e-mail address. Used only once confirmed by the code that was sent there."""

    personal: ClassVar[dict[str, Kind]] = {"address": Kind.EMAIL}

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mailbox")
    address = SealedField(_("e-mail address"), kind=Kind.EMAIL, bound_to="public_id")
    code_until = models.DateTimeField(null=True, editable=False)
    code_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)

    objects = MailboxQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.user_id}"


class PushDevice(models.Model):
    """A browser in which a person switched notifications on. `subscription` is its JSON, sealed."""

    personal: ClassVar[dict[str, Kind]] = {"subscription": Kind.TEXT}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="push_devices")
    subscription = SealedField(_("subscription"), kind=Kind.TEXT)
    endpoint_index = models.BinaryField(max_length=16, unique=True, editable=False)
    device = models.CharField(_("device"), max_length=80, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} {self.device}"

    def handed_over(self) -> tuple[str, str]:
        """Key and subscription, for the push service."""
        return str(self.pk), hand_over(self, "subscription")


class GroupRobotQuerySet(models.QuerySet["GroupRobot"]):
    """Reads of robots."""

    def at_work(self) -> "GroupRobotQuerySet":
        """Not taken out of use."""
        return self.filter(retired_at=None)


class GroupRobot(models.Model):
    """The robot of a group chat that tells a unit what concerns the unit. Whoever has its address may write there.

    `unit_id` is the key of a unit (teams.Unit): this room lies below the one that knows units.
    """

    class At(models.TextChoices):
        """Where the group is; the value is the name of the channel."""

        WECOM = "wecom_group", _("WeCom")
        DINGTALK = "dingtalk_group", _("DingTalk")

    personal: ClassVar[dict[str, Kind]] = {"url": Kind.TEXT, "secret": Kind.TEXT}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit_id = models.BigIntegerField(editable=False)
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    at = models.CharField(_("where"), max_length=20, choices=At.choices)
    label = models.CharField(_("group"), max_length=60)
    url = SealedField(_("webhook address"), kind=Kind.TEXT)
    secret = SealedField(_("secret"), kind=Kind.TEXT)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    objects = GroupRobotQuerySet.as_manager()

    class Meta:
        verbose_name = _("group robot")
        indexes = [
            models.Index(fields=["unit_id"], name="robot_by_unit", condition=Q(retired_at=None)),
            models.Index(fields=["area_path"], name="robot_by_path"),
        ]

    def __str__(self) -> str:
        return self.label

    def handed_over(self) -> tuple[str, str]:
        """Address and secret, for the platform."""
        return hand_over(self, "url"), hand_over(self, "secret")
