"""Chains audit rows after they are committed, so that a removed or exchanged row leaves a hole.

One sealer works at a time (advisory lock). It links every committed row that has no link yet, in the order
of their ids, and writes the newest link to a file outside the database: cutting the end off both tables at once
still leaves the file knowing better.
"""

import base64
import hashlib
import hmac
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from gridgov.audit.models import AuditEvent, AuditLink
from gridgov.dbtime import database_now
from gridgov.ids import uuid7_floor

LOCK = 0x67677365616C  # "ggseal"
BATCH = 2_000
LOOK_BACK = timedelta(hours=4)  # a row may commit an hour after its id was minted, by a machine three hours behind


def link_hash(seq: int, previous: bytes, event: AuditEvent) -> bytes:
    """What binds a row to its place: HMAC-SHA256 with the key outside the database."""
    message = b"\0".join([str(seq).encode(), bytes(previous), event.id.bytes, bytes(event.signature)])
    return hmac.new(base64.b64decode(settings.AUDIT_KEY), message, hashlib.sha256).digest()


def last_link() -> AuditLink | None:
    """The end of the chain."""
    return AuditLink.objects.order_by("-seq").first()


def unsealed(last: AuditLink | None) -> list[AuditEvent]:
    """The next rows without a link. Looks back as far as a slow transaction and a wrong machine clock can reach.

    Reckoned from the database's clock at the last sealing, never from an id: one that a machine ahead of time has
    minted would hide everybody else's rows.
    """
    linked = AuditLink.objects.filter(event_id=OuterRef("pk"))
    rows = AuditEvent.objects.filter(~Exists(linked))
    if last is not None:
        rows = rows.filter(pk__gte=uuid7_floor(last.sealed_at - LOOK_BACK))
    return list(rows.order_by("pk")[:BATCH])


def seal() -> int:
    """Link what is committed and not linked yet; answers how many rows. Does nothing while another sealer works."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                return 0
        last = last_link()
        links = _links(last, unsealed(last))
        AuditLink.objects.bulk_create(links)
        if links:
            last = links[-1]
        if last is not None:
            transaction.on_commit(lambda: write_head(last))
    return len(links)


def _links(last: AuditLink | None, events: list[AuditEvent]) -> list[AuditLink]:
    seq, previous = (last.seq, bytes(last.hash)) if last else (0, b"")
    links = []
    present = database_now()
    for event in events:
        seq += 1
        digest = link_hash(seq, previous, event)
        links.append(AuditLink(seq=seq, event_id=event.id, previous=previous, hash=digest, sealed_at=present))
        previous = digest
    return links


def read_head() -> dict[str, Any] | None:
    """The newest link as the file outside the database knows it; None before the first one."""
    head: Path = settings.AUDIT_HEAD
    return json.loads(head.read_text()) if head.exists() else None


def write_head(link: AuditLink) -> None:
    """Replace the file in one step, never by an older link (two machines may share it)."""
    known = read_head()
    if known is not None and known["seq"] >= link.seq:
        return
    head: Path = settings.AUDIT_HEAD
    head.parent.mkdir(parents=True, exist_ok=True)
    fresh = head.with_name(f"{head.name}.{os.getpid()}")
    fresh.write_text(json.dumps({"seq": link.seq, "hash": bytes(link.hash).hex(), "at": link.sealed_at.isoformat()}))
    fresh.replace(head)
