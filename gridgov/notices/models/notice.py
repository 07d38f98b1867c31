"""What people were told."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridgov.ids import uuid7
from gridgov.notices import registry

MOST_COUNTED = 100  # the bell says 99+ beyond, and counts no further


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Reads over notices; the newest first."""

    def visible_to(self, user: Any) -> "NoticeQuerySet":
        """A notice is its reader's alone."""
        return self.filter(user=user)

    def unread(self) -> "NoticeQuerySet":
        """Not read yet."""
        return self.filter(read_at=None)

    def unread_count(self) -> int:
        """How many are unread, counted up to 100."""
        return self.unread()[:MOST_COUNTED].count()


class Notice(models.Model):
    """One message to one person: a code with numbers, rendered in the reader's language when it is read.

    `params` holds numbers, codes and dates, never personal data: what it speaks of may be erased later.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", db_index=False)
    code = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    params = models.JSONField(default=dict, blank=True)
    urgent = models.BooleanField(_("urgent"), default=False)
    created_at = models.DateTimeField(_("when"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    confidential = False  # while it is being told; nothing of it is stored
    about = ""  # while it is read: what its reader may see of its subject

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_by_user"),
            models.Index(fields=["user", "-id"], name="notice_unread", condition=Q(read_at=None)),
            models.Index(fields=["subject_kind", "subject_id"], name="notice_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.subject_kind}:{self.subject_id}"

    @property
    def title(self) -> str:
        """The message in the active language."""
        return registry.words(registry.message_or_default(self.code).title, self.params)

    @property
    def body(self) -> str:
        """The second line; may be empty."""
        return registry.words(registry.message_or_default(self.code).body, self.params)

    @property
    def url(self) -> str:
        """Where the reader can act; "" when there is nowhere to go."""
        build = registry.message_or_default(self.code).url
        return build(self.subject_id, self.params) if build else ""
