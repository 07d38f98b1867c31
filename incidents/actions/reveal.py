"""Seeing who called: one person, one field, one reason, one audit row."""

from datetime import datetime
from typing import Any

from gridgov.privacy import actions as privacy
from grids.permissions import Perm
from incidents.models import Incident

FIELDS = ("caller_name", "caller_phone")


def reveal_reporter(incident: Incident, field: str, *, by: Any, reason: str, now: datetime) -> str:
    """The caller's name or phone in full. Not inside a transaction: the record is committed before the value."""
    if field not in FIELDS:
        raise LookupError(field)
    return privacy.reveal(incident, field, by=by, reason=reason, perm=Perm.REVEAL_REPORTERS, now=now)
