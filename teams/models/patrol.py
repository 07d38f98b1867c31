"""Where patrols go and who is to walk them: routes with their checkpoints, and plans. What was walked: walk.py."""

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from grids.models import Area, Building
from grids.permissions import Perm, ReachFields, readable, scope
from teams.models.unit import Unit


class PatrolRouteQuerySet(models.QuerySet["PatrolRoute"]):
    """Reads of routes."""

    def visible_to(self, user: Any, perm: str = Perm.WALK_PATROLS) -> Self:
        """Routes in areas where `user` holds `perm`."""
        return self.filter(readable(user, perm, PatrolRoute.reach_fields))

    def standing(self) -> Self:
        """Not taken out of use."""
        return self.filter(retired_at=None)


class PatrolRoute(models.Model):
    """A way through an area that is worth walking again: a name and checkpoints in order."""

    reach_fields: ClassVar[ReachFields] = ReachFields()

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="patrol_routes", verbose_name=_("area"))
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    name = models.CharField(_("name"), max_length=80)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = PatrolRouteQuerySet.as_manager()

    class Meta:
        verbose_name = _("patrol route")
        ordering = ["area_path", "name"]
        indexes = [models.Index(fields=["area_path"], name="patrol_route_by_path")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The office's page of it."""
        return reverse("patrols:route", args=[self.pk])

    @property
    def standing_stops(self) -> list["Checkpoint"]:
        """Its standing checkpoints in their order; no query where `prefetch_related("checkpoints")` has read them."""
        return [stop for stop in self.checkpoints.all() if stop.retired_at is None]


class CheckpointQuerySet(models.QuerySet["Checkpoint"]):
    """Reads of checkpoints."""

    def standing(self) -> Self:
        """Still part of their route."""
        return self.filter(retired_at=None)


class Checkpoint(models.Model):
    """A place on a route that is to be looked at. `area` is the grid it lies in, for coverage."""

    route = models.ForeignKey(PatrolRoute, on_delete=models.PROTECT, related_name="checkpoints")
    order = models.PositiveSmallIntegerField(_("order"))
    name = models.CharField(_("checkpoint"), max_length=80)
    point = models.PointField(srid=4326, null=True, blank=True)
    building = models.ForeignKey(Building, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = CheckpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("checkpoint")
        ordering = ["route", "order", "id"]
        indexes = [models.Index(fields=["area_path"], name="checkpoint_by_path")]

    def __str__(self) -> str:
        return self.name


class PatrolPlanQuerySet(models.QuerySet["PatrolPlan"]):
    """Reads of plans."""

    def visible_to(self, user: Any, perm: str = Perm.PLAN_PATROLS) -> Self:
        """Plans in areas where `user` holds `perm`."""
        return self.filter(readable(user, perm, PatrolPlan.reach_fields))

    def on(self, day: date) -> Self:
        """Plans that hold on `day`, whether a patrol is due on it or not: since ≤ day < until, not ended."""
        return self.filter(Q(until=None) | Q(until__gt=day), since__lte=day, ended_at=None)

    def meant_for(self, user: Any) -> Self:
        """Those that name the person, or a unit the person has a post in."""
        return self.filter(Q(person=user) | Q(person=None, unit__in=scope(user).member_of))


class PatrolPlan(models.Model):
    """A route with a rhythm and with who walks it: one person, or whoever of a unit takes it."""

    class Rhythm(models.TextChoices):
        """When it is due."""

        WEEKDAYS = "weekdays", _("On days of the week")
        EVERY = "every", _("Every few days")
        ONCE = "once", _("Once")

    reach_fields: ClassVar[ReachFields] = ReachFields()

    route = models.ForeignKey(PatrolRoute, on_delete=models.PROTECT, related_name="plans", verbose_name=_("route"))
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    rhythm = models.CharField(_("rhythm"), max_length=8, choices=Rhythm.choices)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list)  # 1 Monday … 7 Sunday
    every = models.PositiveSmallIntegerField(_("every how many days"), null=True, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("unit"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("person")
    )
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PatrolPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("patrol plan")
        ordering = ["area_path", "since", "id"]
        indexes = [
            models.Index(fields=["area_path"], name="patrol_plan_by_path"),
            models.Index(fields=["unit"], name="patrol_plan_by_unit", condition=Q(ended_at=None)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="plan_ends_after_it_began"),
            models.CheckConstraint(
                condition=Q(unit__isnull=False) | Q(person__isnull=False), name="plan_says_who_walks"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.since}"

    def is_due(self, day: date) -> bool:
        """Whether the rhythm falls on `day` (within from–until)."""
        if self.ended_at is not None or day < self.since or (self.until is not None and day >= self.until):
            return False
        if self.rhythm == self.Rhythm.WEEKDAYS:
            return day.isoweekday() in self.weekdays
        if self.rhythm == self.Rhythm.EVERY:
            return (day - self.since).days % max(self.every or 1, 1) == 0
        return day == self.since
