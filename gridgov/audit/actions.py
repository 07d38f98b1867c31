"""The one door to the audit trail: `record()` in the same transaction as the change it speaks of."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import models

from gridgov.audit.models import AuditEvent
from gridgov.audit.origin import current_address
from gridgov.dbtime import database_now

KEY_ID = "a1"


def _canonical(value: Any) -> Any:
    """JSON values as PostgreSQL gives them back: 1.0, 1 and 1e0 are one number, tuples are lists, keys are text."""
    if isinstance(value, dict):
        return {str(key): _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def signature(event: AuditEvent) -> bytes:
    """HMAC-SHA256 over the row's values in a fixed order; what the checker recomputes."""
    values = [
        str(event.id),
        event.at.astimezone(UTC).isoformat(),
        event.action,
        event.actor_id,
        event.actor_name,
        event.subject_kind,
        event.subject_id,
        event.area_path,
        event.address,
        _canonical(event.data),
    ]
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(base64.b64decode(settings.AUDIT_KEY), text.encode(), hashlib.sha256).digest()


def prepared(
    action: str, subject: models.Model | None, *, by: Any, at: datetime | None = None, **data: Any
) -> AuditEvent:
    """The signed row of one act, not yet written (`record_all` or `insert_together` do it); see `record`."""
    event = AuditEvent(
        at=at or database_now(),
        action=action,
        actor_id=getattr(by, "pk", None),
        actor_name=getattr(by, "username", "") or "-",
        subject_kind=subject._meta.label_lower if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        area_path=getattr(subject, "area_path", None) or getattr(subject, "path", None) or "",
        address=current_address(),
        data=data,
        key_id=KEY_ID,
    )
    event.signature = signature(event)
    return event


def record(
    action: str, subject: models.Model | None, *, by: Any, at: datetime | None = None, **data: Any
) -> AuditEvent:
    """Write that `by` did `action` ("incidents.dispatch") to `subject`, inside the caller's transaction.

    `by` is a user or None (nobody is signed in yet). `data` must be JSON and free of personal data: ids,
    codes and states, never names or phones. `at` defaults to the database's clock.
    """
    event = prepared(action, subject, by=by, at=at, **data)
    event.save(force_insert=True)
    return event


def record_all(events: Iterable[AuditEvent]) -> None:
    """Write many prepared rows in one statement, inside the caller's transaction."""
    AuditEvent.objects.bulk_create(events)
