"""What boards are made of: counts kept as the work happens, and the links by which a wall may show them."""

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from gridgov.ids import uuid7
from grids.models import Area
from grids.permissions import Perm, ReachFields, readable


class Dimension(models.TextChoices):
    """What a day's count is divided by; never the cross product."""

    STATUS = "status", _("entered a status")
    CATEGORY = "category", _("reported in a category")
    LEVEL = "level", _("reached a level of supervision")


class CountDelta(models.Model):
    """One change of one count, written in the transaction of the work it counts; the folder sums them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    day = models.DateField()
    area_path = models.CharField(max_length=120, db_collation="C")
    dimension = models.CharField(max_length=10, choices=Dimension.choices)
    key = models.CharField(max_length=32)
    delta = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.day} {self.area_path} {self.dimension}={self.key} {self.delta:+d}"


class DayCountQuerySet(models.QuerySet["DayCount"]):
    """Reads of the folded counts."""

    def between(self, first: date, last: date) -> Self:
        """Both days included."""
        return self.filter(day__gte=first, day__lte=last)

    def visible_to(self, user: Any, perm: str = Perm.VIEW_BOARD) -> Self:
        """Counts of the areas where `user` holds `perm`."""
        return self.filter(readable(user, perm, DayCount.reach_fields))

    def by(self, *columns: str) -> "models.QuerySet[DayCount, dict[str, Any]]":
        """Sums per value of `columns`."""
        return self.values(*columns).annotate(total=Sum("count")).order_by(*columns)


class DayCount(models.Model):
    """How often something happened in an area on a day of the area's time zone."""

    reach_fields: ClassVar[ReachFields] = ReachFields()

    day = models.DateField()
    area_path = models.CharField(max_length=120, db_collation="C")
    dimension = models.CharField(max_length=10, choices=Dimension.choices)
    key = models.CharField(max_length=32)
    count = models.BigIntegerField()

    objects = DayCountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "area_path", "dimension", "key"], name="one_count_per_day_area_and_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.area_path} {self.dimension}={self.key}: {self.count}"


class WallLink(models.Model):
    """A read-only link to one area's wall view. Only the hash of its token is kept; revoking ends it at once."""

    reach_fields: ClassVar[ReachFields] = ReachFields()

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("area"))
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    label = models.CharField(_("where it hangs"), max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(revoked_at=None, revoked_by=None)
                | models.Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="wall_link_revoked_by_someone",
            )
        ]

    def __str__(self) -> str:
        return self.label
