"""By which ways a person wants to be told what. Who chose nothing is told by the defaults of each way."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridgov.notices.channels import Personal


class PreferenceQuerySet(models.QuerySet["Preference"]):
    """Reads of choices."""

    def by_person(self, users: Collection[Any]) -> dict[int, "Preference"]:
        """The choices of those who made any."""
        return {row.user_id: row for row in self.filter(user__in=users)}

    def of(self, user: Any) -> "Preference":
        """The choices of one person, unsaved where there are none."""
        return self.filter(user=user).first() or Preference(user=user)


class Preference(models.Model):
    """What one person chose. `ways`: channel → the kinds that go this way at once; a missing channel has its defaults.

    The digest is one message a day about what is still unread and was not urgent, at `digest_hour` in `zone`.
    `digest_next_at` is when the next one is due and `digest_since` where it begins.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_preference")
    ways = models.JSONField(default=dict)
    digest_by = models.CharField(max_length=30, blank=True)
    digest_hour = models.PositiveSmallIntegerField(_("hour of the digest"), default=18)
    zone = models.CharField(_("time zone"), max_length=40, blank=True)
    digest_since = models.DateTimeField(null=True, editable=False)
    digest_next_at = models.DateTimeField(null=True, editable=False)

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(digest_hour__lte=23), name="digest_hour_of_the_day")]
        indexes = [
            models.Index(fields=["digest_next_at"], name="digest_due", condition=Q(digest_next_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"

    def wants(self, channel: Personal, kind: str) -> bool:
        """Whether messages of `kind` go this way at once."""
        return kind in self.ways.get(channel.name, channel.at_once)

    def next_digest(self, after: datetime) -> datetime:
        """The first `digest_hour` in the person's zone later than `after`; found by date, whatever the clocks do."""
        zone = ZoneInfo(self.zone or settings.TIME_ZONE)
        day = after.astimezone(zone).date()
        for offset in range(3):
            there = datetime.combine(day + timedelta(days=offset), datetime.min.time(), zone)
            at = there.replace(hour=self.digest_hour)
            if at > after:
                return at
        raise AssertionError("three days without that hour")
