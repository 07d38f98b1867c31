"""The one door to the audit trail: `record()` in the same transaction as the change it speaks of."""

import base64
import hmac
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import models

from gridgov.audit.models import AuditEvent
from gridgov.audit.origin import current_address
from gridgov.dbtime import database_now
from gridgov.ids import uuid7
from gridgov.rows import insert_rows

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


@lru_cache(maxsize=4)
def _key(text: str) -> bytes:
    return base64.b64decode(text)


def _sign(values: list[Any]) -> bytes:
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.digest(_key(settings.AUDIT_KEY), text.encode(), "sha256")


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
    return _sign(values)


def prepared(
    action: str, subject: models.Model | None, *, by: Any, at: datetime | None = None, **data: Any
) -> AuditEvent:
    """The signed row of one act, not yet written (`insert_together` does it); see `record`."""
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


def record_each(action: str, acts: Iterable[tuple[models.Model, dict[str, Any]]], *, by: Any, at: datetime) -> None:
    """Record one action done to many subjects of one kind, each with its data: signed one by one, written together."""
    told, address = at.astimezone(UTC).isoformat(), current_address()
    actor, name, kind = getattr(by, "pk", None), getattr(by, "username", "") or "-", ""
    rows = []
    for subject, data in acts:
        kind = subject._meta.label_lower
        key, pk, path = uuid7(), str(subject.pk), getattr(subject, "area_path", None) or ""
        values = [str(key), told, action, actor, name, kind, pk, path, address, _canonical(data)]
        rows.append((key, pk, path, data, _sign(values)))
    alike = {
        "at": at,
        "action": action,
        "actor_id": actor,
        "actor_name": name,
        "subject_kind": kind,
        "address": address,
        "key_id": KEY_ID,
    }
    insert_rows(AuditEvent, ["id", "subject_id", "area_path", "data", "signature"], rows, same=alike)
