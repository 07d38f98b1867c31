"""The outbox: at least once, one worker at a time, a failing gateway stops nobody."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from gridgov.notices import channels, delivery, tasks
from gridgov.notices.models import Outbox, OutboxState
from tests.notices.test_tell import Post


@pytest.fixture
def post(monkeypatch):
    monkeypatch.setattr(channels, "_channels", {})
    channel = Post()
    channels.register(channel)
    return channel


def queue(now, count=1, channel="post"):
    return Outbox.objects.bulk_create(
        Outbox(channel=channel, key=f"{channel}:{n}", created_at=now, next_at=now) for n in range(count)
    )


def test_due_rows_are_delivered_once(db, now, post):
    queue(now, 3)
    tasks.deliver()
    tasks.deliver()
    assert sorted(post.delivered) == ["post:0", "post:1", "post:2"]
    assert set(Outbox.objects.values_list("state", "attempts")) == {("sent", 1)}
    assert not Outbox.objects.filter(sent_at=None).exists()


def test_without_a_channel_nothing_is_asked(db, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(channels, "_channels", {})
    with django_assert_num_queries(0):
        tasks.deliver()


def test_failing_gateway_pauses_longer_and_longer_then_gives_up(db, now, post):
    queue(now)
    post.fails = True
    pauses, at = [], now
    for _attempt in range(delivery.MOST_ATTEMPTS):
        (row,) = delivery.claim(at)
        delivery.deliver(row, now=at)
        row.refresh_from_db()
        pauses.append(row.next_at - at)
        at = row.next_at
    assert pauses[:3] == [timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120)]
    assert max(pauses) == delivery.LONGEST_PAUSE
    assert (row.state, row.error, row.error_detail) == (OutboxState.FAILED, "internal", "ConnectionError")
    assert delivery.claim(at + timedelta(days=9)) == []


def test_row_of_a_channel_no_longer_configured_waits(db, now, post):
    queue(now, channel="gone")
    tasks.deliver()
    assert Outbox.objects.get().state == OutboxState.WAITING


def test_row_of_a_killed_worker_comes_due_again(db, now, post):
    queue(now)
    (lost,) = delivery.claim(now)
    assert delivery.claim(now + timedelta(minutes=9)) == []
    (again,) = delivery.claim(now + timedelta(minutes=11))
    delivery.deliver(again, now=now)
    post.fails = True
    delivery.deliver(lost, now=now)  # the frozen worker wakes: its verdict comes too late
    assert Outbox.objects.get().state == OutboxState.SENT


def test_same_key_is_never_queued_twice(db, now):
    queue(now)
    with pytest.raises(IntegrityError), transaction.atomic():
        queue(now)


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_claim_the_same_row(now, post):
    queue(now, delivery.BATCH + 4)
    held, go_on, second = threading.Event(), threading.Event(), []

    def first_worker():
        with transaction.atomic():
            delivery.claim(now)
            held.set()
            go_on.wait(10)
        connection.close()

    thread = threading.Thread(target=first_worker)
    thread.start()
    held.wait(10)
    second = delivery.claim(now)
    go_on.set()
    thread.join(10)
    assert len(second) == 4
    assert set(Outbox.objects.values_list("attempts", flat=True)) == {1}
