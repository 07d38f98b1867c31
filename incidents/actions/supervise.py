"""Answering and lifting what the ladder opened (督办)."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from grids.permissions import Perm, allows, require, scope
from incidents.actions.move import Impossible, lock
from incidents.actions.timeline import entry
from incidents.models import Incident, Supervision


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
    return locked
