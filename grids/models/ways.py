"""Roads, railways and water as known lines: borders follow them, and are named by them."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gridgov.ids import uuid7
from grids.models.area import Area
from grids.permissions import Perm, ReachFields, readable


class WaySetQuerySet(models.QuerySet["WaySet"]):
    """Reads of sets."""

    def visible_to(self, user: Any, perm: str = Perm.VIEW_AREAS) -> Self:
        """The sets of areas where `user` holds `perm`."""
        return self.filter(readable(user, perm, WaySet.reach_fields))

    def current(self) -> Self:
        """Not replaced by a later file."""
        return self.filter(until=None)

    def around(self, area: Area) -> Self:
        """Those of the area, of what lies above it and of what lies below it."""
        return self.filter(Q(area_path__startswith=area.path) | Q(area_path__in=area.ancestor_paths))


class WaySet(models.Model):
    """The lines of one area as one file gave them, from `since` on; the next file replaces them as a whole."""

    reach_fields: ClassVar[ReachFields] = ReachFields()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="way_sets", verbose_name=_("belongs to"))
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    source = models.CharField(_("source"), max_length=120, blank=True)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = WaySetQuerySet.as_manager()

    class Meta:
        verbose_name = _("roads and water of an area")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["area"], condition=Q(until=None), name="one_current_way_set_per_area"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="way_set_ends_after_begin"),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.since:%Y-%m-%d}"


class Way(models.Model):
    """One road, railway or water line with its name and class."""

    class Kind(models.TextChoices):
        """The class: what a border is drawn along, and what no grid should lie across."""

        MAIN = "main", _("Main road")
        ROAD = "road", _("Road")
        LANE = "lane", _("Lane")
        RAIL = "rail", _("Railway")
        WATER = "water", _("Water")

    set = models.ForeignKey(WaySet, on_delete=models.CASCADE, related_name="ways")
    kind = models.CharField(_("class"), max_length=8, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=80, blank=True, db_collation="zh-Hans-CN-x-icu")
    line = models.MultiLineStringField(srid=4326)

    class Meta:
        verbose_name = _("road or water line")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name or str(self.get_kind_display())
