"""The yearly look at a division: what was found, what was decided, who does it until when."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridgov.ids import uuid7
from grids.models.area import Area
from grids.permissions import Perm, ReachFields, readable


class StandardReviewQuerySet(models.QuerySet["StandardReview"]):
    """Reads of reviews."""

    def visible_to(self, user: Any, perm: str = Perm.VIEW_AREAS) -> Self:
        """The reviews of areas where `user` holds `perm`."""
        return self.filter(readable(user, perm, StandardReview.reach_fields))

    def standing(self) -> Self:
        """Those that were not taken back."""
        return self.filter(withdrawn_at=None)


class StandardReview(models.Model):
    """One review of the grids of an area against the standard; at least yearly (docs/domain.md §1.2)."""

    reach_fields: ClassVar[ReachFields] = ReachFields()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="reviews", verbose_name=_("area"))
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    held_on = models.DateField(_("held on"))
    took_part = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("who took part"))
    findings = models.TextField(_("findings"), max_length=4000)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = StandardReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review of a division")
        ordering = ["-held_on", "-id"]
        indexes = [models.Index(fields=["area_path", "-held_on"], name="review_by_path")]

    def __str__(self) -> str:
        return f"{self.area} {self.held_on:%Y-%m-%d}"


class ReviewDecision(models.Model):
    """What a review decided: what, by whom, until when, and whether it is done."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    review = models.ForeignKey(StandardReview, on_delete=models.CASCADE, related_name="decisions")
    what = models.CharField(_("decision"), max_length=300)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who does it")
    )
    due_on = models.DateField(_("until"))
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("decision of a review")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="done_decision_has_who_and_when",
            )
        ]

    def __str__(self) -> str:
        return self.what
