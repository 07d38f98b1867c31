"""The sweep beside people at work on the same cases: nobody waits for it, nobody is killed, nothing is lost."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction

from gridgov.clock import actions as clock
from gridgov.clock import checks
from gridgov.clock.models import Clock, Escalation
from gridgov.clock.sweep import sweep
from gridgov.notices.models import Notice, Outbox
from incidents.clocks import SUBJECT
from incidents.models import Incident, Supervision
from tests.notices.conftest import gateway  # noqa: F401


@pytest.mark.django_db(transaction=True)
def test_a_case_at_work_is_left_to_the_next_sweep(transactional_db, incident, now):
    later = now + timedelta(days=60)
    locked, swept, fired = threading.Event(), threading.Event(), []

    def work():
        """As an action does: the case first, its clocks after, while the sweep is looking."""
        try:
            with transaction.atomic():
                Incident.objects.select_for_update().get(pk=incident.pk)
                locked.set()
                swept.wait(30)
                clock.stop(SUBJECT, incident.pk, "accept", outcome="done", now=now)
        finally:
            connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    assert locked.wait(30)
    fired.append(sweep(now=later))
    swept.set()
    worker.join(30)
    assert fired == [0]
    assert not Escalation.objects.exists()
    assert sweep(now=later) == 1  # the promise; the stage was done in time
    assert not Clock.objects.filter(attempts__gt=0).exists()


@pytest.mark.django_db(transaction=True)
def test_a_step_taken_while_the_sweep_fires_meets_no_deadlock(transactional_db, incident, now):
    later, wrong = now + timedelta(days=60), []

    def steps():
        try:
            for _ in range(25):
                with transaction.atomic():
                    Incident.objects.select_for_update().get(pk=incident.pk)
                    list(Clock.objects.of(SUBJECT, incident.pk).select_for_update())
        except Exception as error:  # noqa: BLE001 - the test looks at it
            wrong.append(error)
        finally:
            connections.close_all()

    def sweeps():
        try:
            for number in range(25):
                Clock.objects.running().update(level=0, next_at=now, revision=number + 2)
                sweep(now=later)
        except Exception as error:  # noqa: BLE001
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act) for act in (steps, sweeps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []
    assert not Clock.objects.filter(attempts__gt=0).exists()


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_and_a_re_plan_fire_each_level_once(transactional_db, incident, now):
    later, wrong = now + timedelta(days=60), []

    def again(act):
        def run():
            try:
                for number in range(12):
                    act(number)
            except Exception as error:  # noqa: BLE001
                wrong.append(error)
            finally:
                connections.close_all()

        return threading.Thread(target=run)

    def replan(number):
        clock.replan(Clock.objects.running(), budget=3600 * (number + 1), by=None, now=now)

    threads = [again(replan), *(again(lambda _number: sweep(now=later)) for _sweeper in range(2))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    sweep(now=later)
    assert wrong == []
    fired = list(Escalation.objects.values_list("clock__stage", "level"))
    assert {(stage, level) for stage, level in fired} == {(s, n) for s in ("accept", "promise") for n in (1, 2, 3, 4)}
    assert checks.check(now=later) == []


def test_the_hourly_check_compares_cases_with_their_clocks(incident, now):
    assert checks.check(now=now) == []
    Incident.objects.filter(pk=incident.pk).update(level=3)
    assert [found.code for found in checks.check(now=now)] == ["level_differs"]
    Clock.objects.all().delete()
    assert [found.code for found in checks.check(now=now)] == ["case_without_clock"]


def test_the_hourly_check_asks_whether_anybody_was_told_and_what_is_late_supervised(incident, gateway, now):  # noqa: F811
    later = Clock.objects.get(subject_id=incident.pk, stage="accept").due_at + timedelta(minutes=1)
    sweep(now=later)
    assert checks.check(now=later) == []
    Notice.objects.all().delete()
    Supervision.objects.all().delete()
    assert [found.code for found in checks.check(now=later)] == ["late_unsupervised", "untold"]
    row = Outbox.objects.create(channel="webhook", key="x", created_at=now, next_at=later - timedelta(hours=1))
    assert [found.ids for found in checks.check(now=later) if found.code == "unsent"] == [(str(row.pk),)]
    Outbox.objects.update(attempts=1)  # what a gateway has refused is tried again, and shown elsewhere
    assert "unsent" not in [found.code for found in checks.check(now=later)]
