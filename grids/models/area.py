"""The tree of areas that every record hangs from, and the exceptional grant on one of them."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

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
