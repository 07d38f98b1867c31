"""`manage.py escalate`: deadlines fire without a broker, whatever happens to the process and the database."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from assessment import watch
from assessment.management.commands import escalate
from gridgov.clock import checks
from gridgov.clock.models import Clock, Escalation
from gridgov.health.models import Heartbeat
from gridgov.notices import channels, postponing
from gridgov.notices.models import Outbox
from tests import factories

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def late(cast, now, worker):
    """A case whose deadlines passed long ago."""
    return factories.make_incident(factories.make_building(cast.areas["grid"]), by=worker, now=now - timedelta(days=20))


def test_once_fires_what_is_due_and_says_how_much(late, capsys):
    call_command("escalate")
    assert capsys.readouterr().out == "2 deadlines dealt with.\n"
    assert Heartbeat.objects.filter(process=watch.SWEEP).exists()
    checked = checks.last()
    assert checked is not None
    call_command("escalate")
    assert checks.last() == checked  # once an hour
    assert capsys.readouterr().out == "0 deadlines dealt with.\n"


def test_it_delivers_only_when_asked_to(late, now, monkeypatch):
    monkeypatch.setattr(postponing, "_policies", [])  # whatever the hour: at night quiet hours would hold it back

    class Channel:
        name, label, sent = "tests", "Tests", []
        at_once = frozenset({"urgent", "deadline"})

        def reaches(self, users):
            return {user.pk for user in users}

        def address(self, user):
            return ("somewhere",)

        def deliver(self, parcel):
            self.sent.append(parcel.key)

    channels.register(Channel())
    try:
        call_command("escalate")
        assert (Outbox.objects.filter(channel="tests").count() > 0, Channel.sent) == (True, [])
        call_command("escalate", deliver=True)
        assert sorted(Channel.sent) == sorted(Outbox.objects.filter(channel="tests").values_list("key", flat=True))
    finally:
        channels.forget("tests")


def test_a_database_that_is_away_is_waited_for_longer_and_longer(db, monkeypatch):
    """Three failures, one success, then the signal."""
    answers, pauses = [OperationalError(), OperationalError(), OperationalError(), 7], []

    def once(*, deliver):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    class Stopped:
        def is_set(self):
            return not answers

        def wait(self, seconds):
            pauses.append(seconds)

    monkeypatch.setattr(escalate, "_once", once)
    monkeypatch.setattr(escalate.connection, "close", lambda: None)
    monkeypatch.setattr(escalate, "close_old_connections", lambda: None)
    monkeypatch.setattr(escalate.random, "uniform", lambda low, high: 1.0)
    escalate.Command()._forever(Stopped(), 5.0, deliver=False)
    assert pauses == [10.0, 20.0, 30.0, 5.0]


@pytest.fixture
def processes(transactional_db):
    """Starts `manage.py escalate --forever` on the tests' database; none outlives the test."""
    started: list[subprocess.Popen[str]] = []
    urls = {
        name: value.rpartition("/")[0] + "/" + connection.settings_dict["NAME"]
        for name, value in os.environ.items()
        if name.endswith("DATABASE_URL")
    }

    def start() -> subprocess.Popen[str]:
        argv = [sys.executable, "manage.py", "escalate", "--forever", "--every", "0.2", "--deliver"]
        process = subprocess.Popen(argv, cwd=ROOT, env={**os.environ, **urls}, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.1)


@pytest.mark.django_db(transaction=True)
def test_two_processes_fire_each_level_once_survive_cut_connections_and_stop_when_told(processes, cast, now, worker):
    building, category = factories.make_building(cast.areas["grid"]), factories.make_category()
    early = now - timedelta(days=20)
    two = [processes(), processes()]
    assert {process.stdout.readline() for process in two} == {"Looking every 0.2 s until stopped.\n"}
    for _ in range(6):
        factories.make_incident(building, by=worker, now=early, category=category)
    until(lambda: not Clock.objects.due_for_sweep(now).exists())
    settings = connection.settings_dict
    mine = connection.cursor()
    mine.execute("SELECT pg_backend_pid()")
    (own,) = mine.fetchone()
    sql = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = %s AND pid NOT IN (%s, pg_backend_pid())"""
    with (
        psycopg2.connect(
            dbname=settings["NAME"], user=settings["USER"], password=settings["PASSWORD"], host=settings["HOST"]
        ) as link,
        link.cursor() as cursor,
    ):
        cursor.execute(sql, [settings["NAME"], own])
        assert cursor.fetchone()[0] >= 1
    factories.make_incident(building, by=worker, now=early, category=category)
    until(lambda: not Clock.objects.due_for_sweep(now).exists())
    assert Escalation.objects.count() == 7 * 2 * 4
    for process in two:
        process.send_signal(signal.SIGTERM)
    assert [process.wait(30) for process in two] == [0, 0]
    assert sum(int(line.split()[0]) for p in two for line in p.stdout if "dealt" in line) == 14
