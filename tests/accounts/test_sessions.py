import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gridgov.accounts import actions, devices, sessions
from gridgov.accounts.models import User
from gridgov.accounts.sessions import Policy
from gridgov.audit.models import AuditEvent
from tests.accounts.conftest import PASSWORD

PAGE = "/accounts/devices/"


def age(client, *, began=0, seen=0):
    """Make the session of `client` that much older, in seconds."""
    session = client.session
    session[sessions.BEGAN] -= began
    session[sessions.SEEN] -= seen
    session.save()


def another_device():
    client = Client()
    client.post("/accounts/login/", {"login": "W001", "password": PASSWORD})
    return client


@pytest.fixture
def sources(monkeypatch):
    found = []
    monkeypatch.setattr(sessions, "_sources", found)
    return found


@pytest.mark.parametrize(
    ("began", "seen", "alive"),
    [(0, 0, True), (29 * 60, 29 * 60, True), (31 * 60, 31 * 60, False), (11 * 3600, 60, True), (13 * 3600, 60, False)],
)
def test_session_ends_after_half_an_hour_idle_or_half_a_day(signed_in, sources, began, seen, alive):
    age(signed_in, began=began, seen=seen)
    assert (signed_in.get(PAGE).status_code == 200) is alive
    assert AuditEvent.objects.filter(action="accounts.session_expired").exists() is not alive


@pytest.mark.parametrize(
    ("answers", "idle", "factor"),
    [
        ([None], 30, False),
        ([Policy(idle=timedelta(days=30), absolute=timedelta(days=30))], 43200, False),
        ([Policy(idle=timedelta(minutes=10)), None, Policy(idle=timedelta(minutes=20), second_factor=True)], 10, True),
    ],
)
def test_strictest_registered_policy_holds(sources, answers, idle, factor):
    sources.extend(lambda user, answer=answer: answer for answer in answers)
    assert sessions.policy(None).idle == timedelta(minutes=idle)
    assert sessions.policy(None).second_factor is factor


def test_registering_twice_counts_once(sources):
    def source(user):
        return None

    sessions.register_policy(source)
    sessions.register_policy(source)
    assert sources == [source]


def writes(client):
    with CaptureQueriesContext(connection) as seen:
        client.get(PAGE)
    return [query["sql"].split()[0:2] for query in seen if query["sql"].split()[0] in ("UPDATE", "INSERT", "DELETE")]


def test_sign_of_life_is_written_once_a_minute(signed_in):
    assert writes(signed_in) == []
    age(signed_in, seen=61)
    assert writes(signed_in) == [["UPDATE", '"usersessions_usersession"'], ["UPDATE", '"django_session"']]
    assert writes(signed_in) == []


@pytest.mark.parametrize("what", ["disable", "reset", "password", "factor"])
def test_every_session_dies_on_disable_reset_password_change_and_lost_factor(signed_in, person, now, what):
    other = another_device()
    if what == "disable":
        actions.disable(person, by=None, now=now)
        actions.enable(person, by=None, now=now)  # not even then do old sessions come back
    elif what == "reset":
        actions.use_reset(actions.issue_reset(person, by=None, now=now).token, "a wholly new one 42", now=now)
    elif what == "password":
        actions.change_password(person, "a wholly new one 42", by=person, now=now)
    else:
        actions.clear_second_factor(person, by=None, now=now)
    for client in (signed_in, other):
        assert client.get(PAGE).status_code == 302


def test_session_signed_in_past_allauth_dies_too(person, now):
    client = Client()
    client.force_login(person, backend="gridgov.accounts.backends.StaffBackend")
    actions.disable(person, by=None, now=now)
    actions.enable(person, by=None, now=now)
    assert client.get(PAGE).status_code == 302


def test_one_device_is_signed_out_and_the_others_stay(signed_in, person):
    other = another_device()
    shown = devices.of(person, signed_in.session.session_key)
    assert [device.is_current for device in shown] == [True, False]
    signed_in.post(reverse("accounts:end_session", args=[shown[1].id]))
    assert (signed_in.get(PAGE).status_code, other.get(PAGE).status_code) == (200, 302)


def test_nobody_signs_out_another_persons_device(signed_in, person, now):
    actions.create_user("W002", "李四", password="another long one 88", by=None, now=now)
    theirs = Client()
    theirs.post("/accounts/login/", {"login": "W002", "password": "another long one 88"})
    device = devices.of(User.objects.get(username="W002"), None)[0]
    assert signed_in.post(reverse("accounts:end_session", args=[device.id])).status_code == 404
    assert theirs.get("/accounts/password/").status_code == 200


def test_all_other_devices_are_signed_out(signed_in):
    other = another_device()
    signed_in.post("/accounts/devices/end-others/")
    assert (signed_in.get(PAGE).status_code, other.get(PAGE).status_code) == (200, 302)


@pytest.mark.parametrize(
    ("request_headers", "method", "to"),
    [
        ({}, "get", "/accounts/devices/?x=1"),
        ({"referer": "http://testserver/areas/7/?tab=2"}, "post", "/areas/7/?tab=2"),
        ({"referer": "http://evil.example/areas/7/"}, "post", "/"),
        ({"hx-request": "true", "hx-current-url": "http://testserver/areas/7/"}, "get", "/areas/7/"),
    ],
)
def test_after_the_session_is_over_sign_in_leads_back_to_the_page(db, request_headers, method, to):
    from urllib.parse import parse_qs, urlsplit

    url = "/accounts/devices/?x=1" if method == "get" else "/accounts/devices/end-others/"
    answer = getattr(Client(headers=request_headers), method)(url)
    target = answer.headers.get("HX-Redirect") or answer["Location"]
    assert parse_qs(urlsplit(target).query)["next"] == [to]


def test_online_people_are_those_seen_in_five_minutes_and_still_signed_in(signed_in, person, now):
    from allauth.usersessions.models import UserSession

    assert list(devices.online(now)) == [person]
    UserSession.objects.update(last_seen_at=now - timedelta(minutes=6))
    assert list(devices.online(now)) == []
    UserSession.objects.update(last_seen_at=now)
    signed_in.post("/accounts/logout/")
    assert list(devices.online(now)) == []


def test_clear_removes_what_is_over_and_may_run_twice(signed_in, person, now):
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    from gridgov.accounts.tasks import clear

    Session.objects.update(expire_date=now - timedelta(days=1))
    UserSession.objects.update(last_seen_at=now - timedelta(hours=1))
    clear()
    clear()
    assert (Session.objects.count(), UserSession.objects.count()) == (0, 0)


def test_session_times_are_the_web_servers(signed_in):
    assert abs(signed_in.session[sessions.BEGAN] - time.time()) < 60
