"""Keeping the duty log and handing a shift over."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from gridgov.notices import actions as notices
from gridgov.privacy.masks import mask_text
from grids import permissions
from grids.models import Area
from grids.permissions import Perm
from teams import handover
from teams.models import DutyEntry, Shift, ShiftHandOver


@transaction.atomic
def write_log(
    area: Area,
    *,
    kind: str,
    words: str,
    at: datetime | None = None,
    follow: bool = False,
    about: str = "",
    corrects: DutyEntry | None = None,
    settles: DutyEntry | None = None,
    by: User,
    now: datetime,
) -> DutyEntry:
    """One more line of the log. Phones and identity numbers are masked before they are kept, for lines stay for ever.

    `corrects`: the line this one stands for instead; `settles`: the line marked to be followed that this one ends.
    """
    permissions.require(by, Perm.KEEP_DUTY_LOG, area)
    if not words.strip():
        raise ValidationError({"words": _("Say in a few words what happened.")})
    if at is not None and at > now:
        raise ValidationError({"at": _("This lies in the future.")})
    case = handover.find_case(about.strip(), by) if about.strip() else None
    if about.strip() and case is None:
        raise ValidationError({"about": _("There is no incident with this number that you may see.")})
    for other in filter(None, (corrects, settles)):
        _check_other(other, area, corrects is not None)
    entry = DutyEntry.objects.create(
        area=area,
        area_path=area.path,
        at=at or now,
        kind=kind,
        words=mask_text(words.strip())[:1000],
        follow=follow,
        about=case[0] if case else "",
        about_id=case[1] if case else None,
        corrects=corrects,
        settles=settles,
        written_at=now,
        written_by=by,
    )
    audit.record("teams.write_log", entry, by=by, at=now, kind=kind)
    return entry


def _check_other(other: DutyEntry, area: Area, correcting: bool) -> None:
    locked = DutyEntry.objects.select_for_update(of=("self",)).filter(pk=other.pk, area=area).first()
    if locked is None:
        raise ValidationError(_("This line belongs to another log."))
    if locked.corrections.exists():
        raise ValidationError(_("This line has been corrected already. Correct the newer one."))
    if not correcting and locked.settled_by.exists():
        raise ValidationError(_("What came of this line has been written already."))


@transaction.atomic
def hand_over_shift(
    area: Area, *, shift: Shift, on: date, incoming: User, words: str = "", by: User, now: datetime
) -> ShiftHandOver:
    """Make the hand-over of a shift from what is open now, and sign it as the outgoing person; the next one is told."""
    permissions.require(by, Perm.KEEP_DUTY_LOG, area)
    if incoming.pk == by.pk:
        raise ValidationError({"incoming": _("You cannot hand over to yourself.")})
    if not permissions.allows(incoming, Perm.KEEP_DUTY_LOG, area):
        raise ValidationError({"incoming": _("%(name)s has no post that keeps the duty log.") % {"name": incoming}})
    if shift.span(on)[0] > now:
        raise ValidationError({"shift": _("This shift has not begun yet.")})
    Shift.objects.select_for_update().get(pk=shift.pk)
    if ShiftHandOver.objects.standing().filter(shift=shift, on=on).exists():
        raise ValidationError(_("This shift has been handed over already. Take that hand-over back first."))
    made = ShiftHandOver.objects.create(
        area=area,
        area_path=area.path,
        shift=shift,
        on=on,
        words=mask_text(words.strip())[:2000],
        snapshot=handover.collect(area, now),
        outgoing=by,
        made_at=now,
        incoming=incoming,
    )
    audit.record("teams.hand_over_shift", made, by=by, at=now, on=str(on), incoming=incoming.pk)
    _tell(incoming, made, "teams.hand_over_waits", by=by, now=now)
    return made


def _tell(person: User, made: ShiftHandOver, code: str, *, by: Any, now: datetime) -> None:
    params = {"day": made.on.isoformat(), "shift": made.shift.name}
    notices.tell([person], code, subject=made, params=params, by=by, now=now)


def _open(made: ShiftHandOver) -> ShiftHandOver:
    rows = ShiftHandOver.objects.select_for_update(of=("self",)).select_related("shift", "outgoing")
    locked = rows.get(pk=made.pk)
    if not locked.is_open:
        raise ValidationError(_("This hand-over has been answered already."))
    return locked


@transaction.atomic
def accept_hand_over(made: ShiftHandOver, *, words: str = "", by: User, now: datetime) -> ShiftHandOver:
    """The incoming person signs, as themself."""
    locked = _open(made)
    _require_incoming(locked, by)
    locked.accepted_at, locked.answer = now, mask_text(words.strip())[:500]
    locked.save(update_fields=["accepted_at", "answer"])
    audit.record("teams.accept_hand_over", locked, by=by, at=now)
    return locked


def _require_incoming(made: ShiftHandOver, by: User) -> None:
    if made.incoming_id != by.pk:
        raise PermissionDenied(_("Only the person who takes over signs here."))


@transaction.atomic
def refuse_hand_over(made: ShiftHandOver, *, words: str, by: User, now: datetime) -> ShiftHandOver:
    """The incoming person says why it cannot be taken over like this; the outgoing one makes another."""
    locked = _open(made)
    _require_incoming(locked, by)
    if not words.strip():
        raise ValidationError({"words": _("Say what is missing or wrong.")})
    locked.refused_at, locked.answer = now, mask_text(words.strip())[:500]
    locked.save(update_fields=["refused_at", "answer"])
    audit.record("teams.refuse_hand_over", locked, by=by, at=now)
    _tell(locked.outgoing, locked, "teams.hand_over_refused", by=by, now=now)
    return locked


@transaction.atomic
def withdraw_hand_over(made: ShiftHandOver, *, by: User, now: datetime) -> ShiftHandOver:
    """Whoever made it takes it back while nobody has signed: another person came, or something was forgotten."""
    locked = _open(made)
    if locked.outgoing_id != by.pk:
        raise PermissionDenied(_("Only the person who made it can take it back."))
    locked.withdrawn_at = now
    locked.save(update_fields=["withdrawn_at"])
    audit.record("teams.withdraw_hand_over", locked, by=by, at=now)
    return locked
