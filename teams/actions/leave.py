"""Leave is entered and called off. The only place that writes Leave."""

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from grids.permissions import Perm
from teams.absence import may_enter, missing_right
from teams.models import Leave

LONGEST = timedelta(days=366)


def _check_days(user: User, since_on: date, last_on: date, today: date) -> None:
    if last_on < since_on:
        raise ValidationError({"last_on": _("The last day is before the first.")})
    if last_on < today:
        raise ValidationError({"last_on": _("This leave would be over already.")})
    if last_on - since_on > LONGEST:
        raise ValidationError({"last_on": _("A leave lasts a year at most. End the post instead.")})
    if Leave.objects.between(since_on, last_on).filter(user=user).exists():
        raise ValidationError({"since_on": _("%(name)s is away on some of these days already.") % {"name": user}})
    other = Leave.objects.between(since_on, last_on).filter(substitute=user).select_related("user").first()
    if other is not None:
        text = _("%(name)s stands in for %(other)s until %(day)s. Change that first.")
        raise ValidationError({"since_on": text % {"name": user, "other": other.user, "day": other.last_on}})


def _check_substitute(user: User, substitute: User, since_on: date, last_on: date) -> None:
    if substitute.pk == user.pk:
        raise ValidationError({"substitute": _("Choose somebody else.")})
    if not substitute.is_active or substitute.is_service:
        raise ValidationError({"substitute": _("%(name)s cannot sign in.") % {"name": substitute}})
    if Leave.objects.between(since_on, last_on).filter(user=substitute).exists():
        raise ValidationError({"substitute": _("%(name)s is away on some of these days.") % {"name": substitute}})
    lacking = missing_right(user, substitute, since_on, last_on)
    if lacking is not None:
        text = _(
            "%(name)s holds no post with the right “%(right)s” where %(who)s has it, and would not see this work. "
            "Choose somebody of the same unit, or have a post given first."
        )
        raise ValidationError(
            {"substitute": text % {"name": substitute, "right": Perm(lacking).label, "who": user}}, code="no_right"
        )


@transaction.atomic
def enter_leave(
    user: User, *, substitute: User, since_on: date, last_on: date, instead: bool = False, by: User, now: datetime
) -> Leave:
    """Say that `user` is away from the first to the last day and who stands in.

    By themself, the head of a unit of theirs, or who appoints there. The substitute needs posts of their own that
    give every right to work the person has: a leave gives no rights. Raises PermissionDenied, ValidationError.
    """
    today = timezone.localdate(now)
    if not may_enter(by, user, today):
        raise PermissionDenied(
            _("Leave is entered by the person concerned, the head of the unit or somebody who appoints people.")
        )
    for person in sorted({user.pk, substitute.pk}):  # two leaves entered at once are checked in turn
        User.objects.select_for_update().get(pk=person)
    _check_days(user, since_on, last_on, today)
    _check_substitute(user, substitute, since_on, last_on)
    leave = Leave.objects.create(
        user=user, substitute=substitute, since_on=since_on, last_on=last_on, instead=instead,
        entered_by=by, entered_at=now,
    )  # fmt: skip
    audit.record(
        "teams.enter_leave", leave, by=by, at=now,
        user=user.pk, substitute=substitute.pk, since=str(since_on), last=str(last_on),
    )  # fmt: skip
    return leave


@transaction.atomic
def cancel_leave(leave: Leave, *, by: User, now: datetime) -> Leave:
    """Call a leave off, or come back early: from now on nobody stands in."""
    locked = Leave.objects.select_for_update(of=("self",)).select_related("user").get(pk=leave.pk)
    if not may_enter(by, locked.user, timezone.localdate(now)):
        raise PermissionDenied(
            _("Leave is entered by the person concerned, the head of the unit or somebody who appoints people.")
        )
    if locked.cancelled_at is not None or locked.last_on < timezone.localdate(now):
        raise ValidationError(_("This leave is over already."))
    locked.cancelled_at, locked.cancelled_by = now, by
    locked.save(update_fields=["cancelled_at", "cancelled_by"])
    audit.record("teams.cancel_leave", locked, by=by, at=now, user=locked.user_id)
    return locked
