"""Quiet hours hold back what leaves the house, never the inbox; the latest rule holds."""

from datetime import timedelta

import pytest

from gridgov import notices
from gridgov.notices import actions, channels, delivery, postponing, registry
from gridgov.notices.models import Notice, Outbox
from tests.notices.test_tell import Post


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    monkeypatch.setattr(registry, "_messages", {})
    monkeypatch.setattr(channels, "_channels", {})
    monkeypatch.setattr(postponing, "_policies", [])
    notices.register("test.late", title="Late")
    channels.register(Post())


def at_night(until, *, who):
    """Holds `who` back until then, emergencies excepted."""
    return lambda users, code, urgent, now: {} if urgent else {user.pk: until for user in users if user in who}


def test_held_back_until_the_latest_rule_and_only_for_whom_it_speaks(worker, lead, now, monkeypatch):
    monkeypatch.setattr(Post, "at_once", frozenset(registry.Kind.values))
    morning, noon = now + timedelta(hours=8), now + timedelta(hours=12)
    postponing.register(at_night(noon, who=[worker]))
    postponing.register(at_night(morning, who=[worker]))
    actions.tell([worker, lead], "test.late", subject=None, now=now)
    assert Notice.objects.count() == 2
    assert dict(Outbox.objects.values_list("user", "next_at")) == {worker.pk: noon, lead.pk: now}


def test_emergency_and_a_rule_that_is_over_hold_nobody(worker, now):
    postponing.register(at_night(now + timedelta(hours=8), who=[worker]))
    postponing.register(lambda users, code, urgent, at: {worker.pk: at - timedelta(hours=1)})
    actions.tell([worker], "test.late", subject=None, now=now, urgent=True)
    assert Outbox.objects.get().next_at == now


def test_what_was_written_before_a_night_waits_for_the_morning_without_losing_an_attempt(worker, now, monkeypatch):
    monkeypatch.setattr(Post, "at_once", frozenset(registry.Kind.values))
    actions.tell([worker], "test.late", subject=None, now=now)
    morning = now + timedelta(hours=8)
    postponing.register(at_night(morning, who=[worker]))
    (row,) = delivery.claim(now)
    assert delivery.deliver(row, now=now)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.next_at, row.error) == ("waiting", 0, morning, "")
