"""Forgets deliveries that have long been sent, failed or taken back: the outbox is a queue and a log, not an archive.

Inboxes and the operation log are not touched: that somebody was told stays known, only by which way it left does not.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from gridgov.audit import actions as audit
from gridgov.ids import uuid7_floor
from gridgov.notices.models import Outbox, OutboxState

BATCH = 2_000


def kept_since(now: datetime) -> datetime:
    """What ended and was written before this is forgotten."""
    return now - timedelta(days=settings.DELIVERY_DAYS)


@transaction.atomic
def forget(*, now: datetime) -> int:
    """Delete up to 2,000 of the oldest; how many. What still waits stays, however old. Several at once do no harm.

    A key's time is in its id, so the oldest are the beginning of the primary key.
    """
    old = Outbox.objects.filter(pk__lt=uuid7_floor(kept_since(now))).exclude(state=OutboxState.WAITING)
    keys = list(old.order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    if keys:
        Outbox.objects.filter(pk__in=keys).delete()
        audit.record("notices.forget_deliveries", None, by=None, at=now, count=len(keys))
    return len(keys)
