"""What was captured without a signal says when, wherever the case is read; every clock counts from its arrival."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from gridgov.clock.models import Clock
from gridgov.look import exact
from gridgov.sync import review
from gridgov.sync.actions import receive
from gridgov.sync.models import Envelope
from incidents import actions
from incidents.capture import Capture
from incidents.models import Incident, Step
from tests.incidents.asked import send

HOURS = timedelta(hours=8, minutes=30)


@pytest.fixture
def said(category, building):
    return {"category": category.code, "building": building.pk, "description": "井盖松动", "channel": "field"}


def hand_in(kind, payload, by, now, ago=HOURS, offset=timedelta()):
    number = uuid.uuid4()
    receive(number, kind, payload, by=by, now=now, captured_at=now - ago - offset, offset=offset, keep=True)
    return Envelope.objects.get(pk=number)


def test_a_report_captured_before_it_arrived_says_both_times_everywhere(said, worker, sign_in, now):
    hand_in("incidents.report", said | {"resolved": "已当场扶正"}, worker, now, offset=timedelta(days=-3))
    incident = Incident.objects.get()
    at = now - HOURS
    kept = [Capture.read(step.data) for step in incident.steps.order_by("seq")]
    assert kept == [Capture(at, now)] * 2
    client = sign_in(worker, lang="en")
    with override("en"):
        both = f"Captured {exact(at)}, received {exact(now)}"
    assert client.get(reverse("incidents:sheet", args=[incident.pk])).content.decode().count(both) == 3
    for page in ("incidents:detail", "incidents:field_case"):
        assert "Captured" in client.get(reverse(page, args=[incident.pk])).content.decode()
    timeline = client.get(f"/api/v1/incidents/{incident.pk}/").json()["timeline"]
    assert [one["captured_at"] is not None for one in timeline] == [True, True]


def test_clocks_count_from_arrival_and_the_explanation_says_so(said, worker, office, sign_in, now):
    hand_in("incidents.report", said, worker, now)
    incident = Incident.objects.get()
    assert {clock.started_at for clock in Clock.objects.of("incidents.incident", incident.pk)} == {now}
    page = sign_in(office, lang="en").get(reverse("incidents:deadline", args=[incident.pk])).content.decode()
    with override("en"):
        assert f"on a phone {exact(now - HOURS)} and received {exact(now)}" in page


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(minutes=4), -timedelta(days=1), timedelta(days=900)], ids=str)
def test_what_came_at_once_or_by_a_clock_nobody_believes_has_one_time(said, worker, now, ago):
    hand_in("incidents.report", said, worker, now, ago)
    assert Capture.read(Step.objects.get().data) is None


def test_a_plain_form_has_one_time(said, worker, now):
    receive(uuid.uuid4(), "incidents.report", said, by=worker, now=now)
    assert Capture.read(Step.objects.get().data) is None


def test_steps_comments_verification_and_findings_of_campaigns_keep_theirs(at_work, target, worker, unit_staff, now):
    key = str(at_work.pk)
    hand_in("incidents.comment", {"incident": key, "words": "物业在修"}, worker, now)
    hand_in("incidents.step", {"incident": key, "step": "resolve", "words": "已清走"}, unit_staff, now)
    hand_in("incidents.step", {"incident": key, "step": "verify", "words": "看过了"}, worker, now)
    found = dict(at_work.steps.filter(data__has_key="captured_at").values_list("move", "status"))
    assert set(found) == {"comment", "resolve", "verify"}
    hand_in("incidents.campaign_check", {"target": str(target.pk), "answers": ["yes", 4]}, worker, now)
    target.refresh_from_db()
    assert Capture.read(target.incident.steps.get().data) == Capture(now - HOURS, now)


def test_what_the_desk_takes_in_later_keeps_when_it_was_captured_and_received(incident, desk, worker, now):
    actions.move(incident, "reject", by=desk, now=now, words="不属于职责范围")
    payload = {"incident": str(incident.pk), "step": "note", "words": "已联系物业"}
    kept = hand_in("incidents.step", payload, worker, now)
    assert kept.needs_review
    later = now + timedelta(hours=2)
    review.accept(kept, by=desk, now=later)
    step = incident.steps.order_by("-seq").first()
    assert (step.move, step.at, Capture.read(step.data)) == ("comment", later, Capture(now - HOURS, now))


def test_a_look_at_an_object_sent_at_once_says_nothing(target, worker, now):
    send(target, ["yes", 4], worker, now)
    target.refresh_from_db()
    assert Capture.read(target.incident.steps.get().data) is None
