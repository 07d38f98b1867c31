from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from redis.exceptions import ConnectionError as RedisGone

from gridgov.dbtime import database_now
from gridgov.health import actions, receivers, tasks, views
from gridgov.health.models import Heartbeat

LATE = 45


def everything_beats(seconds_ago=0):
    now = database_now() - timedelta(seconds=seconds_ago)
    for process in (actions.WORKER, actions.BEAT):
        actions.beat(process, now=now)


@pytest.mark.django_db
def test_healthz_is_public_and_fine_when_everything_beats(client, django_assert_num_queries):
    everything_beats()
    with django_assert_num_queries(3):
        answer = client.get("/healthz")
    assert answer.status_code == 200
    body = answer.json()
    assert [name for name, part in body.items() if name != "fine" and part["fine"]] == [
        "database",
        "worker",
        "beat",
        "clock",
        "outbox",
        "audit",
        "counts",
        "redis",
    ]
    assert 0 <= body["beat"]["age"] < 5
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_healthz_before_the_first_heartbeat_is_not_fine(client):
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["worker"] == {"fine": False, "age": None}
    assert answer.json()["database"] == {"fine": True}


@pytest.mark.django_db
def test_healthz_says_who_is_late(client):
    everything_beats(LATE + 15)
    actions.beat(actions.BEAT, now=database_now())
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["beat"]["fine"] is True
    assert answer.json()["worker"]["fine"] is False
    assert answer.json()["worker"]["age"] >= LATE + 15


@pytest.mark.django_db
def test_healthz_survives_a_dead_redis(client, monkeypatch):
    everything_beats()

    def gone(key):
        raise RedisGone

    monkeypatch.setattr(cache, "get", gone)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["redis"]) == (503, {"fine": False})


def test_healthz_survives_a_dead_database(client, monkeypatch):
    def gone():
        raise DatabaseError

    monkeypatch.setattr(views, "database_now", gone)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["database"]) == (503, {"fine": False})


@pytest.mark.django_db
def test_late_writer_never_turns_the_clock_back():
    now = database_now()
    actions.beat(actions.WORKER, now=now)
    actions.beat(actions.WORKER, now=now - timedelta(seconds=9))
    assert Heartbeat.objects.get(process=actions.WORKER).seen_at == now


@pytest.mark.django_db
def test_knock_is_the_workers_sign_of_life_and_sending_it_is_beats():
    tasks.knock()
    assert list(Heartbeat.objects.values_list("process", flat=True)) == ["worker"]
    receivers._sign_of_life(sender=tasks.KNOCK)
    assert set(Heartbeat.objects.values_list("process", flat=True)) == {"worker", "beat"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"REMOTE_ADDR": "10.0.0.8"}, 404),
        ({"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404),
        ({"REMOTE_ADDR": "10.0.0.8", "HTTP_AUTHORIZATION": "Bearer right"}, 200),
        ({"REMOTE_ADDR": "10.0.0.8", "HTTP_AUTHORIZATION": "Bearer wrong"}, 404),
    ],
)
def test_metrics_are_for_this_machine_or_the_token(client, settings, headers, status):
    settings.METRICS_TOKEN = "right"
    assert client.get("/metrics", **headers).status_code == status


@pytest.mark.django_db
def test_metrics_without_a_token_set_accept_no_empty_one(client, settings):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.8", HTTP_AUTHORIZATION="Bearer ").status_code == 404


@pytest.mark.django_db
def test_a_scheduled_task_that_came_to_its_end_is_seen_and_no_other():
    receivers.task_ended(sender=SimpleNamespace(name="clock.sweep"))
    receivers.task_ended(sender=SimpleNamespace(name=tasks.KNOCK))
    receivers.task_ended(sender=None)
    assert list(Heartbeat.objects.values_list("process", flat=True)) == ["clock.sweep"]


@pytest.mark.django_db
def test_metrics_tell_every_part_and_who_was_seen(client):
    everything_beats()
    text = client.get("/metrics").content.decode()
    assert 'gridgov_part_fine{part="clock"} 1.0' in text
    assert 'gridgov_part{figure="waiting",part="outbox"} 0.0' in text
    assert 'gridgov_seen_seconds{process="beat"}' in text


def test_metrics_survive_a_dead_database(client, monkeypatch):
    def gone():
        raise DatabaseError

    monkeypatch.setattr("gridgov.health.exports.database_now", gone)
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert b"gridgov_part" not in answer.content
