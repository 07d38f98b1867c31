"""The ground beneath the tree: boundaries with the time they held, and buildings."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gridgov.ids import uuid7
from grids.models.area import Area
from grids.models.called import Called, PlainField
from grids.permissions import Perm, ReachFields, readable


class BoundaryVersionQuerySet(models.QuerySet["BoundaryVersion"]):
    """Reads of boundaries."""

    def visible_to(self, user: Any, perm: str = Perm.VIEW_AREAS) -> "BoundaryVersionQuerySet":
        """The boundaries of areas where `user` holds `perm`: one join, which whoever asks for a name shares."""
        return self.filter(readable(user, perm, BoundaryVersion.reach_fields))


class BoundaryVersion(models.Model):
    """One polygon of an area with the time it held: [since, until). The current one has no end."""

    reach_fields: ClassVar[ReachFields] = ReachFields(area="area__path")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="boundaries")
    kind = models.CharField(max_length=12, choices=Area.Kind.choices)
    polygon = models.MultiPolygonField(srid=4326)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    source = models.CharField(_("source"), max_length=120, blank=True)
    plan = models.ForeignKey("BoundaryPlan", on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = BoundaryVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("boundary version")
        constraints = [
            models.UniqueConstraint(fields=["area"], condition=Q(until=None), name="one_current_boundary_per_area"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="boundary_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.since:%Y-%m-%d}"


class BuildingQuerySet(models.QuerySet["Building"]):
    """Reads of buildings."""

    def visible_to(self, user: Any, perm: str = Perm.VIEW_AREAS) -> "BuildingQuerySet":
        """The buildings in areas where `user` holds `perm`."""
        return self.filter(readable(user, perm, Building.reach_fields))


class Building(Called):
    """A building with its point and, when it has been drawn, its footprint. Dwellings get their grid from it."""

    reach_fields: ClassVar[ReachFields] = ReachFields()

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="buildings", verbose_name=_("grid"))
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    code = models.CharField(_("number in its grid"), max_length=5, blank=True)
    name = PlainField(_("building"), max_length=80, db_collation="zh-Hans-CN-x-icu")
    address = PlainField(_("address"), max_length=200, blank=True)
    point = models.PointField(srid=4326, null=True, blank=True)
    footprint = models.MultiPolygonField(srid=4326, null=True, blank=True)
    entrances = models.PositiveSmallIntegerField(_("entrances"), null=True, blank=True)
    floors = models.PositiveSmallIntegerField(_("floors"), null=True, blank=True)
    households = models.PositiveIntegerField(_("households"), null=True, blank=True)
    persons = models.PositiveIntegerField(_("persons"), null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = BuildingQuerySet.as_manager()

    class Meta:
        verbose_name = _("building")
        ordering = ["area_path", "name"]
        indexes = [models.Index(fields=["area_path"], name="building_by_path")]

    def __str__(self) -> str:
        return self.name
