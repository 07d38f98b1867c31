"""What happened, who did it and when: rows that the program can add and nobody can change."""

from datetime import datetime

from django.db import models
from django.db.models import F
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from gridgov.ids import uuid7, uuid7_floor

SIGN_IN_ACTIONS = (
    "accounts.sign_in",
    "accounts.sign_out",
    "accounts.session_expired",
    "accounts.sign_in_failed",
    "accounts.sign_in_refused",
    "accounts.locked",
    "accounts.code_failed",
)


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Reads of the trail, newest first; every filter has its index."""

    def sign_ins(self) -> "AuditEventQuerySet":
        """Who came, who failed, who was locked out, who left."""
        return self.filter(action__in=SIGN_IN_ACTIONS)

    def between(self, since: datetime | None, until: datetime | None) -> "AuditEventQuerySet":
        """Rows of a time span: ids carry their time, so this is a range of the primary key."""
        rows = self
        if since is not None:
            rows = rows.filter(pk__gte=uuid7_floor(since))
        if until is not None:
            rows = rows.filter(pk__lt=uuid7_floor(until))
        return rows

    def of_actor(self, username: str) -> "AuditEventQuerySet":
        """What one person did, by staff number as it was then."""
        return self.filter(actor_name__iexact=username)

    def about(self, kind: str, subject_id: str = "") -> "AuditEventQuerySet":
        """What happened to a sort of thing, or to one of them."""
        rows = self.filter(subject_kind=kind)
        return rows.filter(subject_id=subject_id) if subject_id else rows


class AuditEvent(models.Model):
    """One named action. Values, not foreign keys: the record outlives what it speaks of.

    `signature` is HMAC-SHA256 over the canonical row with a key kept outside the database. The app role
    may insert and read, never update or delete (migration 0001).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(_("when"))
    action = models.CharField(_("action"), max_length=80)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("who"), max_length=150)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    area_path = models.CharField(max_length=120, blank=True, db_collation="C")
    address = models.GenericIPAddressField(_("from"), null=True)
    data = models.JSONField(default=dict)
    key_id = models.CharField(max_length=16)
    signature = models.BinaryField()

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(Upper("actor_name"), F("id").desc(), name="audit_by_name"),
            models.Index(fields=["subject_kind", "subject_id", "id"], name="audit_by_subject"),
            models.Index(fields=["actor_id", "-id"], name="audit_by_actor"),
            models.Index(fields=["action", "-id"], name="audit_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_name} {self.action} {self.subject_kind}:{self.subject_id}"


class AuditLink(models.Model):
    """One link of the chain: HMAC(number ‖ previous hash ‖ event ‖ its signature). Written by the sealer alone."""

    seq = models.BigIntegerField(primary_key=True)
    event_id = models.UUIDField(unique=True)
    previous = models.BinaryField()
    hash = models.BinaryField()
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.seq}"
