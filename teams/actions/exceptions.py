"""The exceptional grant: one permission on one area for one person, with a reason and an end."""

from datetime import date, datetime, timedelta

from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from grids import permissions
from grids.models import Area, AreaUserPermission
from grids.permissions import Perm
from teams.models import Assignment
from teams.roles import ROLES

LONGEST = timedelta(days=366)
# What makes an administrator is given by a post alone, where the separation of duties is checked.
NEVER_BY_EXCEPTION = frozenset({Perm.APPOINT, Perm.MANAGE_ACCOUNTS, Perm.VIEW_AUDIT, Perm.OPERATE_SYSTEM})


def _check(user: User, perm: str, reason: str, until: date, today: date) -> None:
    if perm not in Perm.values or perm in NEVER_BY_EXCEPTION:
        raise ValidationError({"perm": _("This right comes only with a post.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why this person needs it; the reason is kept.")})
    if not today < until <= today + LONGEST:
        raise ValidationError({"until": _("Choose a day within the next year. An exception does not stay.")})
    roles = Assignment.objects.on(today).filter(user=user).values_list("role", flat=True)
    if any(ROLES[role].alone for role in roles):
        raise ValidationError(
            {
                "user": _("%(name)s holds an administrator's post, which cannot be combined with other posts.")
                % {"name": user}
            }
        )


@transaction.atomic
def grant_exception(
    user: User, *, perm: str, area: Area, reason: str, until: date, by: User, now: datetime
) -> AreaUserPermission:
    """Give `user` one permission on `area` and below, up to but not including `until` (a year at most).

    Granting again changes the reason and the end. Raises PermissionDenied, ValidationError by field.
    """
    permissions.require(by, Perm.APPOINT, area)
    if user.pk == by.pk:
        raise PermissionDenied(_("You cannot give yourself a right. Ask another security administrator."))
    locked = User.objects.select_for_update().get(pk=user.pk)
    _check(locked, perm, reason, until, timezone.localdate(now))
    permission = Permission.objects.get(codename=perm, content_type__app_label="grids", content_type__model="area")
    grant, _created = AreaUserPermission.objects.update_or_create(
        user=locked,
        permission=permission,
        content_object=area,
        defaults={"reason": reason.strip(), "until": until, "granted_by": by, "granted_at": now},
    )
    audit.record("teams.grant_exception", area, by=by, at=now, user=user.pk, perm=str(perm), until=str(until))
    permissions.forget(user)
    return grant


@transaction.atomic
def revoke_exception(grant: AreaUserPermission, *, by: User, now: datetime) -> None:
    """Take an exceptional grant back before its end."""
    locked = AreaUserPermission.objects.select_for_update(of=("self",)).select_related(
        "content_object", "permission", "user"
    )
    found = locked.get(pk=grant.pk)
    permissions.require(by, Perm.APPOINT, found.content_object)
    audit.record(
        "teams.revoke_exception",
        found.content_object,
        by=by,
        at=now,
        user=found.user_id,
        perm=found.permission.codename,
    )
    permissions.forget(found.user)
    found.delete()
