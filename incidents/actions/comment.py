"""Words beside the way: whoever works on a case or reported it may add them at any time, and nothing else changes."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from grids.permissions import Perm, allows
from incidents.actions.move import lock
from incidents.actions.timeline import entry
from incidents.capture import Capture
from incidents.models import Incident
from incidents.signals import incident_changed

INVOLVED = (Perm.HANDLE_INCIDENTS, Perm.VERIFY_INCIDENTS, Perm.ACCEPT_INCIDENTS)


def may_comment(user: Any, incident: Incident) -> bool:
    """Whether the person reported it or works on it."""
    return incident.reported_by_id == user.pk or any(allows(user, perm, incident) for perm in INVOLVED)


@transaction.atomic
def comment(incident: Incident, words: str, *, by: Any, now: datetime, captured: Capture | None = None) -> Incident:
    """Add words to the timeline, also of a case that has ended. ValidationError without words."""
    locked = lock(incident)
    if not may_comment(by, locked):
        raise PermissionDenied(_("Only who reported it or works on it may comment."))
    if not words.strip():
        raise ValidationError({"words": _("Please say it in a few words.")}, code="required")
    if len(words) > 2000:
        raise ValidationError({"words": _("Please keep it to 2,000 characters.")}, code="too_long")
    step = entry(locked, "comment", by=by, now=now, words=words, captured=captured)
    locked.save(update_fields=["version"])
    step.save(force_insert=True)
    audit.record("incidents.comment", locked, by=by, at=now)
    incident_changed.send(Incident, incident=locked, move="comment", before=locked.status, by=by, now=now)
    return locked
