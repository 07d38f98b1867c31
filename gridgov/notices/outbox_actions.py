"""What people do with deliveries: send again, take back, try a way out. Whether `by` may is asked by the room above."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from gridgov.ids import uuid7
from gridgov.notices import channels
from gridgov.notices.composing import TEST
from gridgov.notices.models import GroupRobot, Outbox, OutboxState
from gridgov.notices.models.outbox import OutboxQuerySet

MOST_AT_ONCE = 1000


@transaction.atomic
def resend(row: Outbox, *, by: Any, now: datetime) -> Outbox:
    """Send once more. What was delivered becomes a new delivery; what failed goes on under its own key.

    So a gateway that took it and failed to say so drops the repetition. Raises ValidationError while it waits, or waits
    to be repeated, and when its group's robot is out of use.
    """
    locked = Outbox.objects.select_for_update().get(pk=row.pk)
    if locked.robot is not None and locked.robot.retired_at is not None:
        raise ValidationError(
            _("The robot of “%(group)s” is out of use. Put it back to work first.") % {"group": locked.robot.label}
        )
    if locked.state == OutboxState.WAITING:
        raise ValidationError(_("It is still waiting to be sent."))
    if locked.state == OutboxState.SENT:
        original, mine = locked.pk, f"again:{locked.pk.hex}:"
        if Outbox.objects.filter(key__startswith=mine, state=OutboxState.WAITING).exists():
            raise ValidationError(_("It is being sent again already."))
        locked.pk, locked.key = uuid7(), f"{mine}{uuid7().hex}"
        locked._state.adding = True
        _wait_anew(locked, now)
        locked.created_at = now
        locked.save(force_insert=True)
        audit.record("notices.resend", locked, by=by, at=now, original=str(original))
        return locked
    _wait_anew(locked, now)
    locked.save()
    audit.record("notices.resend", locked, by=by, at=now)
    return locked


def _wait_anew(row: Outbox, now: datetime) -> None:
    row.state, row.attempts, row.next_at, row.sent_at = OutboxState.WAITING, 0, now, None
    row.error = row.error_detail = ""


@transaction.atomic
def resend_failed(rows: OutboxQuerySet, channel: str, *, by: Any, now: datetime) -> int:
    """Send every failed delivery of one channel among `rows` again, at most 1,000; how many it was."""
    failed = rows.filter(state=OutboxState.FAILED, channel=channel).order_by("id").values_list("pk", flat=True)
    count = Outbox.objects.filter(pk__in=list(failed[:MOST_AT_ONCE]), state=OutboxState.FAILED).update(
        state=OutboxState.WAITING, attempts=0, next_at=now, error="", error_detail=""
    )
    if count:
        audit.record("notices.resend_failed", None, by=by, at=now, channel=channel, count=count)
    return count


@transaction.atomic
def cancel(row: Outbox, *, by: Any, now: datetime) -> bool:
    """Take back what waits; False when it has gone meanwhile. It can be sent again later."""
    waiting = Outbox.objects.filter(pk=row.pk, state=OutboxState.WAITING)
    if not waiting.update(state=OutboxState.CANCELLED, next_at=now):
        return False
    audit.record("notices.cancel", row, by=by, at=now)
    return True


@transaction.atomic
def cancel_waiting(rows: OutboxQuerySet, channel: str, *, by: Any, now: datetime) -> int:
    """Take back everything that waits on one channel among `rows`, at most 1,000; how many it was."""
    waiting = rows.filter(state=OutboxState.WAITING, channel=channel).order_by("id").values_list("pk", flat=True)
    count = Outbox.objects.filter(pk__in=list(waiting[:MOST_AT_ONCE]), state=OutboxState.WAITING).update(
        state=OutboxState.CANCELLED, next_at=now
    )
    if count:
        audit.record("notices.cancel_waiting", None, by=by, at=now, channel=channel, count=count)
    return count


@transaction.atomic
def try_out(channel: str, *, by: User, now: datetime) -> Outbox:
    """Queue a test message: to oneself, or to the receiver of events. Raises ValidationError without an address."""
    try:
        way = channels.named(channel)
    except LookupError:
        raise ValidationError(_("This channel is no longer configured.")) from None
    personal = isinstance(way, channels.Personal)
    if channel in GroupRobot.At.values:
        raise ValidationError(_("Try a group robot on the page of its unit."))
    if isinstance(way, channels.Personal) and by.pk not in way.reaches([by]):
        raise ValidationError(_("No address of yours is known for this channel. Add one under “Message settings”."))
    return _queue_test(channel, by=by, now=now, user=by if personal else None)


@transaction.atomic
def try_robot(robot: GroupRobot, *, by: User, now: datetime) -> Outbox:
    """Queue a test message into the group."""
    return _queue_test(robot.at, by=by, now=now, robot=robot, area_path=robot.area_path)


def _queue_test(channel: str, *, by: User, now: datetime, **to: Any) -> Outbox:
    row = Outbox(channel=channel, key=f"test:{uuid7()}", payload={"code": TEST, "params": {}}, **to)
    row.urgent, row.created_at, row.next_at = True, now, now
    row.save(force_insert=True)
    audit.record("notices.try_out", row, by=by, at=now, channel=channel)
    return row
