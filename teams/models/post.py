"""Posts: who does what, where, for which unit, from when until when; and who therefore knows whom."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridgov.accounts.models import User
from grids.models import Area
from grids.permissions import Perm, ReachFields, readable, scope
from teams.models.unit import Unit
from teams.roles import Role


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
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts", verbose_name=_("person"),
        db_index=False,
    )  # fmt: skip
    role = models.CharField(_("role"), max_length=32, choices=Role.choices)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="posts", verbose_name=_("area"))
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="posts", null=True, blank=True, verbose_name=_("unit"),
        db_index=False,
    )  # fmt: skip
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

    @property
    def person(self) -> str:
        """Who, and as what."""
        return gettext("%(name)s (%(role)s)") % {"name": self.user.name, "role": self.get_role_display()}

    def may_be_withdrawn(self, today: date) -> bool:
        """Whether it may still be taken back as a mistake: on the day it was made, or until its first day ends."""
        return today <= max(timezone.localdate(self.appointed_at), self.since)


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
