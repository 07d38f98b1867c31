"""The duty roster (值班表): shifts of a street, and who takes which turn on which day."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grids.models import SEGMENT, Area
from grids.permissions import Perm, ReachFields, scope, within


def duty_areas(user: Any) -> models.QuerySet[Area]:
    """The streets whose roster concerns a person: those of their posts, and those above them."""
    tops = scope(user).paths(Perm.VIEW_PEOPLE) or scope(user).paths(Perm.VIEW_AREAS)
    above = {path[:end] for path in tops for end in range(SEGMENT, len(path), SEGMENT)}
    return Area.objects.standing().filter(Q(path__in=above) | within(tops, "path"), kind=Area.Kind.STREET)


class Shift(models.Model):
    """A named stretch of the day with somebody on duty; one that ends before it begins goes on into the next day."""

    reach_fields: ClassVar[ReachFields] = ReachFields()

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="shifts")
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    name = models.CharField(_("name"), max_length=20)
    begins = models.TimeField(_("begins"))
    ends = models.TimeField(_("ends"))
    phone = models.CharField(_("phone of the duty room"), max_length=32, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("shift")
        ordering = ["area_path", "begins", "id"]
        indexes = [models.Index(fields=["area_path"], name="shift_by_path")]

    def __str__(self) -> str:
        return self.name

    def span(self, on: date) -> tuple[datetime, datetime]:
        """Its first and last instant when it begins on the local day `on`."""
        zone = timezone.get_current_timezone()
        last = on + timedelta(days=1) if self.ends <= self.begins else on
        return datetime.combine(on, self.begins, zone), datetime.combine(last, self.ends, zone)

    def covers(self, on: date, moment: datetime) -> bool:
        """Whether the shift of day `on` runs at `moment`."""
        begin, end = self.span(on)
        return begin <= moment < end


class RosterMonth(models.Model):
    """A month of one street's roster; once published everyone sees it and later changes count at once."""

    reach_fields: ClassVar[ReachFields] = ReachFields()

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    month = models.DateField()
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "month"], name="one_roster_per_area_and_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="roster_month_begins_on_the_first"),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.month:%Y-%m}"


class DutyTurnQuerySet(models.QuerySet["DutyTurn"]):
    """Reads of turns."""

    def of(self, area: Area, first: date, last: date) -> "DutyTurnQuerySet":
        """The turns of a street from `first` to `last`, both included."""
        found = self.filter(area_path=area.path, on__gte=first, on__lte=last)
        return found.select_related("shift", "person").order_by("on", "shift__begins", "part", "id")

    def published(self) -> "DutyTurnQuerySet":
        """What everyone may see."""
        return self.filter(is_public=True)

    def around(self, now: datetime) -> "DutyTurnQuerySet":
        """Published turns whose shift may run at `now`: those of yesterday and today."""
        today = timezone.localdate(now)
        return self.published().filter(on__gte=today - timedelta(days=1), on__lte=today)


class DutyTurn(models.Model):
    """One person on one shift of one day, as the leader of the shift (带班领导) or the officer on duty (值班员)."""

    class Part(models.TextChoices):
        """In which capacity."""

        LEADER = "leader", _("Leader of the shift")
        OFFICER = "officer", _("On duty")

    reach_fields: ClassVar[ReachFields] = ReachFields(owners=("person_id",))

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="turns", db_index=False)
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    on = models.DateField(_("day"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="duty_turns")
    part = models.CharField(max_length=8, choices=Part.choices)
    is_public = models.BooleanField(default=False)
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = DutyTurnQuerySet.as_manager()

    class Meta:
        ordering = ["on", "shift", "part", "id"]
        indexes = [models.Index(fields=["area_path", "on"], name="turn_by_path_and_day")]
        constraints = [
            models.UniqueConstraint(fields=["shift", "on", "person"], name="one_turn_per_shift_day_and_person"),
            models.UniqueConstraint(
                fields=["shift", "on"], condition=Q(part="leader"), name="one_leader_per_shift_and_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.shift_id} {self.person_id}"
