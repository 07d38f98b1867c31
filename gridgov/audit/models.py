"""What happened, who did it and when: rows that the program can add and nobody can change."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gridgov.ids import uuid7


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

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="audit_by_subject"),
            models.Index(fields=["actor_id", "-id"], name="audit_by_actor"),
            models.Index(fields=["action", "-id"], name="audit_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_name} {self.action} {self.subject_kind}:{self.subject_id}"


class AuditLink(models.Model):
    """One link of the chain: hash(previous hash ‖ signature of the event). Written by the sealer alone."""

    seq = models.BigIntegerField(primary_key=True)
    event_id = models.UUIDField(unique=True)
    previous = models.BinaryField()
    hash = models.BinaryField()
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.seq}"
