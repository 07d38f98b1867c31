"""What happened to an incident: its timeline, its holders, what was asked for, what supervision opened."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gridgov.clock.levels import Level
from gridgov.ids import uuid7
from grids.permissions import ReachFields
from incidents.models.incident import Incident
from incidents.workflow import Ask, Status
from teams.models import Unit


class Step(models.Model):
    """One entry of the timeline (办理过程): who did what when, with which words."""

    pk = models.CompositePrimaryKey("incident_id", "seq")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="steps", db_index=False)
    seq = models.PositiveIntegerField()
    move = models.CharField(max_length=24)
    status = models.CharField(max_length=16, choices=Status.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.TextField(blank=True, max_length=2000)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["incident_id", "seq"]
        indexes = [models.Index(fields=["-at"], name="step_newest")]

    def __str__(self) -> str:
        return f"{self.incident_id}/{self.seq} {self.move}"


class Custody(models.Model):
    """Who held the case from when until when. Without gaps and overlaps, by constraint:

    the row before ends where this one begins (foreign key on (incident, previous, since)), and one row of each
    incident is open.
    """

    pk = models.CompositePrimaryKey("incident_id", "seq")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="custody", db_index=False)
    seq = models.PositiveIntegerField()
    previous = models.PositiveIntegerField(null=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["incident_id", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["incident"], condition=Q(until=None), name="one_holder_at_a_time"),
            models.UniqueConstraint(fields=["incident", "seq", "until"], name="custody_ends_once"),
            models.CheckConstraint(
                condition=Q(seq=1, previous=None) | Q(previous=F("seq") - 1), name="custody_follows_the_one_before"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="custody_ends_after_it_began"
            ),
        ]
        indexes = [models.Index(fields=["unit", "until"], name="custody_by_unit")]

    def __str__(self) -> str:
        return f"{self.incident_id}/{self.seq} {self.unit_id}"


class Request(models.Model):
    """Something asked for that somebody else must approve: return, extension, suspension, voiding.

    What shows the reason stands in `evidence`, in words; its photos hang on this row.
    """

    class Answer(models.TextChoices):
        """What became of it."""

        OPEN = "open", _("Waiting for an answer")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Taken back")

    reach_fields: ClassVar[ReachFields] = ReachFields()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="requests")
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    kind = models.CharField(max_length=12, choices=Ask.choices)
    reason = models.TextField(_("reason"), max_length=500)
    evidence = models.TextField(_("evidence"), max_length=500, blank=True)
    seconds = models.PositiveIntegerField(_("how much"), null=True, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.OPEN)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer_words = models.TextField(blank=True, max_length=500)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["area_path"], condition=Q(answer="open"), name="request_open_by_path")]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "kind"], condition=Q(answer="open"), name="one_open_request_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(answer="open", answered_at=None) | (~Q(answer="open") & Q(answered_at__isnull=False)),
                name="request_answered_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.incident_id}"


class Supervision(models.Model):
    """督办: opened by the ladder when an incident runs late, or by hand with words (督办单); lifted with words.

    The ladder keeps one open for each stage and cycle, as number 0; a level reached after it was lifted opens another.
    Those by hand are numbered from 1 on. The end of the case lifts what nobody has lifted: then `ended_with` says how
    it ended, and no person and no words stand there.
    """

    reach_fields: ClassVar[ReachFields] = ReachFields()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="supervisions")
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    stage = models.CharField(max_length=8)
    cycle = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(default=0)
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.TextField(blank=True, max_length=1000)
    due_on = models.DateField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True, max_length=1000)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_words = models.TextField(blank=True, max_length=1000)
    ended_with = models.CharField(max_length=16, choices=Status.choices, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["area_path"], condition=Q(lifted_at=None), name="supervision_open_by_path")]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "stage", "cycle"],
                condition=Q(number=0, lifted_at=None),
                name="one_open_supervision_of_the_ladder",
            ),
            models.UniqueConstraint(
                fields=["incident", "stage", "cycle", "number"],
                condition=Q(number__gt=0),
                name="one_supervision_by_hand_of_a_number",
            ),
            models.CheckConstraint(
                condition=Q(number=0, opened_by=None) | Q(number__gt=0, opened_by__isnull=False),
                name="supervision_by_hand_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None, ended_with="")
                | Q(lifted_at__isnull=False, lifted_by__isnull=False, ended_with="")
                | (Q(lifted_at__isnull=False, lifted_by=None) & ~Q(ended_with="")),
                name="supervision_lifted_by_somebody_or_with_its_case",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.stage}"


class Referral(models.Model):
    """提请区级 / 联席会议: what the leader in charge decided about a case at the highest level.

    Without an approved one nothing leaves the street; a refusal is kept as well.
    """

    class To(models.TextChoices):
        """Where it is taken."""

        DISTRICT = "district", _("District")
        MEETING = "meeting", _("Joint meeting")

    reach_fields: ClassVar[ReachFields] = ReachFields()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="referrals", db_index=False)
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    cycle = models.PositiveSmallIntegerField()
    to = models.CharField(_("to"), max_length=8, choices=To.choices)
    approved = models.BooleanField()
    words = models.TextField(max_length=1000)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["incident", "cycle"], name="one_referral_per_case_and_cycle")]

    def __str__(self) -> str:
        return f"{self.incident_id} → {self.to}"
