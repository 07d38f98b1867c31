"""Units that hold work, and posts: who does what, where, for which unit, from when until when."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridgov.accounts.models import User
from grids.models import SEGMENT, Area
from grids.permissions import Perm, ReachFields, readable, scope
from teams.roles import Role


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

    def team_of(self, grid: Area) -> "Unit | None":
        """The grid team (网格团队) that works in `grid`; the oldest when there are several, None when there is none."""
        return self.standing().filter(kind=Unit.Kind.GRID_TEAM, area=grid).order_by("pk").first()

    def desk_of(self, area: Area) -> "Unit | None":
        """The desk that takes reports for `area`: the nearest one at or above it; None when there is none."""
        desks = self.standing().filter(is_desk=True, area_path__in=area.ancestor_paths)
        return desks.order_by(Length("area_path").desc(), "pk").first()


class Unit(models.Model):
    """Whatever can be responsible for work: one table, one foreign key everywhere (glossary)."""

    class Kind(models.TextChoices):
        """What sort of unit; decides what may be dispatched to it."""

        GRID_TEAM = "grid_team", _("Grid team")
        COMMUNITY = "community", _("Community")
        SECTION = "section", _("Street office section")
        INSTITUTION = "institution", _("Public institution")
        STATION = "station", _("Stationed branch")
        DEPARTMENT = "department", _("District department")
        UTILITY = "utility", _("Public utility")
        PROPERTY = "property", _("Property manager")

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


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Reads of posts."""

    def on(self, day: date) -> "AssignmentQuerySet":
        """The posts held on `day`: since ≤ day, and not yet ended."""
        return self.filter(Q(until=None) | Q(until__gt=day), since__lte=day)

    def visible_to(self, user: Any, perm: str = Perm.VIEW_PEOPLE) -> "AssignmentQuerySet":
        """Posts in areas where `user` holds `perm`."""
        return self.filter(readable(user, perm, Assignment.reach_fields))


class Assignment(models.Model):
    """A post: `user` holds `role` on `area` for `unit`, from `since` up to but not including `until`.

    The only truth about rights: roles.py says what the role may do and how far that reaches.
    """

    reach_fields: ClassVar[ReachFields] = ReachFields(units=("unit_id",), owners=("user_id",))

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=32, choices=Role.choices)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="posts", verbose_name=_("area"))
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="posts", null=True, blank=True, verbose_name=_("unit")
    )
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True)
    is_head = models.BooleanField(_("head of the unit"), default=False)
    appointed_at = models.DateTimeField(auto_now_add=True)
    appointed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    predecessor = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, editable=False, related_name="successors"
    )
    announced_at = models.DateTimeField(null=True, editable=False)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        ordering = ["area_path", "role", "since"]
        indexes = [
            models.Index(fields=["user", "until"], name="post_by_person"),
            models.Index(fields=["area_path"], name="post_by_path"),
            models.Index(fields=["unit", "until"], name="post_by_unit"),
            models.Index(
                fields=["until"], condition=Q(announced_at=None, until__isnull=False), name="post_end_to_announce"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="post_ends_after_it_began")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.role} · {self.area}"


def people_visible_to(user: Any, perm: str = Perm.VIEW_PEOPLE) -> models.QuerySet[User]:
    """Colleagues with a post, now or once, where `user` holds `perm`; to managers of sign-ins also those without."""
    posts = Assignment.objects.filter(readable(user, perm, ReachFields()))
    rule = Q(pk__in=posts.values("user_id")) | Q(pk=user.pk)
    if scope(user).holds(Perm.MANAGE_ACCOUNTS):
        rule |= Q(posts=None)
    return User.objects.filter(rule, is_service=False)


def may_call(user: Any, perm: str, row: User) -> None:
    """Raise PermissionDenied unless `row` stands in the address book of `user`: who may see a colleague's phone."""
    if not people_visible_to(user, perm).filter(pk=row.pk).exists():
        raise PermissionDenied(gettext("This person is not in your address book."))
