"""Quiet hours hold back what leaves the house, never the inbox; the latest rule holds."""

from datetime import timedelta

import pytest

from gridgov import notices
from gridgov.notices import actions, channels, postponing, registry
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
    monkeypatch.setattr(Post, "wants", lambda self, user, notice: True)
    morning, noon = now + timedelta(hours=8), now + timedelta(hours=12)
    postponing.register(at_night(noon, who=[worker]))
    postponing.register(at_night(morning, who=[worker]))
    actions.tell([worker, lead], "test.late", subject=None, now=now)
    assert Notice.objects.count() == 2
    due = dict(Outbox.objects.values_list("recipient", "next_at"))
    assert due == {str(worker.public_id): noon, str(lead.public_id): now}


def test_emergency_and_a_rule_that_is_over_hold_nobody(worker, now):
    postponing.register(at_night(now + timedelta(hours=8), who=[worker]))
    postponing.register(lambda users, code, urgent, at: {worker.pk: at - timedelta(hours=1)})
    actions.tell([worker], "test.late", subject=None, now=now, urgent=True)
    assert Outbox.objects.get().next_at == now
