"""What may be asked of the grids of a street at all, and what was tried although it may not."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gridgov.ids import uuid7
from grids.models import SEGMENT, Area
from grids.permissions import Perm, ReachFields, readable, scope
from teams.models.unit import Unit


class TaskTypeQuerySet(models.QuerySet["TaskType"]):
    """Reads of the admission list."""

    def visible_to(self, user: Any, perm: str = Perm.VIEW_AREAS) -> "TaskTypeQuerySet":
        """The lists of a person's areas and of those above: what binds them is no secret to them."""
        tops = scope(user).paths(perm)
        above = {path[:end] for path in tops for end in range(SEGMENT, len(path), SEGMENT)}
        return self.filter(readable(user, perm, TaskType.reach_fields) | Q(area_path__in=above))

    def for_area(self, area: Area) -> "TaskTypeQuerySet":
        """What is decided for an area, there or above it."""
        return self.filter(area_path__in=area.ancestor_paths)


class TaskType(models.Model):
    """准入/禁入: one sort of task, admitted to the grids of `area` or barred, by whom, why, from when until when."""

    class Level(models.TextChoices):
        """Who may be asked for it."""

        GRID = "grid", _("Grids")
        COMMUNITY = "community", _("Communities, not grids")

    class Rhythm(models.TextChoices):
        """How often it may be asked."""

        ONCE = "once", _("when needed")
        WEEKLY = "weekly", _("every week")
        MONTHLY = "monthly", _("every month")
        QUARTERLY = "quarterly", _("every quarter")
        YEARLY = "yearly", _("every year")

    reach_fields: ClassVar[ReachFields] = ReachFields()

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("area"), db_index=False)
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(_("name"), max_length=80)
    heading = models.CharField(_("heading"), max_length=40, blank=True)
    owner = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    level = models.CharField(_("who may be asked"), max_length=12, choices=Level.choices, default=Level.GRID)
    basis = models.CharField(_("legal basis"), max_length=200, blank=True)
    rhythm = models.CharField(_("how often"), max_length=12, choices=Rhythm.choices, default=Rhythm.ONCE)
    admitted = models.BooleanField(_("admitted"))
    reason = models.CharField(_("reason"), max_length=200)
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    objects = TaskTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("task type")
        ordering = ["area_path", "code"]
        constraints = [
            models.UniqueConstraint(fields=["area", "code"], name="one_task_type_per_code_and_area"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="task_type_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def refusal(self, day: date) -> str:
        """Why it may not be asked of a grid on `day`, in plain words; "" when it may."""
        if not self.admitted:
            return str(_("“%(task)s” is barred: %(why)s") % {"task": self.name, "why": self.reason})
        if self.level != self.Level.GRID:
            return str(_("“%(task)s” is not asked of grids, but of communities.") % {"task": self.name})
        if day < self.since or (self.until is not None and day > self.until):
            return str(_("The admission of “%(task)s” does not hold on that day.") % {"task": self.name})
        return ""


class RefusedTaskQuerySet(models.QuerySet["RefusedTask"]):
    """Reads of refused tries."""

    def visible_to(self, user: Any, perm: str = Perm.VIEW_BOARD) -> "RefusedTaskQuerySet":
        """Those of areas where `user` holds `perm`."""
        return self.filter(readable(user, perm, RefusedTask.reach_fields))


class RefusedTask(models.Model):
    """A try to ask the grids for something they may not be asked for: a line of the burden ledger, never changed."""

    reach_fields: ClassVar[ReachFields] = ReachFields()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    task_type = models.ForeignKey(TaskType, on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(_("what was asked"), max_length=80)
    reason = models.CharField(_("why it was refused"), max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    objects = RefusedTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("refused task")
        ordering = ["-id"]
        indexes = [models.Index(fields=["area_path", "-id"], name="refused_task_by_path")]

    def __str__(self) -> str:
        return self.title
