"""Divisions the workbench proposes: what was asked, how far it is, and each way to divide with its figures."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridgov.ids import uuid7
from grids.models.area import Area
from grids.models.plan import BoundaryPlan
from grids.permissions import Perm, ReachFields, readable


class DivisionProposalQuerySet(models.QuerySet["DivisionProposal"]):
    """Reads of proposals."""

    def visible_to(self, user: Any, perm: str = Perm.PLAN_BOUNDARIES) -> Self:
        """The proposals of areas where `user` holds `perm`."""
        return self.filter(readable(user, perm, DivisionProposal.reach_fields))


class DivisionProposal(models.Model):
    """One request to divide `parent`: from a draft with its walls and kept grids, or from the areas as they stand.

    With `only`, that grid alone is split and all others stay.
    A worker claims it by `started_at` and counts it in `tries`; `done` counts the ways that are ready, `fault` says why
    there are no more.
    """

    reach_fields: ClassVar[ReachFields] = ReachFields()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    parent = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("divides"))
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    child_kind = models.CharField(_("into"), max_length=12, choices=Area.Kind.choices)
    plan = models.ForeignKey(
        BoundaryPlan, on_delete=models.CASCADE, null=True, editable=False, related_name="proposals"
    )
    plan_revision = models.PositiveIntegerField(default=0, editable=False)
    only = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("splits")
    )
    count = models.PositiveIntegerField(_("number of grids"), null=True, blank=True)
    old_estate = models.BooleanField(_("old estates"), default=False)
    done = models.PositiveIntegerField(default=0, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    fault = models.CharField(max_length=400, blank=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    objects = DivisionProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed division")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["area_path", "-id"], name="proposal_by_path"),
            models.Index(fields=["id"], condition=Q(finished_at=None), name="proposal_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.parent} {self.created_at:%Y-%m-%d}"


class ProposedDivision(models.Model):
    """One way to divide: GeoJSON features as a plan keeps them, figures, and the draft that was made of it."""

    class Aim(models.TextChoices):
        """What it was sought for first."""

        EQUAL = "equal", _("Even sizes first")
        COMPACT = "compact", _("Compact shapes first")
        STEADY = "steady", _("Few changes first")

    pk = models.CompositePrimaryKey("proposal_id", "nth")
    proposal = models.ForeignKey(DivisionProposal, on_delete=models.CASCADE, related_name="ways", db_index=False)
    nth = models.PositiveSmallIntegerField()
    aim = models.CharField(max_length=12, choices=Aim.choices)
    shapes = models.JSONField(default=list)
    figures = models.JSONField(default=dict)
    draft = models.ForeignKey(BoundaryPlan, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("proposal")

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.nth}"
