"""Who waited for whom: each finished stretch of a case, with whom it lay, how long, of which limit."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gridgov.clock.levels import Level
from grids.permissions import Perm, ReachFields, readable
from incidents.models.incident import Incident
from incidents.workflow import Stage
from teams.models import Unit


class WaitQuerySet(models.QuerySet["Wait"]):
    """Reads of waits."""

    def visible_to(self, user: Any, perm: str = Perm.SUPERVISE_INCIDENTS) -> "WaitQuerySet":
        """Those of cases the person sees and whose areas they hold `perm` for."""
        seen = Incident.objects.visible_to(user)
        return self.filter(readable(user, perm, Wait.reach_fields), incident__in=seen)

    def of_stages(self) -> "WaitQuerySet":
        """Without the promise to the resident, which spans all stages."""
        return self.exclude(stage=Stage.PROMISE)


class Wait(models.Model):
    """One stretch of one stage with one unit, written when its clock stops and never changed.

    A clock handed over in the middle of its stage leaves one row for each holder: `used` adds up over them. All
    durations are seconds on the clock's own calendar; `late` is what of `used` lay beyond the limit.
    """

    reach_fields: ClassVar[ReachFields] = ReachFields()

    pk = models.CompositePrimaryKey("incident_id", "clock_id", "part")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="waits", db_index=False)
    clock_id = models.UUIDField()
    part = models.PositiveSmallIntegerField()
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    cycle = models.PositiveSmallIntegerField()
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()
    used = models.PositiveIntegerField()
    limit = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    paused = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField(choices=Level.choices)

    objects = WaitQuerySet.as_manager()

    class Meta:
        ordering = ["incident_id", "since", "part"]
        indexes = [
            models.Index(fields=["area_path", "until"], name="wait_by_path"),
            # the last 30 days of a whole street, whose path leaves nothing out of the other
            models.Index(fields=["-until", "clock_id", "part"], name="wait_newest"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="wait_ends_after_it_began"),
            models.CheckConstraint(condition=Q(late__lte=F("used")), name="wait_late_is_part_of_used"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.stage} {self.unit_id}"
