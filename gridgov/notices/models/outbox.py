"""What still has to leave the database, and what became of it."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _

from gridgov.ids import uuid7
from gridgov.notices import channels, registry
from gridgov.outside.trouble import Why


class OutboxState(models.TextChoices):
    """Waiting, delivered, given up, or taken back."""

    WAITING = "waiting", _("waiting")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class OutboxQuerySet(models.QuerySet["Outbox"]):
    """Reads over the outbox."""

    def due(self, now: datetime, channel: str = "") -> "OutboxQuerySet":
        """Waiting, and its time has come; on one channel, or on all."""
        rows = self.filter(state=OutboxState.WAITING, next_at__lte=now)
        return rows.filter(channel=channel) if channel else rows

    def busy_channels(self, now: datetime) -> list[str]:
        """The channels on which something is due."""
        return list(self.due(now).order_by("channel").values_list("channel", flat=True).distinct())

    def depth(self, now: datetime) -> list[dict[str, Any]]:
        """For each channel that has something waiting: `waiting`, `due`, `oldest` (when it was written), `late`.

        `late` is how long the most overdue row has been due: what an alarm looks at. One query over the partial
        index of what waits.
        """
        due = Q(next_at__lte=now)
        rows = (
            self.filter(state=OutboxState.WAITING)
            .order_by("channel")
            .values("channel")
            .annotate(waiting=Count("pk"), due=Count("pk", filter=due), oldest=Min("created_at"), since=Min("next_at"))
        )
        return [{**row, "late": max(now - row["since"], timedelta())} for row in rows]

    def failed_by_channel(self) -> dict[str, int]:
        """How many were given up, by channel."""
        rows = self.filter(state=OutboxState.FAILED).order_by("channel").values("channel").annotate(n=Count("pk"))
        return {row["channel"]: row["n"] for row in rows}


class Outbox(models.Model):
    """One delivery beyond the database, written in the transaction of what it speaks of, sent at least once.

    It goes to a person (`user`), to a group's robot, or to the receiver of events (neither). The address is looked
    up when it is delivered, so that none lies here. `payload` holds what the words are made of: code, params and
    subject of the message. `key` says what the delivery is: the same key is never queued twice, and gateways get
    it to drop a repetition. `next_at` is also the lease: whoever claims the row moves it on, and when they die it
    comes due again. `area_path` is where a group belongs; for a person their posts say it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel = models.CharField(_("channel"), max_length=30)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="deliveries", db_index=False
    )
    robot = models.ForeignKey(
        "notices.GroupRobot", models.CASCADE, null=True, blank=True, related_name="deliveries", db_index=False
    )
    area_path = models.CharField(max_length=120, db_collation="C", blank=True, editable=False)
    key = models.CharField(max_length=120, unique=True)
    payload = models.JSONField(default=dict)
    urgent = models.BooleanField(_("urgent"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=OutboxState.choices, default=OutboxState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("when"))
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=20, blank=True)
    error_detail = models.CharField(max_length=80, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        indexes = [
            models.Index(fields=["channel", "next_at"], name="outbox_due", condition=Q(state=OutboxState.WAITING)),
            models.Index(fields=["user", "-id"], name="outbox_by_person"),
            models.Index(fields=["channel", "-id"], name="outbox_failed", condition=Q(state=OutboxState.FAILED)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=OutboxState.SENT, sent_at__isnull=False)
                | (~Q(state=OutboxState.SENT) & Q(sent_at__isnull=True)),
                name="outbox_sent_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.key} ({self.state})"

    @property
    def title(self) -> str:
        """What it says, in the reader's language."""
        message = registry.message_or_default(self.payload.get("code", ""))
        return registry.words(message.title, self.payload.get("params", {}))

    @property
    def channel_label(self) -> str:
        """The way it goes."""
        return str(channels.label(self.channel))

    @property
    def error_words(self) -> str:
        """Why it did not go, in the reader's language; with the gateway's own code behind it."""
        if not self.error:
            return ""
        words = str(Why(self.error).label) if self.error in Why.values else self.error
        return f"{words} ({self.error_detail})" if self.error_detail else words
