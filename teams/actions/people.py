"""People get a sign-in, lose it and get it back, by whoever may do so where they hold their posts."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gridgov.accounts import actions as accounts
from gridgov.accounts import identity_actions
from gridgov.accounts.actions import IssuedReset
from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from gridgov.clock.seed import seed_calendars
from grids import permissions
from grids.models import Area, segment
from grids.permissions import Perm
from teams.actions.posts import _put
from teams.models import Assignment
from teams.roles import ADMINISTRATORS, Role


def require_over(by: User, user: User, now: datetime) -> None:
    """Raise PermissionDenied unless `by` manages sign-ins wherever `user` holds or will hold a post, and is another."""
    if by.pk == user.pk:
        raise PermissionDenied(_("Another administrator does this for you."))
    permissions.require_anywhere(by, Perm.MANAGE_ACCOUNTS)
    for post in Assignment.objects.filter(Q(until=None) | Q(until__gt=timezone.localdate(now)), user=user):
        permissions.require(by, Perm.MANAGE_ACCOUNTS, post)


@transaction.atomic
def create_person(*, username: str, name: str, phone: str = "", by: User, now: datetime) -> User:
    """A person with a staff number and, if given, a phone to sign in with; no password until a one-time link sets it.

    Raises PermissionDenied, ValidationError by field (taken staff number or phone).
    """
    permissions.require_anywhere(by, Perm.MANAGE_ACCOUNTS)
    return accounts.create_user(username, name, phone=phone, by=by, now=now)


@transaction.atomic
def edit_person(user: User, *, name: str, phone: str | None, by: User, now: datetime) -> User:
    """Correct a name or the sign-in phone; None keeps the phone, "" removes it."""
    require_over(by, user, now)
    return accounts.change_contact(user, name=name, phone=phone, by=by, now=now)


@transaction.atomic
def reset_password(user: User, *, by: User, now: datetime) -> IssuedReset:
    """A one-time link for a new password, to be handed over in person; earlier links stop working."""
    require_over(by, user, now)
    if not user.is_active:
        raise ValidationError(_("%(name)s cannot sign in. Enable the account first.") % {"name": user})
    return accounts.issue_reset(user, by=by, now=now)


@transaction.atomic
def disable_person(user: User, *, by: User, now: datetime) -> User:
    """Nobody signs in as this person any more; open sessions end at once. Posts stay and count for nothing."""
    require_over(by, user, now)
    return accounts.disable(user, by=by, now=now)


@transaction.atomic
def enable_person(user: User, *, by: User, now: datetime) -> User:
    """Take `disable_person` back."""
    require_over(by, user, now)
    return accounts.enable(user, by=by, now=now)


@transaction.atomic
def unlink_account(user: User, platform: str, *, by: User, now: datetime) -> bool:
    """Somebody's account elsewhere signs them in no more, and open sessions end; False when none was linked.

    For a lost phone, or an account that turned out to be another's. The person may link one again.
    """
    require_over(by, user, now)
    gone = identity_actions.unlink(user, platform, by=by, now=now)
    if gone:
        accounts.end_other_sessions(user, keep="", by=by, now=now)
    return gone


def _root(code: str, name: str, now: datetime) -> Area:
    """The area administrators are appointed on: `code`, the only root there is, or a new district."""
    found = Area.objects.filter(code=code) if code else Area.objects.filter(parent=None, retired_at=None)
    areas = list(found[:2])
    if len(areas) == 1:
        return areas[0]
    if areas or not (code and name):
        raise ValidationError(_("Say on which area: give the code of a district or street, and a name if it is new."))
    root = Area.objects.create(
        kind=Area.Kind.DISTRICT, code=code, name=name, path=segment(Area.objects.filter(parent=None).count() + 1)
    )
    audit.record("grids.create_area", root, by=None, at=now, code=code)
    return root


@transaction.atomic
def install_administrator(
    *, role: str, username: str, name: str, district_code: str = "", district_name: str = "", now: datetime
) -> tuple[User, IssuedReset]:
    """Make an administrator from the console, where whoever runs the machine acts and nobody is signed in yet.

    In an empty database the district, the working calendars and the ladders are made too: nothing can be reported
    without them. Returns the person and a one-time link.
    """
    if role not in ADMINISTRATORS:
        names = ", ".join(sorted(ADMINISTRATORS))
        raise ValidationError(_("Choose an administrator's role: %(roles)s.") % {"roles": names})
    root = _root(district_code, district_name, now)
    seed_calendars(now=now)
    user = User.objects.filter(username__iexact=username, is_service=False).first()
    if user is None:
        user = accounts.create_user(username, name, by=None, now=now)
    since = timezone.localdate(now)
    _put(Assignment(user=user, role=Role(role), area=root, since=since), by=None, now=now)
    return user, accounts.issue_reset(user, by=None, now=now)
