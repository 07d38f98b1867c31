"""What happens on duty: the log (值班日志), and the shift hand-over (交接班) that two people sign."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridgov.ids import uuid7
from grids.models import Area
from grids.permissions import Perm, ReachFields, readable
from teams.models.roster import Shift


class DutyEntryQuerySet(models.QuerySet["DutyEntry"]):
    """Reads of the log."""

    def visible_to(self, user: Any, perm: str = Perm.KEEP_DUTY_LOG) -> "DutyEntryQuerySet":
        """Entries of streets where the person keeps the log."""
        return self.filter(readable(user, perm, DutyEntry.reach_fields))

    def standing(self) -> "DutyEntryQuerySet":
        """Not corrected by a later entry."""
        return self.filter(~Exists(DutyEntry.objects.filter(corrects=OuterRef("pk"))))

    def to_follow(self) -> "DutyEntryQuerySet":
        """Marked “to be followed”, and nobody has written yet what came of it."""
        return self.standing().filter(~Exists(DutyEntry.objects.filter(settles=OuterRef("pk"))), follow=True)


class DutyEntry(models.Model):
    """One line of the log, never changed: a correction and what came of it are lines of their own."""

    class Kind(models.TextChoices):
        """What it is about."""

        CALL = "call", pgettext_lazy("duty log", "Call")
        VISIT = "visit", _("Visitor")
        INSTRUCTION = "instruction", _("Instruction from above")
        INCIDENT = "incident", _("Incident")
        WEATHER = "weather", _("Weather")
        OTHER = "other", _("Other")

    reach_fields: ClassVar[ReachFields] = ReachFields()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    at = models.DateTimeField(_("when"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    words = models.TextField(_("words"), max_length=1000)
    follow = models.BooleanField(_("to be followed"), default=False)
    about = models.CharField(_("incident number"), max_length=24, blank=True)
    about_id = models.UUIDField(null=True)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    settles = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="settled_by")
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = DutyEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["area_path", "-id"], name="duty_entry_by_path"),
            models.Index(fields=["area_path"], condition=Q(follow=True), name="duty_entry_to_follow"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(at__lte=F("written_at")), name="duty_entry_is_not_ahead_of_itself")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"


class ShiftHandOverQuerySet(models.QuerySet["ShiftHandOver"]):
    """Reads of hand-overs."""

    def visible_to(self, user: Any, perm: str = Perm.KEEP_DUTY_LOG) -> "ShiftHandOverQuerySet":
        """Those of streets where the person keeps the log, and those they sign themselves."""
        mine = Q(outgoing=user) | Q(incoming=user)
        return self.filter(readable(user, perm, ShiftHandOver.reach_fields) | mine)

    def standing(self) -> "ShiftHandOverQuerySet":
        """Neither refused nor taken back."""
        return self.filter(refused_at=None, withdrawn_at=None)


class ShiftHandOver(models.Model):
    """A shift passes from one person to the next with what was open at that moment.

    `snapshot`: [{"key", "total", "items": [{"text", "detail", "level", "id"}]}], taken once. Whoever makes it signs
    by making it (`made_at`); the next person signs as themself or refuses with words.
    """

    reach_fields: ClassVar[ReachFields] = ReachFields()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="+")
    on = models.DateField(_("day"))
    words = models.TextField(_("words"), max_length=2000, blank=True)
    snapshot = models.JSONField(default=list)
    outgoing = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    incoming = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    answer = models.TextField(max_length=500, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = ShiftHandOverQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["area_path", "-id"], name="hand_over_by_path")]
        constraints = [
            models.CheckConstraint(condition=~Q(outgoing=F("incoming")), name="hand_over_is_between_two"),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(refused_at=None, withdrawn_at=None), name="hand_over_ends_one_way"
            ),
            models.UniqueConstraint(
                fields=["shift", "on"],
                condition=Q(refused_at=None, withdrawn_at=None),
                name="one_standing_hand_over_per_shift_and_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shift_id} {self.on}"

    @property
    def is_open(self) -> bool:
        """Whether the incoming person has still to answer."""
        return self.accepted_at is None and self.refused_at is None and self.withdrawn_at is None
