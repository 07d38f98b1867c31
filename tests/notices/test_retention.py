"""The delivery log forgets what is old and over, never what still waits."""

from datetime import timedelta

from gridgov.audit.models import AuditEvent
from gridgov.ids import uuid7_floor
from gridgov.notices import retention, tasks
from gridgov.notices.models import Notice, Outbox, OutboxState


def row(at, state, key):
    sent = at if state == OutboxState.SENT else None
    return Outbox.objects.create(
        pk=uuid7_floor(at), channel="post", key=key, state=state, created_at=at, next_at=at, sent_at=sent
    )


def test_what_is_old_and_over_goes_and_the_rest_stays(db, now, settings, worker):
    settings.DELIVERY_DAYS = 90
    for n, state in enumerate(OutboxState.values):
        row(now - timedelta(days=91, minutes=n), state, f"old {state}")
        row(now - timedelta(days=89, minutes=n), state, f"new {state}")
    told = Notice.objects.create(user=worker, code="x", created_at=now - timedelta(days=400))
    assert [retention.forget(now=now), retention.forget(now=now)] == [3, 0]
    kept = {"old waiting", *(f"new {state}" for state in OutboxState.values)}
    assert set(Outbox.objects.values_list("key", flat=True)) == kept
    assert Notice.objects.get() == told
    assert [event.data for event in AuditEvent.objects.filter(action="notices.forget_deliveries")] == [{"count": 3}]


def test_a_knock_goes_on_until_all_of_it_is_gone(db, now, settings, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 3)
    for n in range(8):
        row(now - timedelta(days=settings.DELIVERY_DAYS + 1, seconds=n), OutboxState.SENT, str(n))
    tasks.forget()
    assert not Outbox.objects.exists()
