"""The tree of areas that every record hangs from, and the ground beneath it: boundaries and buildings."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from gridgov.ids import uuid7
from grids.permissions import ABOVE, Perm, ReachFields, readable

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
SEGMENT = 6


def segment(number: int) -> str:
    """A child's place in its parent's path: six base-36 characters, so 2.1 billion children."""
    text = ""
    for _place in range(SEGMENT):
        number, digit = divmod(number, 36)
        text = ALPHABET[digit] + text
    return text


class AreaQuerySet(models.QuerySet["Area"]):
    """Reads of the tree."""

    def visible_to(self, user: Any, perm: str = Perm.VIEW_AREAS) -> "AreaQuerySet":
        """The areas where `user` holds `perm`."""
        return self.filter(readable(user, perm, Area.reach_fields))

    def below(self, path: str) -> "AreaQuerySet":
        """The subtree of `path`, itself included."""
        return self.filter(path__gte=path, path__lt=path + ABOVE)

    def standing(self) -> "AreaQuerySet":
        """Not retired by a split or merge."""
        return self.filter(retired_at=None)

    def grids(self) -> "AreaQuerySet":
        """The leaves where the work is done."""
        return self.filter(kind=Area.Kind.GRID)


class Area(models.Model):
    """A node of the tree: district › street › community › grid. Its `path` orders and contains.

    `code` is the national code (6, 9, 12 or 15 digits) or a foreign one under its own `code_scheme`.
    """

    class Kind(models.TextChoices):
        """The level of a node."""

        DISTRICT = "district", _("District")
        STREET = "street", _("Street")
        COMMUNITY = "community", _("Community")
        GRID = "grid", _("Grid")

    class GridKind(models.TextChoices):
        """General grids cover ground; dedicated ones are a school, a hospital, a market."""

        GENERAL = "general", _("General grid")
        DEDICATED = "dedicated", _("Dedicated grid")

    reach_fields: ClassVar[ReachFields] = ReachFields(area="path")

    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("belongs to"),
    )
    kind = models.CharField(_("level"), max_length=12, choices=Kind.choices)
    grid_kind = models.CharField(_("kind of grid"), max_length=12, choices=GridKind.choices, blank=True)
    code = models.CharField(_("code"), max_length=32)
    code_scheme = models.CharField(_("code scheme"), max_length=16, default="cn")
    name = models.CharField(_("name"), max_length=80, db_collation="zh-Hans-CN-x-icu")
    path = models.CharField(max_length=120, unique=True, db_collation="C", editable=False)
    households = models.PositiveIntegerField(_("households"), null=True, blank=True)
    persons = models.PositiveIntegerField(_("persons"), null=True, blank=True)
    east = models.CharField(_("to the east"), max_length=120, blank=True)
    south = models.CharField(_("to the south"), max_length=120, blank=True)
    west = models.CharField(_("to the west"), max_length=120, blank=True)
    north = models.CharField(_("to the north"), max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("area")
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["code_scheme", "code"], name="area_code_once_per_scheme"),
            models.CheckConstraint(condition=Q(kind="grid") | Q(grid_kind=""), name="only_grids_have_a_grid_kind"),
            models.CheckConstraint(
                condition=Q(parent__isnull=False) | ~Q(kind="grid"), name="no_grid_without_a_parent"
            ),
        ]
        permissions = [(perm.value, perm.label) for perm in Perm]
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

    @property
    def is_grid(self) -> bool:
        """Whether work is done here."""
        return self.kind == self.Kind.GRID

    @property
    def ancestor_paths(self) -> list[str]:
        """Its own path and every one above, the root first."""
        return [self.path[:end] for end in range(SEGMENT, len(self.path) + 1, SEGMENT)]


class BoundaryVersion(models.Model):
    """One polygon of an area with the time it held: [since, until). The current one has no end."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="boundaries")
    kind = models.CharField(max_length=12, choices=Area.Kind.choices)
    polygon = models.MultiPolygonField(srid=4326)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    source = models.CharField(_("source"), max_length=120, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

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


class Building(models.Model):
    """A building with its point and, when it has been drawn, its footprint. Dwellings get their grid from it."""

    reach_fields: ClassVar[ReachFields] = ReachFields()

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="buildings", verbose_name=_("grid"))
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    code = models.CharField(_("number in its grid"), max_length=5, blank=True)
    name = models.CharField(_("building"), max_length=80, db_collation="zh-Hans-CN-x-icu")
    address = models.CharField(_("address"), max_length=200, blank=True)
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


class AreaUserPermission(UserObjectPermissionBase):
    """The exceptional grant: one permission on one area and what lies below, up to but not including `until`.

    django-guardian's store in a direct-foreign-key table. Written by `teams.actions.grant_exception` alone;
    taking it back removes the row, the audit trail keeps why it was there.
    """

    content_object = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("area"))
    reason = models.CharField(_("reason"), max_length=200)
    until = models.DateField(_("until"))
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("exceptional grant")


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    """Reads of imports."""

    def visible_to(self, user: Any) -> "ImportBatchQuerySet":
        """A person's own imports, and those in areas where the person changes the ground."""
        return self.filter(readable(user, Perm.EDIT_AREAS, ImportBatch.reach_fields) | Q(uploaded_by=user))


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
