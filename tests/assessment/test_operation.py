"""The operator's page, the readings behind `/healthz`, and the banner that says that deadlines run late."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment import metrics, signs, tasks, watch
from gridgov.audit.models import AuditEvent
from gridgov.clock import checks
from gridgov.clock.models import CheckRun, Clock
from gridgov.clock.sweep import sweep
from gridgov.health import actions as health
from gridgov.health.models import Heartbeat
from gridgov.ids import uuid7_floor
from gridgov.notices.models import Outbox, OutboxState
from tests import factories


@pytest.fixture(autouse=True)
def fresh_alarm():
    cache.delete("watch.alarm")


@pytest.fixture
def late(cast, now, worker):
    """A case reported long ago whose deadlines nobody has looked at."""
    return factories.make_incident(factories.make_building(cast.areas["grid"]), by=worker, now=now - timedelta(days=20))


@pytest.fixture
def stuck(late, now):
    """Its deadline cannot fire: nobody answers for its kind any more."""
    clock = Clock.objects.running().filter(stage="accept").get()
    Clock.objects.filter(pk=clock.pk).update(subject_kind="nobody.answers")
    sweep(now=now)
    clock.refresh_from_db()
    return clock


def alive(now, *processes):
    for process in processes or (health.BEAT, health.WORKER, watch.SWEEP):
        health.beat(process, now=now)


def outbox(now, key="k", **more):
    facts = {"channel": "sms", "payload": {}, "created_at": now, "next_at": now, **more}
    return Outbox.objects.create(key=key, **facts)


def test_an_empty_system_has_nothing_to_complain_of(cast, now):
    found = watch.vitals(now)
    assert (found.late, found.poison, found.unsent, found.unfolded) == (0, 0, 0, 0)
    assert [one.fine for one in watch.readings(found)] == [True] * 4


def test_lateness_is_the_wait_of_the_oldest_due_deadline(late, now):
    due = Clock.objects.running().order_by("next_at").values_list("next_at", flat=True)[0]
    found = watch.vitals(now)
    assert (found.due, found.due_since) == (2, due)
    assert found.late == pytest.approx((now - due).total_seconds(), abs=0.1)
    assert {one.name: one.fine for one in watch.readings(found)}["clock"] is False
    sweep(now=now)
    assert watch.vitals(now).due == 0


def test_a_stuck_deadline_fails_the_clock_until_it_has_fired(stuck, now):
    assert {one.name: one.fine for one in watch.probe(now)}["clock"] is False
    Clock.objects.filter(pk=stuck.pk).update(subject_kind="incidents.incident", next_at=now)
    sweep(now=now)
    assert {one.name: one.fine for one in watch.probe(now)}["clock"] is True


@pytest.mark.parametrize(
    ("more", "fine"),
    [
        ({"next_at": timedelta(hours=1)}, True),  # held back until the morning: nobody is late
        ({"next_at": timedelta(minutes=-14)}, True),
        ({"next_at": timedelta(minutes=-16)}, False),
        ({"next_at": timedelta(minutes=-16), "state": OutboxState.FAILED}, True),
    ],
)
def test_a_message_is_late_when_it_is_due_and_nobody_takes_it(db, now, more, fine):
    outbox(now, **{**more, "next_at": now + more["next_at"]})
    assert {one.name: one.fine for one in watch.probe(now)}["outbox"] is fine


def test_a_message_a_gateway_refuses_is_late_from_when_it_was_written(db, now):
    outbox(now, attempts=2, next_at=now + timedelta(minutes=5))
    found = watch.vitals(now + timedelta(minutes=16))
    assert found.seconds(found.unsent_since) > 900


def test_counts_and_audit_wait_since_the_oldest_row(late, now):
    found = watch.vitals(now + timedelta(seconds=400))
    assert found.unfolded > 0
    assert found.unsealed == AuditEvent.objects.count()
    assert {one.name for one in watch.readings(found) if not one.fine} >= {"audit", "counts"}


def text_of(client, now=None) -> str:
    return client.get(reverse("operation:status"), headers={"accept-language": "en"}).content.decode()


def test_page_says_that_everything_is_well(sign_in, system_admin, now, monkeypatch):
    monkeypatch.setattr("gridgov.clock.calendars.missing_years", lambda at: [])
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(total=100, free=50))
    alive(now)
    assert "Everything is well" in text_of(sign_in(system_admin))


@pytest.mark.parametrize(("age", "state"), [(None, signs.FINE), (181, signs.FINE), (183, signs.TO_DO)])
def test_a_delivery_log_that_is_not_cleaned_is_to_be_seen_to(db, now, age, state):
    if age is not None:
        at = now - timedelta(days=age)
        outbox(at, pk=uuid7_floor(at), state=OutboxState.SENT, sent_at=at)
    outbox(now - timedelta(days=400), key="waits", pk=uuid7_floor(now - timedelta(days=400)))
    assert signs.log(watch.vitals(now)).state == state


def test_page_names_what_is_wrong_and_what_to_do(sign_in, system_admin, stuck, now):
    outbox(now - timedelta(hours=1), channel="wecom")
    checks.check(now=now)
    page = text_of(sign_in(system_admin))
    for said in (
        "Start the process “worker” again",
        "never seen",
        "No clock handler",
        "WeCom",
        "deadlines whose escalation failed",
        str(stuck.pk),
    ):
        assert said in page, said


def test_page_keeps_to_twelve_queries(sign_in, system_admin, stuck, now):
    alive(now)
    outbox(now)
    checks.check(now=now)
    client = sign_in(system_admin)
    with CaptureQueriesContext(connection) as seen:
        text_of(client)
    assert len([q for q in seen.captured_queries if not q["sql"].startswith(("SAVE", "REL"))]) <= 12


def test_the_body_alone_comes_to_whoever_asks_for_it_again(sign_in, system_admin):
    answer = sign_in(system_admin).get(
        reverse("operation:status"), headers={"hx-request": "true", "hx-target": "operation"}
    )
    assert b"<html" not in answer.content
    assert b'id="operation"' in answer.content


def test_trying_again_fires_what_was_mended(sign_in, system_admin, stuck, now):
    Clock.objects.filter(pk=stuck.pk).update(subject_kind="incidents.incident")
    assert sweep(now=now) == 0
    answer = sign_in(system_admin).post(reverse("operation:retry", args=[stuck.pk]))
    assert answer.status_code == 302
    assert sweep() == 1
    stuck.refresh_from_db()
    assert (stuck.attempts, stuck.level) == (0, 4)
    assert AuditEvent.objects.filter(action="clock.retried", actor_id=system_admin.pk).count() == 1


def test_trying_again_is_the_operators_alone_and_of_running_deadlines(sign_in, office, system_admin, stuck, now):
    address = reverse("operation:retry", args=[stuck.pk])
    assert sign_in(office).post(address).status_code == 403
    Clock.objects.filter(pk=stuck.pk).update(stopped_at=now, next_at=None)
    answer = sign_in(system_admin, "en").post(address, follow=True)
    assert "no longer runs" in answer.content.decode()


def test_daily_comparison_is_kept_for_the_page(late, sign_in, system_admin, monkeypatch):
    assert tasks.compare() == 0
    assert checks.last(watch.COUNTS)[1] == []
    line = {"day": "2026-11-01", "street": "s", "key": "closed", "truth": 2, "counted": 1}
    monkeypatch.setattr(metrics, "drift", lambda: [line])
    assert tasks.compare() == 1
    assert "day counts that differ" in text_of(sign_in(system_admin))


# ── The banner ──────────────────────────────────────────────────────────────────────────────────────────


def banner(client) -> str:
    return client.get(reverse("operation:alarm"), headers={"accept-language": "en"}).content.decode()


def test_banner_says_since_when_deadlines_run_late_and_goes_away(sign_in, office, late, now):
    client = sign_in(office)
    alive(now)
    assert "Deadlines run late: since" in banner(client)
    sweep(now=now)
    cache.delete("watch.alarm")
    assert "alarm-said" not in banner(client)


def test_banner_says_that_nobody_looks_after_deadlines(sign_in, office, now):
    client = sign_in(office)
    assert "Nothing looks after deadlines yet" in banner(client)
    Heartbeat.objects.create(process=watch.SWEEP, seen_at=now - timedelta(minutes=3))
    cache.delete("watch.alarm")
    assert "Nothing has looked after deadlines since" in banner(client)


def test_banner_is_worked_out_once_for_many_pages(sign_in, office, late, now, django_assert_max_num_queries):
    client = sign_in(office)
    banner(client)
    with django_assert_max_num_queries(3):  # session, person, posts
        assert "Deadlines run late" in banner(client)


def test_banner_is_for_the_office_not_for_the_field(sign_in, worker, late):
    assert "alarm-said" not in banner(sign_in(worker))


def test_banner_does_without_redis(sign_in, office, late, monkeypatch):
    def gone(*args, **kwargs):
        raise OSError

    monkeypatch.setattr(cache, "get", gone)
    assert watch.alarm() is not None


def test_the_operator_makes_the_check_now_and_nobody_else_does(late, sign_in, system_admin, office, now):
    url = reverse("operation:check")
    assert sign_in(office).post(url).status_code == 403
    assert sign_in(system_admin).post(url).status_code == 302
    run = CheckRun.objects.get(pk="clock")
    assert [one["code"] for one in run.findings] == ["late_sweep"]
