"""A suspension ends before its maximum when its reason is gone: by whoever has the case, or by the office."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from gridgov.clock.models import Clock, Pause
from gridgov.impossible import Impossible
from gridgov.notices.models import Notice
from incidents import actions
from incidents.models import Step
from incidents.workflow import RUN_ON, Ask, Stage

HOUR = timedelta(hours=1)


def suspend(incident, unit_staff, office, now, days=3):
    asked = actions.ask(incident, Ask.SUSPENSION, reason="等供电所复电", seconds=days * 86_400, by=unit_staff, now=now)
    return actions.answer(asked, approve=True, by=office, now=now)


@pytest.fixture
def suspended(at_work, unit_staff, office, now):
    suspend(at_work, unit_staff, office, now)
    at_work.refresh_from_db()
    return at_work


def test_the_unit_lets_it_run_on_from_its_page(suspended, sign_in, unit_staff, office, now):
    assert suspended.due_at is None
    mine, url = sign_in(unit_staff), reverse("incidents:run_on", args=[suspended.pk])
    shown = mine.get(reverse("incidents:detail", args=[suspended.pk])).content.decode()
    assert url in shown
    assert reverse("incidents:ask", args=[suspended.pk, Ask.SUSPENSION]) not in shown  # it is suspended already
    assert "挂账最长到" in mine.get(url).content.decode()
    assert mine.post(url, {"words": "已复电"}).status_code == 302
    suspended.refresh_from_db()
    pause = Pause.objects.get()
    assert pause.begin <= pause.end < pause.at_most
    assert suspended.due_at == Clock.objects.get(subject_id=suspended.pk, stage=Stage.HANDLE).due_at
    assert Step.objects.filter(incident=suspended, move="run_on", words="已复电").exists()
    why = mine.get(reverse("incidents:deadline", args=[suspended.pk])).content.decode()
    assert "（最迟至" in why  # and when it really ended
    assert url not in mine.get(reverse("incidents:detail", args=[suspended.pk])).content.decode()


def test_the_office_lets_it_run_on_and_the_unit_hears_of_it(suspended, unit_staff, office, now):
    actions.run_on(suspended, by=office, now=now + HOUR)
    told = Notice.objects.filter(user=unit_staff, params__move="run_on").get()
    assert str(RUN_ON) in told.title


def test_nobody_else_may_and_twice_is_refused_in_words(suspended, sign_in, worker, office, now):
    with pytest.raises(PermissionDenied):
        actions.run_on(suspended, by=worker, now=now)
    actions.run_on(suspended, by=office, now=now + HOUR)
    with pytest.raises(Impossible):
        actions.run_on(suspended, by=office, now=now + HOUR)
    again = sign_in(office).post(reverse("incidents:run_on", args=[suspended.pk]), {"words": ""})
    assert again.status_code == 200
    assert again.context["form"].non_field_errors()
    assert sign_in(office).get(reverse("incidents:run_on", args=[suspended.pk])).status_code == 302


def test_the_api_answers_in_words_where_the_clock_refuses(suspended, sign_in, unit_staff, office, now):
    second = actions.ask(suspended, Ask.SUSPENSION, reason="仍未复电", seconds=86_400, by=unit_staff, now=now)
    desk, base = sign_in(office), f"/api/v1/incidents/{suspended.pk}"
    refused = desk.post(f"{base}/requests/{second.pk}/answer/", {"approve": True}, content_type="application/json")
    assert refused.status_code == 409
    assert desk.post(f"{base}/run_on/", {"words": "已复电"}, content_type="application/json").json()["due_at"]
    assert desk.post(f"{base}/run_on/", {}, content_type="application/json").status_code == 409
