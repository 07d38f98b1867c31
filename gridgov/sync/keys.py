"""The key by which a person's records lie encrypted on a phone until they have arrived."""

import base64
import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from gridgov.audit import actions as audit
from gridgov.sync.models import CaptureKey

BYTES = 32  # AES-256-GCM


def capture_key(owner: Any, device: UUID, *, by: Any, now: datetime) -> str:
    """The key of `owner` on `device`, base64; made when they meet first, the same ever after.

    Only the owner asks for it (the caller passes the signed-in person as both).
    """
    row = CaptureKey.objects.filter(owner=owner, device=device).first() or _make(owner, device, by=by, now=now)
    sealed: Any = row.key
    return sealed.open()


def _make(owner: Any, device: UUID, *, by: Any, now: datetime) -> CaptureKey:
    row = CaptureKey(owner=owner, device=device, created_at=now)
    row.key = base64.b64encode(secrets.token_bytes(BYTES)).decode()
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            audit.record("sync.make_key", row, by=by, at=now)
    except IntegrityError:  # two pages of one phone at once: the first one's key counts
        return CaptureKey.objects.get(owner=owner, device=device)
    return row
