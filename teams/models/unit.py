"""Units: whatever can be responsible for work."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from gridgov.labels.words import named
from grids.models import SEGMENT, Area
from grids.permissions import Perm, ReachFields, readable, scope


class UnitQuerySet(models.QuerySet["Unit"]):
    """Reads of units."""

    def visible_to(self, user: Any, perm: str = Perm.VIEW_PEOPLE) -> "UnitQuerySet":
        """Units in areas where `user` holds `perm`."""
        return self.filter(readable(user, perm, Unit.reach_fields))

    def reachable_by(self, user: Any) -> "UnitQuerySet":
        """Those of `visible_to`, and the offices above a person's areas: a worker may call the desk and the street."""
        tops = scope(user).paths(Perm.VIEW_PEOPLE)
        above = {path[:end] for path in tops for end in range(SEGMENT, len(path), SEGMENT)}
        return self.filter(readable(user, Perm.VIEW_PEOPLE, ReachFields()) | Q(area_path__in=above))

    def standing(self) -> "UnitQuerySet":
        """Not dissolved."""
        return self.filter(retired_at=None)

    def desk_of(self, area: Area) -> "Unit | None":
        """The desk that takes reports for `area`: the nearest one at or above it; None when there is none."""
        desks = self.standing().filter(is_desk=True, area_path__in=area.ancestor_paths)
        return desks.order_by(Length("area_path").desc(), "pk").first()


class Unit(models.Model):
    """Whatever can be responsible for work: one table, one foreign key everywhere (glossary)."""

    class Kind(models.TextChoices):
        """What sort of unit; decides what may be dispatched to it."""

        GRID_TEAM = "grid_team", named("unit_kind.grid_team", _("Grid team"))
        COMMUNITY = "community", named("unit_kind.community", _("Community"))
        SECTION = "section", named("unit_kind.section", _("Street office section"))
        INSTITUTION = "institution", named("unit_kind.institution", _("Public institution"))
        STATION = "station", named("unit_kind.station", _("Stationed branch"))
        DEPARTMENT = "department", named("unit_kind.department", _("District department"))
        UTILITY = "utility", named("unit_kind.utility", _("Public utility"))
        PROPERTY = "property", named("unit_kind.property", _("Property manager"))

    reach_fields: ClassVar[ReachFields] = ReachFields(units=("pk",))

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=80, db_collation="zh-Hans-CN-x-icu")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="units", verbose_name=_("works in"))
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("belongs to"),
    )
    is_desk = models.BooleanField(
        _("takes reports"),
        default=False,
        help_text=_("The desk that accepts, files and dispatches in its area."),
    )
    phone = models.CharField(_("office phone"), max_length=32, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        ordering = ["area_path", "name"]
        indexes = [models.Index(fields=["area_path"], name="unit_by_path")]

    def __str__(self) -> str:
        return self.name
