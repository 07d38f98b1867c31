"""Images of plans on paper that a draft is drawn over."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grids.models.plan import BoundaryPlan


class PlanImage(models.Model):
    """One image handed in for a plan. The newest that was not removed is in use.

    `fixings` is every way it was laid on the ground, the newest last: {"points": three of {x, y, lon, lat, datum,
    said}, "laid": what `grids.geodata.tracing` made of them}; undoing takes the last one away. x and y are pixels
    from the upper left corner, lon and lat WGS-84, `said` what was typed in `datum`.
    """

    pk = models.CompositePrimaryKey("plan_id", "nth")
    plan = models.ForeignKey(BoundaryPlan, on_delete=models.CASCADE, related_name="images", db_index=False)
    nth = models.PositiveIntegerField()
    file = models.FileField(max_length=120)
    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    fixings = models.JSONField(default=list)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("image of a plan")
        ordering = ["nth"]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="removed_image_has_who_and_when",
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.file_name}"

    @property
    def fixed(self) -> dict[str, Any] | None:
        """How it is laid now."""
        return self.fixings[-1] if self.fixings else None
