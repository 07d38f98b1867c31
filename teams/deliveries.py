"""Which deliveries beyond the inbox somebody may see: those to people with a post in their areas, and to groups."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _

from gridgov.notices.models import Outbox
from gridgov.notices.models.outbox import OutboxQuerySet
from grids.permissions import Perm, ReachFields, readable, scope, within
from teams.models import Assignment


def visible_to(user: Any) -> OutboxQuerySet:
    """By the posts, now or once, of who is told. The system administrator sees what goes to nobody, and own tests."""
    mine = scope(user)
    posts = Assignment.objects.filter(readable(user, Perm.VIEW_DELIVERIES, ReachFields()))
    rule = Q(user__in=posts.order_by().values("user")) | within(mine.paths(Perm.VIEW_DELIVERIES), "area_path")
    if mine.holds(Perm.OPERATE_SYSTEM):
        rule |= Q(user=None, robot=None) | Q(user=user.pk)
    rows: OutboxQuerySet = Outbox.objects.filter(rule)
    return rows


def require_visible(row: Outbox, user: Any) -> None:
    """Raise PermissionDenied for a delivery outside one's areas."""
    if not visible_to(user).filter(pk=row.pk).exists():
        raise PermissionDenied(_("This delivery is outside your areas."))
