"""Posts begin, end and pass to someone else. The only place that writes Assignment."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from grids import permissions
from grids.models import Area, AreaUserPermission
from grids.permissions import Perm
from teams import signals
from teams.models import Assignment, Unit
from teams.roles import ROLES, Role


def _check_place(role: str, area: Area, unit: Unit | None) -> None:
    spec = ROLES.get(role)
    if spec is None:
        raise ValidationError({"role": _("There is no such role.")})
    if area.retired_at is not None:
        raise ValidationError({"area": _("This area has been retired. Choose the one that took its place.")})
    if area.kind not in spec.levels:
        levels = ", ".join(str(Area.Kind(kind).label) for kind in Area.Kind.values if kind in spec.levels)
        text = _("%(role)s is a post at this level: %(levels)s. %(area)s is not.")
        raise ValidationError({"area": text % {"role": Role(role).label, "levels": levels, "area": area}})
    if spec.needs_unit and unit is None:
        raise ValidationError({"unit": _("This post belongs to a unit. Choose which.")})
    if unit is not None and unit.retired_at is not None:
        raise ValidationError({"unit": _("%(unit)s has been dissolved.") % {"unit": unit}})
    if unit is not None and not (unit.area_path.startswith(area.path) or area.path.startswith(unit.area_path)):
        text = _("%(unit)s does not work in %(area)s.")
        raise ValidationError({"unit": text % {"unit": unit, "area": area}})


def _check_person(user: User, role: str, area: Area, unit: Unit | None, since: date, until: date | None) -> None:
    if not user.is_active or user.is_service:
        raise ValidationError({"user": _("%(name)s cannot sign in. Enable the account first.") % {"name": user}})
    overlapping = Assignment.objects.filter(Q(until=None) | Q(until__gt=since), user=user)
    if until is not None:
        overlapping = overlapping.filter(since__lt=until)
    for held in overlapping:
        if held.role == role and held.area_id == area.pk and held.unit_id == getattr(unit, "pk", None):
            raise ValidationError(_("%(name)s holds this post already.") % {"name": user})
        if ROLES[role].alone or ROLES[held.role].alone:
            alone = role if ROLES[role].alone else held.role
            text = _("%(role)s is held alone: end the other posts of %(name)s first, or choose someone else.")
            raise ValidationError({"role": text % {"role": Role(alone).label, "name": user}})
    if ROLES[role].alone and AreaUserPermission.objects.filter(user=user, until__gt=since).exists():
        raise ValidationError({"role": _("%(name)s has exceptional grants. Take them back first.") % {"name": user}})


def _put(post: Assignment, *, by: User | None, now: datetime) -> Assignment:
    """Check and save a new post; the caller has checked the right to do so."""
    user = User.objects.select_for_update().get(pk=post.user_id)  # two appointments at once are checked in turn
    if post.until is not None and post.until <= post.since:
        raise ValidationError({"until": _("The last day is before the first. A post ends after it began.")})
    _check_place(post.role, post.area, post.unit)
    _check_person(user, post.role, post.area, post.unit, post.since, post.until)
    post.area_path, post.appointed_by, post.appointed_at = post.area.path, by, now
    post.save()
    audit.record("teams.appoint", post, by=by, at=now, user=user.pk, role=post.role, unit=post.unit_id)
    permissions.forget(post.user)
    return post


@transaction.atomic
def appoint(
    user: User,
    *,
    role: str,
    area: Area,
    unit: Unit | None = None,
    since: date,
    until: date | None = None,
    is_head: bool = False,
    by: User,
    now: datetime,
) -> Assignment:
    """Give `user` the post `role` on `area` for `unit`, from `since` up to but not including `until`.

    The area's level must suit the role, the unit must work there, and the three administrators of the
    separation of duties hold nothing else. Nobody appoints themself. Raises PermissionDenied, ValidationError.
    """
    permissions.require(by, Perm.APPOINT, area)
    if user.pk == by.pk:
        raise PermissionDenied(_("You cannot appoint yourself. Ask another security administrator."))
    post = Assignment(user=user, role=role, area=area, unit=unit, since=since, until=until, is_head=is_head)
    return _put(post, by=by, now=now)


def _announce(post: Assignment, *, by: User | None, now: datetime) -> None:
    """Tell whoever listens that `post` is over and who follows; once."""
    post.announced_at = now
    post.save(update_fields=["announced_at"])
    signals.post_ended.send(Assignment, post=post, by=by, now=now)
    for follower in post.successors.all():
        signals.post_handed_over.send(Assignment, post=post, successor_post=follower, by=by, now=now)


def _end(post: Assignment, *, on: date, by: User, now: datetime) -> Assignment:
    locked = Assignment.objects.select_for_update(of=("self",)).select_related("user", "area", "unit").get(pk=post.pk)
    permissions.require(by, Perm.APPOINT, locked)
    if locked.until is not None and locked.until <= on:
        raise ValidationError(_("This post has ended already."))
    if on <= locked.since:
        text = _("The post began on %(since)s and cannot end before the next day. Withdraw it if it was a mistake.")
        raise ValidationError({"on": text % {"since": locked.since}})
    locked.until = on
    locked.save(update_fields=["until"])
    audit.record("teams.end_post", locked, by=by, at=now, user=locked.user_id, role=locked.role, until=str(on))
    permissions.forget(locked.user)
    return locked


@transaction.atomic
def end_post(post: Assignment, *, on: date, by: User, now: datetime) -> Assignment:
    """End `post`: `on` is the first day on which it is no longer held.

    Announces `post_ended` at once when that day has come, else `announce_ended` does on the day.
    """
    ended = _end(post, on=on, by=by, now=now)
    if on <= timezone.localdate(now):
        _announce(ended, by=by, now=now)
    return ended


@transaction.atomic
def withdraw_post(post: Assignment, *, by: User, now: datetime) -> None:
    """Take back an appointment made by mistake, on the day it was made or until its first day ends.

    Before that it cannot be ended, afterwards it can only be ended. The row goes, the audit trail keeps it. A post
    that was handed over returns to whoever held it.
    """
    locked = Assignment.objects.select_for_update(of=("self",)).select_related("predecessor").get(pk=post.pk)
    permissions.require(by, Perm.APPOINT, locked)
    if not locked.may_be_withdrawn(timezone.localdate(now)):
        raise ValidationError(
            _("An appointment can be withdrawn only on the day it was made or until its first day ends. End the post.")
        )
    before = locked.predecessor
    if before is not None and before.announced_at is not None:
        raise ValidationError(_("The work has been handed over already. To undo this, hand it back."))
    audit.record("teams.withdraw_post", locked, by=by, at=now, user=locked.user_id, role=locked.role)
    locked.delete()
    if before is not None:
        before.until = locked.until
        before.save(update_fields=["until"])


@transaction.atomic
def hand_over(
    user: User,
    successor: User,
    *,
    on: date,
    posts: Iterable[Assignment] | None = None,
    by: User,
    now: datetime,
) -> list[Assignment]:
    """Pass `user`'s posts (all that run on `on`, or only `posts`) to `successor` from `on`; the new posts.

    Announces `post_ended` and `post_handed_over` for each on that day, so that open work follows the post.
    """
    if successor.pk in (by.pk, user.pk):
        raise PermissionDenied(_("Choose another person: you cannot appoint yourself."))
    held = Assignment.objects.on(on).filter(user=user)
    if posts is not None:
        held = held.filter(pk__in=[post.pk for post in posts])
    taken = []
    for old in held.order_by("pk"):
        ended = _end(old, on=on, by=by, now=now)
        follow = Assignment(user=successor, role=old.role, area=ended.area, unit=ended.unit, is_head=old.is_head)
        follow.since, follow.until = on, old.until  # what was given for a time is passed on for that time
        follow.predecessor = ended
        taken.append(_put(follow, by=by, now=now))
        audit.record("teams.hand_over", ended, by=by, at=now, successor=successor.pk, post=follow.pk)
        if on <= timezone.localdate(now):
            _announce(ended, by=by, now=now)
    if not taken:
        raise ValidationError(_("%(name)s holds no post on that day.") % {"name": user})
    return taken


@transaction.atomic
def announce_ended(*, now: datetime, limit: int = 200) -> int:
    """Announce posts whose last day has passed; how many. Safe to run twice and side by side (rows are claimed)."""
    due = Assignment.objects.filter(announced_at=None, until__lte=timezone.localdate(now)).order_by("pk")
    claimed = list(due.select_for_update(skip_locked=True, of=("self",)).select_related("user")[:limit])
    for post in claimed:
        _announce(post, by=None, now=now)
    return len(claimed)
