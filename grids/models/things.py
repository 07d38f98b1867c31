"""What stands in a grid beside its buildings: places (单位场所) and city assets (部件)."""

from typing import Any, ClassVar, Self

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridgov.ids import uuid7
from gridgov.privacy.fields import SealedField
from gridgov.privacy.masks import Kind as Mask
from grids.kinds import AssetClass, Condition, Ending, PlaceKind, asset_kind
from grids.models.area import Area
from grids.models.called import Called, PlainField
from grids.models.grams import Grams
from grids.models.ground import Building
from grids.permissions import ABOVE, Perm, ReachFields, readable


class ThingQuerySet(models.QuerySet[Any]):
    """Reads of places and of assets."""

    def visible_to(self, user: Any, perm: str = Perm.VIEW_AREAS) -> Self:
        """Those in areas where `user` holds `perm`."""
        return self.filter(readable(user, perm, Thing.reach_fields))

    def listed(self) -> Self:
        """Neither closed nor taken away."""
        return self.filter(ended_on=None)

    def below(self, area: Area) -> Self:
        """In the area and in what lies below."""
        return self.filter(area_path__gte=area.path, area_path__lt=area.path + ABOVE)

    def unplaced(self) -> Self:
        """In no grid: the triage of the street."""
        return self.exclude(area__kind=Area.Kind.GRID)


class Thing(Called):
    """What both have: an area found by the point, and the day on which it ended."""

    reach_fields: ClassVar[ReachFields] = ReachFields()
    personal: ClassVar[dict[str, Mask]] = {}

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("grid"))
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    name = PlainField(_("name"), max_length=80, db_collation="zh-Hans-CN-x-icu")
    address = PlainField(_("address"), max_length=200, blank=True)
    point = models.PointField(srid=4326, null=True, blank=True)
    created_at = models.DateTimeField(editable=False)
    ended_on = models.DateField(null=True, blank=True)
    ended_why = models.CharField(max_length=8, choices=Ending.choices, blank=True)

    objects = ThingQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def is_placed(self) -> bool:
        """Whether a grid is known; the area must be loaded."""
        return self.area.is_grid


def _ended_together(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(ended_on=None, ended_why="") | (Q(ended_on__isnull=False) & ~Q(ended_why="")), name=name
    )


class Place(Thing):
    """A shop, a school, a workshop …: what happens in a grid behind a door that is no home.

    Its grid is its building's; without a building that of its point. The contact's phone is sealed.
    """

    personal: ClassVar[dict[str, Mask]] = {"contact_phone": Mask.PHONE}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("kind"), max_length=16, choices=PlaceKind.choices)
    building = models.ForeignKey(
        Building, on_delete=models.PROTECT, null=True, blank=True, related_name="places", verbose_name=_("building")
    )
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    contact_phone = SealedField(_("phone of the contact"), kind=Mask.PHONE)

    class Meta:
        verbose_name = _("place")
        ordering = ["area_path", "name"]
        indexes = [
            models.Index(fields=["area_path", "name", "id"], name="place_by_path"),
            models.Index(fields=["credit_code"], condition=~Q(credit_code=""), name="place_by_credit_code"),
            GinIndex(Grams("name", "address", "credit_code", "initials"), name="place_by_grams"),
        ]
        constraints = [_ended_together("place_ended_says_why")]

    @property
    def title(self) -> str:
        """What it is called on pages."""
        return self.name

    @property
    def kind_label(self) -> str:
        """Its kind in words."""
        return str(PlaceKind(self.kind).label)  # get_kind_display would hash every label, in each row of a list


class Asset(Thing):
    """A component of the city (部件): a manhole cover, a lamp, a bin, with its official number of 16 digits.

    Digits 1–6 are the county's, 7–8 the class, 9–10 the kind, the rest a sequence (docs/domain.md §1.3). The owner is
    written as its register says; rooms above find the unit of that name.
    """

    name = PlainField(_("name"), max_length=80, blank=True, db_collation="zh-Hans-CN-x-icu")
    code = models.CharField(_("number"), max_length=16, unique=True)
    kind = models.CharField(_("kind"), max_length=4, editable=False)
    owner = models.CharField(_("owner unit"), max_length=80, blank=True)
    condition = models.CharField(_("condition"), max_length=8, choices=Condition.choices, default=Condition.INTACT)
    installed_on = models.DateField(_("installed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("city asset")
        ordering = ["area_path", "code"]
        indexes = [
            models.Index(fields=["area_path", "code", "id"], name="asset_by_path"),
            models.Index(fields=["owner"], condition=~Q(owner=""), name="asset_by_owner"),
            GinIndex(Grams("name", "address", "code", "owner", "initials"), name="asset_by_grams"),
        ]
        constraints = [_ended_together("asset_ended_says_why")]

    @property
    def title(self) -> str:
        """What it is called on pages: its own name, or its kind with the end of its number."""
        return self.name or f"{self.kind_label} {self.code[-4:]}"

    def __str__(self) -> str:
        return self.title

    @property
    def kind_label(self) -> str:
        """Its kind in words."""
        return asset_kind(self.kind)

    @property
    def class_label(self) -> str:
        """Its class in words."""
        return str(AssetClass(self.kind[:2]).label)
