"""Supervision (督办): opened by hand, answered, lifted; and what the leader decides about the worst cases."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from gridgov.clock.levels import Level
from gridgov.impossible import Impossible
from grids.permissions import Perm, allows, require, scope
from incidents.actions.move import lock
from incidents.actions.telling import after_supervision
from incidents.actions.timeline import entry
from incidents.models import Incident, Referral, Supervision
from incidents.workflow import STAGE_OF, Stage, Status


def _locked(supervision: Supervision) -> tuple[Supervision, Incident]:
    incident = lock(supervision.incident)
    locked = Supervision.objects.select_for_update().get(pk=supervision.pk)
    if locked.lifted_at is not None:
        raise Impossible(_("This supervision has been lifted already."), code="lifted")
    return locked, incident


def _record(incident: Incident, name: str, *, by: Any, now: datetime, words: str) -> None:
    step = entry(incident, name, by=by, now=now, words=words)
    incident.save(update_fields=["version"])
    step.save(force_insert=True)
    audit.record(f"incidents.{name}", incident, by=by, at=now)


def awaited(incident: Incident) -> int | None:
    """The unit a case waits for: the one it was sent to while that has not signed, its holder otherwise."""
    return incident.handling_unit_id if incident.status == Status.DISPATCHED else incident.holder_id


@transaction.atomic
def open_supervision(
    incident: Incident, *, words: str, due_on: date | None = None, by: Any, now: datetime
) -> Supervision:
    """督办单: the office asks the unit a case waits for, with words, to answer by a day; the unit is told."""
    locked = lock(incident)
    require(by, Perm.SUPERVISE_INCIDENTS, locked)
    if not locked.is_open:
        raise Impossible(_("This incident has ended; there is nothing to supervise."), code="ended")
    if not words.strip():
        raise ValidationError({"words": _("Please say what is wanted of the unit.")})
    if due_on is not None and due_on < timezone.localdate(now):
        raise ValidationError({"due_on": _("Choose today or a later day.")})
    stage = STAGE_OF.get(locked.status, Stage.HANDLE)
    before = Supervision.objects.filter(incident=locked, stage=stage, cycle=locked.cycle, number__gt=0).count()
    made = Supervision.objects.create(
        incident=locked,
        area_path=locked.area_path,
        stage=stage,
        cycle=locked.cycle,
        number=before + 1,
        level=locked.level,
        unit_id=awaited(locked),
        opened_at=now,
        opened_by=by,
        words=words.strip()[:1000],
        due_on=due_on,
    )
    _record(locked, "supervise", by=by, now=now, words=words)
    after_supervision(locked, made, "supervised", by=by, now=now)
    return made


@transaction.atomic
def decide_referral(incident: Incident, *, to: str, approve: bool, words: str, by: Any, now: datetime) -> Referral:
    """分管领导: whether a case at the highest level is taken to the district or to a joint meeting, with words.

    Needs INSTRUCT_INCIDENTS, which only leaders hold; nothing leaves the street without it.
    """
    locked = lock(incident)
    require(by, Perm.INSTRUCT_INCIDENTS, locked)
    if not (locked.is_open and locked.level >= Level.CRITICAL):
        raise Impossible(_("Only open incidents at the highest level are taken further."), code="level")
    if Referral.objects.filter(incident=locked, cycle=locked.cycle).exists():
        raise Impossible(_("This has been decided already."), code="decided")
    if not words.strip():
        raise ValidationError({"words": _("Please say why.")})
    made = Referral.objects.create(
        incident=locked,
        area_path=locked.area_path,
        cycle=locked.cycle,
        to=to,
        approved=approve,
        words=words.strip()[:1000],
        decided_at=now,
        decided_by=by,
    )
    _record(locked, "approve_referral" if approve else "refuse_referral", by=by, now=now, words=words)
    return made


@transaction.atomic
def answer_supervision(supervision: Supervision, *, words: str, by: Any, now: datetime) -> Supervision:
    """Whoever is supervised says why it is late and what happens next; answering again replaces the answer."""
    locked, incident = _locked(supervision)
    if locked.unit_id not in scope(by).member_of and not allows(by, Perm.HANDLE_INCIDENTS, incident):
        raise PermissionDenied(_("Only the unit that is supervised answers."))
    if not words.strip():
        raise ValidationError({"words": _("Please say why it is late and what happens next.")})
    locked.answer, locked.answered_by, locked.answered_at = words.strip()[:1000], by, now
    locked.save(update_fields=["answer", "answered_by", "answered_at"])
    _record(incident, "answer_supervision", by=by, now=now, words=words)
    after_supervision(incident, locked, "supervision_answered", by=by, now=now)
    return locked


@transaction.atomic
def lift_supervision(supervision: Supervision, *, words: str, by: Any, now: datetime) -> Supervision:
    """The office is satisfied and ends the supervision, with words."""
    locked, incident = _locked(supervision)
    require(by, Perm.SUPERVISE_INCIDENTS, incident)
    if not words.strip():
        raise ValidationError({"words": _("Please say why it is lifted.")})
    locked.lifted_by, locked.lifted_at, locked.lifted_words = by, now, words.strip()[:1000]
    locked.save(update_fields=["lifted_by", "lifted_at", "lifted_words"])
    _record(incident, "lift_supervision", by=by, now=now, words=words)
    after_supervision(incident, locked, "supervision_lifted", by=by, now=now)
    return locked
