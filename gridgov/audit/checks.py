"""Finds what was done to the audit trail behind the program's back."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gridgov.audit import sealing
from gridgov.audit.actions import signature
from gridgov.audit.models import AuditEvent, AuditLink
from gridgov.ids import uuid7_floor

BATCH = 5_000
OVERDUE = timedelta(hours=2)


class Fault(StrEnum):
    """What can be wrong."""

    CHANGED = "changed"  # the signature does not fit the row: changed, or added by somebody without the key
    REMOVED = "removed"  # a link whose row is gone
    GAP = "gap"  # a number is missing in the chain: links removed
    BROKEN = "broken"  # a link that does not follow from the one before: exchanged, reordered or forged
    TRUNCATED = "truncated"  # the file outside the database knows a longer, or another, chain
    UNSEALED = "unsealed"  # a row that should have been linked long ago


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault and where it is (the number of a link, or the id of a row)."""

    fault: Fault
    where: str


def verify(*, now: datetime) -> Iterator[Finding]:
    """Every fault of the whole trail, oldest first, in batches: memory does not grow with the trail."""
    yield from _chain()
    yield from _rows(now)
    yield from _head()


def _chain() -> Iterator[Finding]:
    seq, previous = 0, b""
    while batch := list(AuditLink.objects.filter(seq__gt=seq).order_by("seq")[:BATCH]):
        events = AuditEvent.objects.in_bulk([link.event_id for link in batch])
        for link in batch:
            if link.seq != seq + 1:
                yield Finding(Fault.GAP, f"#{seq + 1}–#{link.seq - 1}")
                previous = bytes(link.previous)
            event = events.get(link.event_id)
            if event is None:
                yield Finding(Fault.REMOVED, f"#{link.seq} {link.event_id}")
            follows = bytes(link.previous) == previous
            if not follows or (
                event is not None
                and not hmac.compare_digest(sealing.link_hash(link.seq, bytes(link.previous), event), bytes(link.hash))
            ):
                yield Finding(Fault.BROKEN, f"#{link.seq}")
            seq, previous = link.seq, bytes(link.hash)


def _rows(now: datetime) -> Iterator[Finding]:
    last = None
    late = uuid7_floor(now - OVERDUE)
    while True:
        rows = AuditEvent.objects.order_by("pk")
        batch = list((rows.filter(pk__gt=last) if last is not None else rows)[:BATCH])
        if not batch:
            return
        linked = set(AuditLink.objects.filter(event_id__in=[e.id for e in batch]).values_list("event_id", flat=True))
        for event in batch:
            if not hmac.compare_digest(signature(event), bytes(event.signature)):
                yield Finding(Fault.CHANGED, str(event.id))
            elif event.id < late and event.id not in linked:
                yield Finding(Fault.UNSEALED, str(event.id))
        last = batch[-1].id


def _head() -> Iterator[Finding]:
    head = sealing.read_head()
    if head is None:
        if AuditLink.objects.exists():
            yield Finding(Fault.TRUNCATED, "no head outside the database")
        return
    link = AuditLink.objects.filter(seq=head["seq"]).first()
    if link is None or bytes(link.hash).hex() != head["hash"]:
        yield Finding(Fault.TRUNCATED, f"#{head['seq']}")
