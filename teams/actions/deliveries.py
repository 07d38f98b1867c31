"""Sending again and taking back, for whoever may see the delivery; and the robots of group chats."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from gridgov.notices import outbox_actions
from gridgov.notices.models import GroupRobot, Outbox
from gridgov.outside import http
from grids import permissions
from grids.permissions import Perm
from teams.deliveries import require_visible, visible_to
from teams.models import Unit


def resend(row: Outbox, *, by: User, now: datetime) -> Outbox:
    """Send one delivery once more. PermissionDenied outside one's areas, ValidationError while it waits."""
    require_visible(row, by)
    return outbox_actions.resend(row, by=by, now=now)


def cancel(row: Outbox, *, by: User, now: datetime) -> bool:
    """Take one waiting delivery back; False when it has gone meanwhile."""
    require_visible(row, by)
    return outbox_actions.cancel(row, by=by, now=now)


def resend_failed(channel: str, *, by: User, now: datetime) -> int:
    """Send every failed delivery of a way again, as far as `by` sees them; how many."""
    return outbox_actions.resend_failed(visible_to(by), channel, by=by, now=now)


def cancel_waiting(channel: str, *, by: User, now: datetime) -> int:
    """Take every waiting delivery of a way back, as far as `by` sees them; how many."""
    return outbox_actions.cancel_waiting(visible_to(by), channel, by=by, now=now)


def try_out(channel: str, *, by: User, now: datetime) -> Outbox:
    """Send oneself a test message: for whoever keeps the system running."""
    permissions.require_anywhere(by, Perm.OPERATE_SYSTEM)
    return outbox_actions.try_out(channel, by=by, now=now)


def _checked(url: str) -> str:
    parts = urlsplit(url.strip())
    outside = settings.OUTSIDE
    plain = parts.scheme == "http" and parts.hostname in outside.private_hosts
    if (
        not (parts.scheme == "https" or plain)
        or parts.username
        or not http.allowed(parts.hostname or "", outside.robot_hosts)
    ):
        hosts = ", ".join(outside.robot_hosts)
        raise ValidationError(
            {"url": _("The address must begin with https:// and lead to %(hosts)s.") % {"hosts": hosts}}
        )
    return url.strip()


@transaction.atomic
def add_robot(unit: Unit, *, at: str, label: str, url: str, secret: str = "", by: User, now: datetime) -> GroupRobot:
    """Let a group chat hear what concerns the unit. Raises ValidationError for an address outside the platforms."""
    permissions.require(by, Perm.EDIT_UNITS, unit.area)
    robot = GroupRobot(unit_id=unit.pk, area_path=unit.area_path, at=at, label=label.strip(), created_at=now)
    robot.url, robot.secret = _checked(url), secret.strip()
    robot.save(force_insert=True)
    audit.record("teams.add_robot", robot, by=by, at=now, unit=unit.pk)
    return robot


def _editable(robot: GroupRobot, by: User) -> Unit:
    unit = Unit.objects.select_related("area").get(pk=robot.unit_id)
    permissions.require(by, Perm.EDIT_UNITS, unit.area)
    return unit


@transaction.atomic
def retire_robot(robot: GroupRobot, *, by: User, now: datetime) -> None:
    """The group hears nothing more; the robot can be put back to work."""
    _editable(robot, by)
    if GroupRobot.objects.filter(pk=robot.pk, retired_at=None).update(retired_at=now):
        audit.record("teams.retire_robot", robot, by=by, at=now)


@transaction.atomic
def reopen_robot(robot: GroupRobot, *, by: User, now: datetime) -> None:
    """Undo."""
    _editable(robot, by)
    if GroupRobot.objects.filter(pk=robot.pk).exclude(retired_at=None).update(retired_at=None):
        audit.record("teams.reopen_robot", robot, by=by, at=now)


def try_robot(robot: GroupRobot, *, by: User, now: datetime) -> Outbox:
    """Send a test message into the group."""
    _editable(robot, by)
    return outbox_actions.try_robot(robot, by=by, now=now)
