"""Calendars and clocks as rows: a deadline lives where the work lives, not in a broker (docs/clock.md, "Rows")."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gridgov.clock.arithmetic import Calendar, Segment, always_open
from gridgov.clock.ladder import Rung, from_json
from gridgov.clock.levels import Level
from gridgov.ids import uuid7

RUNNING = Q(stopped_at=None)


class WorkCalendar(models.Model):
    """工作日历: a named calendar; what it says stands in its newest version."""

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=80)
    is_default = models.BooleanField(_("used where nothing else is set"), default=False)
    is_always = models.BooleanField(_("around the clock"), default=False)

    class Meta:
        verbose_name = _("working calendar")
        ordering = ["-is_default", "name"]
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_calendar")
        ]

    def __str__(self) -> str:
        return self.name


def _segments(raw: list[list[int]]) -> tuple[Segment, ...]:
    return tuple((begin, end) for begin, end in raw)


class CalendarVersion(models.Model):
    """What a calendar said from some edit on. Never changed: clocks point at it.

    `weekly`: seven lists, Monday first, of [begin, end] in minutes after midnight. `exceptions`: ISO date →
    {"segments": […], "label": "…"}; no segments means closed. `years`: years whose arrangement has been entered.
    """

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    weekly = models.JSONField(default=list)
    exceptions = models.JSONField(default=dict)
    years = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["calendar", "number"]
        constraints = [models.UniqueConstraint(fields=["calendar", "number"], name="calendar_version_once")]

    def __str__(self) -> str:
        return f"{self.calendar} #{self.number}"

    def value(self) -> Calendar:
        """The pure calendar to reckon with."""
        if self.calendar.is_always:
            return always_open(self.zone)
        return Calendar(
            weekly=tuple(_segments(day) for day in self.weekly),
            exceptions={date.fromisoformat(d): _segments(e["segments"]) for d, e in self.exceptions.items()},
            zone=self.zone,
        )


class Ladder(models.Model):
    """逐级督办规则: a named ladder; what it says stands in its newest version."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)

    class Meta:
        verbose_name = _("ladder")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class LadderVersion(models.Model):
    """What a ladder said from some edit on. Never changed: clocks point at it. `steps`: level → a `Rung`'s fields."""

    ladder = models.ForeignKey(Ladder, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    steps = models.JSONField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["ladder", "number"]
        constraints = [models.UniqueConstraint(fields=["ladder", "number"], name="ladder_version_once")]

    def __str__(self) -> str:
        return f"{self.ladder} #{self.number}"

    def rungs(self) -> dict[Level, Rung]:
        """The table to climb by."""
        return from_json(self.steps)


class ClockQuerySet(models.QuerySet["Clock"]):
    """Reads of clocks."""

    def running(self) -> "ClockQuerySet":
        """Not stopped."""
        return self.filter(RUNNING)

    def of(self, subject_kind: str, subject_id: Any) -> "ClockQuerySet":
        """All clocks a subject ever had, the first first."""
        return self.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("id")

    def due_for_sweep(self, now: datetime) -> "ClockQuerySet":
        """Running, and something is planned for `now` or before."""
        return self.running().filter(next_at__lte=now).order_by("next_at")


class Clock(models.Model):
    """时限: one stage of one subject against a budget. The app that owns the subject registers a handler.

    Inputs: everything up to `outcome`. `legs`: where it was handed over, [calendar version, until when] of those who
    had it before. `basis`, `ladder_basis`: where budget and ladder come from, in the owner's words. `least_level`: a
    rule has raised it so far, whatever the time. What an edit replaced stands in `Replan`. Derived from them by
    `actions`: `revision` and what follows it. While a pause is open `due_at` is null and `next_at` is its maximum.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    cycle = models.PositiveSmallIntegerField(default=1)
    stage = models.CharField(max_length=12)
    unit_id = models.BigIntegerField(null=True)
    area_path = models.CharField(max_length=120, db_collation="C")
    calendar_version = models.ForeignKey(CalendarVersion, on_delete=models.PROTECT, related_name="+")
    ladder_version = models.ForeignKey(LadderVersion, on_delete=models.PROTECT, related_name="+")
    legs = models.JSONField(default=list)
    basis = models.CharField(max_length=40, blank=True)
    ladder_basis = models.CharField(max_length=60, blank=True)
    least_level = models.PositiveSmallIntegerField(choices=Level.choices, default=Level.ON_TIME)
    budget = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)
    revision = models.PositiveIntegerField(default=1)
    due_at = models.DateTimeField(null=True)
    level = models.PositiveSmallIntegerField(choices=Level.choices, default=Level.ON_TIME)
    next_level = models.PositiveSmallIntegerField(null=True)
    next_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], condition=RUNNING & Q(next_at__isnull=False), name="clock_next"),
            models.Index(fields=["subject_id", "stage"], name="clock_by_subject"),
            models.Index(fields=["calendar_version"], condition=RUNNING, name="clock_running_by_calendar"),
            models.Index(fields=["id"], condition=Q(attempts__gt=0) & RUNNING, name="clock_poisoned"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "subject_kind", "stage"], condition=RUNNING, name="one_running_clock_per_stage"
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(stopped_at__gte=F("started_at")), name="clock_stops_after_it_started"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind}:{self.subject_id} {self.stage}#{self.cycle}"


class Pause(models.Model):
    """暂停计时: approved time that does not count. Ends by itself at `at_most`.

    `evidence`: what shows the reason, in words; its photos hang on `asked_in`, the owner's record of the request.
    """

    pk = models.CompositePrimaryKey("clock_id", "seq")
    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="pauses", db_index=False)
    seq = models.PositiveSmallIntegerField()
    reason = models.TextField(max_length=500)
    evidence = models.TextField(max_length=500, blank=True)
    asked_in = models.UUIDField(null=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    begin = models.DateTimeField()
    at_most = models.DateTimeField()
    end = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clock"], condition=Q(end=None), name="one_open_pause_per_clock"),
            models.CheckConstraint(condition=Q(begin__gte=F("approved_at")), name="pause_never_before_approval"),
            models.CheckConstraint(condition=Q(at_most__gt=F("begin")), name="pause_has_a_maximum"),
            models.CheckConstraint(
                condition=Q(end=None) | Q(end__gte=F("begin"), end__lte=F("at_most")), name="pause_ends_in_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} pause {self.seq}"


class Extension(models.Model):
    """延期: approved additional time."""

    pk = models.CompositePrimaryKey("clock_id", "number")
    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="extensions", db_index=False)
    number = models.PositiveSmallIntegerField()
    seconds = models.PositiveIntegerField()
    reason = models.TextField(max_length=500)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.clock_id} +{self.seconds}s"


class HandOver(models.Model):
    """The clock went on with another unit; time used and pauses travelled along."""

    pk = models.CompositePrimaryKey("clock_id", "seq")
    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="hand_overs", db_index=False)
    seq = models.PositiveSmallIntegerField()
    from_unit_id = models.BigIntegerField(null=True)
    to_unit_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.clock_id} → {self.to_unit_id}"


class Replan(models.Model):
    """What a clock was counted by until an edit of calendar, limit or ladder or a hand-over, and from then on.

    Written once and never changed: read backwards from the clock, the rows give what it was started with.
    `verb`: what was done, as the audit trail calls it; `revision`: the one that it made.
    """

    pk = models.CompositePrimaryKey("clock_id", "revision")
    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="replans", db_index=False)
    revision = models.PositiveIntegerField()
    verb = models.CharField(max_length=16)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    old_calendar = models.ForeignKey(CalendarVersion, models.PROTECT, related_name="+", db_index=False)
    new_calendar = models.ForeignKey(CalendarVersion, models.PROTECT, related_name="+", db_index=False)
    old_ladder = models.ForeignKey(LadderVersion, models.PROTECT, related_name="+", db_index=False)
    new_ladder = models.ForeignKey(LadderVersion, models.PROTECT, related_name="+", db_index=False)
    old_budget = models.PositiveIntegerField()
    new_budget = models.PositiveIntegerField()
    old_due_at = models.DateTimeField(null=True)
    new_due_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.clock_id} {self.verb} {self.revision}"


class Escalation(models.Model):
    """逐级督办: a level was reached. The key makes it impossible to fire one twice."""

    pk = models.CompositePrimaryKey("clock_id", "revision", "level")
    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="escalations", db_index=False)
    revision = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    planned_at = models.DateTimeField()
    fired_at = models.DateTimeField()
    late_by = models.DurationField()

    def __str__(self) -> str:
        return f"{self.clock_id} level {self.level}"


class CheckRun(models.Model):
    """What the last run of a regular check found; one row for each check, so that a page can show it."""

    code = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()
    findings = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.code} {self.at:%Y-%m-%d %H:%M}"
