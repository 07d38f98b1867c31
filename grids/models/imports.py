"""Files that were handed in, and what is needed to take them back."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridgov.ids import uuid7
from grids.permissions import Perm, ReachFields, readable, scope


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    """Reads of imports."""

    def visible_to(self, user: Any) -> "ImportBatchQuerySet":
        """A person's own imports, and those in areas where the person changes the ground.

        A list that came in on the command line names no one area and nobody's hand: who changes the ground may take
        it back, as far as the actions let them.
        """
        seen = readable(user, Perm.EDIT_AREAS, ImportBatch.reach_fields) | Q(uploaded_by=user)
        if scope(user).holds(Perm.EDIT_AREAS):
            seen |= Q(uploaded_by__is_service=True, area_path="")
        return self.filter(seen)


class ImportBatch(models.Model):
    """A file somebody handed in: looked at, applied whole or not at all, and taken back if it was a mistake.

    `undo` holds what is needed for that, by the importer's own rules; the file itself goes when it was applied.
    """

    reach_fields: ClassVar[ReachFields] = ReachFields(owners=("uploaded_by_id",))

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=16)
    area_path = models.CharField(max_length=120, db_collation="C", editable=False, blank=True)
    file = models.FileField(max_length=120, blank=True)
    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    options = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    undo = models.JSONField(default=list)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None) | Q(applied_at__isnull=False), name="only_what_was_applied_is_undone"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"
