"""What was walked: patrols made of what a phone hands in, in any order; tracks, which are short-lived; coverage."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridgov.ids import uuid7
from grids.models import Area
from grids.permissions import Perm, ReachFields, readable
from teams.models.patrol import Checkpoint, PatrolPlan, PatrolRoute
from teams.models.track_field import TrackField

SHOWN_AFTER = timedelta(hours=24)  # a patrol that was ended and not handed in is then seen by the office all the same


class PatrolQuerySet(models.QuerySet["Patrol"]):
    """Reads of patrols."""

    def visible_to(self, user: Any, now: datetime) -> Self:
        """One's own; and in areas where `user` plans patrols those the walker has handed in, or had a day to."""
        seen_first = Q(handed_in_at__isnull=False) | Q(ended_at__lt=now - SHOWN_AFTER)
        return self.filter(Q(walker=user) | (readable(user, Perm.PLAN_PATROLS, Patrol.reach_fields) & seen_first))

    def with_tracks_for(self, user: Any, now: datetime) -> Self:
        """Those whose track `user` may look at, giving a reason."""
        seen_first = Q(handed_in_at__isnull=False) | Q(ended_at__lt=now - SHOWN_AFTER)
        return self.filter(readable(user, Perm.VIEW_TRACKS, Patrol.reach_fields) & seen_first)

    def running(self) -> Self:
        """Begun and not ended."""
        return self.filter(ended_at=None)


class Patrol(models.Model):
    """One walk. Times are derived from the facts a phone hands in; only `teams.actions.patrols` writes them."""

    class Source(models.TextChoices):
        """How it came in."""

        PHONE = "phone", _("Walked with the phone")
        FILE = "file", _("Track from a file")

    reach_fields: ClassVar[ReachFields] = ReachFields()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.UUIDField(db_index=True, editable=False)  # what the phone calls it; unique in PatrolKey
    route = models.ForeignKey(PatrolRoute, on_delete=models.PROTECT, related_name="patrols", verbose_name=_("route"))
    plan = models.ForeignKey(PatrolPlan, on_delete=models.PROTECT, null=True, related_name="patrols", db_index=False)
    walker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="patrols", verbose_name=_("walked by"),
        db_index=False,
    )  # fmt: skip
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("area"))
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    source = models.CharField(max_length=5, choices=Source.choices, default=Source.PHONE)
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    gaps = models.PositiveSmallIntegerField(_("gaps in the track"), default=0)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    handed_in_at = models.DateTimeField(_("handed in"), null=True, blank=True)

    objects = PatrolQuerySet.as_manager()

    class Meta:
        verbose_name = _("patrol")
        indexes = [
            models.Index(fields=["area_path", "-started_at"], name="patrol_by_path"),
            models.Index(fields=["-started_at", "-id"], name="patrol_newest"),  # the office's list of a whole street
            models.Index(fields=["walker", "-started_at"], name="patrol_by_walker"),
            models.Index(fields=["plan", "started_at"], name="patrol_by_plan"),
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.started_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        """The walker's own page of it; the office has another."""
        return reverse("walks:patrol", args=[self.pk])


class PatrolKey(models.Model):
    """Which patrol a phone's number means. Narrow on its own, so that patrols may be partitioned by time."""

    key = models.UUIDField(primary_key=True)
    walker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    patrol_id = models.UUIDField()

    def __str__(self) -> str:
        return str(self.key)


class PatrolFact(models.Model):
    """Start, pause, resume or end, by the phone's clock; `offset` is what that clock lacked, in seconds."""

    class Kind(models.TextChoices):
        """What happened."""

        START = "start", _("started")
        PAUSE = "pause", _("paused")
        RESUME = "resume", _("went on")
        END = "end", _("ended")

    pk = models.CompositePrimaryKey("patrol_id", "seq")
    patrol = models.ForeignKey(Patrol, on_delete=models.CASCADE, related_name="facts", db_index=False)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=6, choices=Kind.choices)
    at = models.DateTimeField()
    offset = models.FloatField(default=0)

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"


class TrackChunk(models.Model):
    """At most 60 points as they came: [[longitude, latitude, seconds since 1970, accuracy in metres or null], …]."""

    pk = models.CompositePrimaryKey("patrol_id", "seq")
    patrol = models.ForeignKey(Patrol, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    seq = models.PositiveIntegerField()
    points = models.JSONField()
    offset = models.FloatField(default=0)

    def __str__(self) -> str:
        return f"{self.patrol_id} {self.seq}"


class PatrolTrack(models.Model):
    """The one line of a patrol, assembled from its chunks anew whenever one comes; gone after the retention."""

    patrol = models.OneToOneField(Patrol, on_delete=models.CASCADE, primary_key=True, related_name="track")
    line = TrackField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.patrol_id)


class CheckpointMark(models.Model):
    """What a patrol says of a checkpoint: seen, or not and why. Of several marks the latest counts."""

    class How(models.TextChoices):
        """By what it was confirmed."""

        HAND = "hand", _("by hand")
        CODE = "code", _("by the code on site")

    class Why(models.TextChoices):
        """Why a checkpoint could not be confirmed."""

        CLOSED = "closed", _("Locked or closed")
        BLOCKED = "blocked", _("No way through")
        UNSAFE = "unsafe", _("Not safe to go near")
        CALLED_AWAY = "called_away", _("Called away")
        GONE = "gone", _("No longer there")
        OTHER = "other", _("Another reason")

    pk = models.CompositePrimaryKey("patrol_id", "checkpoint_id")
    patrol = models.ForeignKey(Patrol, on_delete=models.CASCADE, related_name="marks", db_index=False)
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="marks")
    is_confirmed = models.BooleanField()
    how = models.CharField(max_length=4, choices=How.choices, default=How.HAND)
    why = models.CharField(max_length=11, choices=Why.choices, blank=True)
    words = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(is_confirmed=True) | ~Q(why=""), name="unconfirmed_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.checkpoint_id} {self.is_confirmed}"


class TrackLook(models.Model):
    """Who looked at somebody's track, when and why. The walker reads it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patrol = models.ForeignKey(Patrol, on_delete=models.CASCADE, related_name="looks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=200)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.patrol_id} {self.at}"


class CoverageQuerySet(models.QuerySet["PatrolCoverage"]):
    """Reads of coverage."""

    def visible_to(self, user: Any) -> Self:
        """Of grids where `user` plans patrols."""
        return self.filter(readable(user, Perm.PLAN_PATROLS, PatrolCoverage.reach_fields))


class PatrolCoverage(models.Model):
    """What of a grid was looked at in a week (its Monday), and what was not. Nothing in it says by whom."""

    reach_fields: ClassVar[ReachFields] = ReachFields()

    pk = models.CompositePrimaryKey("area_id", "week")
    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="+", db_index=False)
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    week = models.DateField()
    checkpoints = models.PositiveIntegerField(default=0)
    confirmed = models.PositiveIntegerField(default=0)
    unconfirmed = models.PositiveIntegerField(default=0)
    buildings = models.PositiveIntegerField(default=0)
    buildings_seen = models.PositiveIntegerField(default=0)
    ground = models.FloatField(default=0)  # share of the grid's area within 30 m of a track
    unseen = models.JSONField(default=list)  # ids of buildings no track came near
    reckoned_at = models.DateTimeField()

    objects = CoverageQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["week", "area_path"], name="coverage_by_week")]

    def __str__(self) -> str:
        return f"{self.area_id} {self.week}"
