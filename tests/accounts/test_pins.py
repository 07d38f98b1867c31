"""A phone stays signed in behind a PIN: asked after a pause, counted, and gone with the session."""

import time

import pytest

from gridgov.accounts import pins, sessions
from gridgov.audit.models import AuditEvent

PIN = "204713"
SIX_HOURS = 6 * 3600


@pytest.fixture
def phone(worker, sign_in):
    """A signed-in phone with a PIN."""
    worker.set_password("a long password 1")
    worker.save()
    client = sign_in(worker, lang="en")
    answer = client.post("/accounts/pin/", {"password": "a long password 1", "pin": PIN})
    assert answer.status_code == 302
    return client


def later(client, seconds: float, *, entered: float | None = None) -> None:
    """As if the phone had been left alone."""
    session = client.session
    session[sessions.SEEN] = time.time() - seconds
    session[pins.ENTERED] = time.time() - (seconds if entered is None else entered)
    session.save()


def test_after_a_pause_pages_ask_and_programs_are_told(phone):
    later(phone, SIX_HOURS)
    answer = phone.get("/field/?show=map")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/unlock/?next=%2Ffield%2F%3Fshow%3Dmap")
    told = phone.get("/api/v1/sync/session/")
    assert (told.status_code, told.json()["code"]) == (403, "locked")
    assert phone.get("/field/today.json").status_code == 403
    assert phone.get("/sw.js").status_code == phone.get("/field/shell/").status_code == 200


def test_the_right_pin_goes_on_where_one_was(phone):
    later(phone, SIX_HOURS)
    answer = phone.post("/accounts/unlock/", {"pin": PIN, "next": "/field/reports/"})
    assert answer["Location"] == "/field/reports/"
    assert phone.get("/field/").status_code == 200


def test_the_phone_is_told_by_which_pin_and_pause_to_lock_itself(phone, worker):
    number = "0198f0a1-0000-7000-8000-000000000001"
    phone.post("/accounts/pin/", {"password": "a long password 1", "pin": "907713", "lock": number})
    page = phone.get("/field/").content.decode()
    assert f'data-lock="{number}" data-idle="{phone.session[sessions.RULES]["idle"]}"' in page
    later(phone, SIX_HOURS)
    assert "data-closed" in phone.get("/accounts/unlock/").content.decode()
    assert "data-closed" not in page
    phone.post("/accounts/unlock/", {"pin": "907713"})
    phone.post("/accounts/pin/off/")
    assert 'data-lock="' not in phone.get("/field/").content.decode()


def test_five_wrong_ones_end_the_session(phone, worker):
    later(phone, SIX_HOURS)
    for _n in range(4):
        assert phone.post("/accounts/unlock/", {"pin": "111222"}).status_code == 200
    assert phone.post("/accounts/unlock/", {"pin": "111222"})["Location"].startswith("/accounts/login/")
    assert phone.get("/field/")["Location"].startswith("/accounts/login/")
    assert AuditEvent.objects.filter(action="accounts.pin_failed").count() == 5
    assert AuditEvent.objects.filter(action="accounts.pin_locked").count() == 1


def test_thirty_days_and_no_longer(phone):
    session = phone.session
    assert session.get_expiry_age() > 29 * 86400
    session[sessions.BEGAN] = time.time() - 29 * 86400
    session.save()
    assert phone.get("/field/").status_code == 200
    session = phone.session
    session[sessions.BEGAN] = time.time() - 31 * 86400
    session.save()
    assert phone.get("/field/")["Location"].startswith("/accounts/login/")


def test_residents_ask_again_and_the_day_does_not(phone):
    later(phone, 60, entered=3600)
    assert phone.get("/field/").status_code == 200
    assert phone.get("/residents/")["Location"].startswith("/accounts/unlock/")
    phone.post("/accounts/unlock/", {"pin": PIN})
    assert phone.get("/residents/").status_code == 200


def test_elder_mode_has_no_time_out_within_the_day(phone, worker):
    later(phone, SIX_HOURS)
    worker.elder_mode = True
    worker.save()
    assert phone.get("/field/").status_code == 200
    later(phone, 3 * SIX_HOURS)
    assert phone.get("/field/").status_code == 302


@pytest.mark.parametrize("pin", ["123456", "654321", "000000", "12345", "12345a", "１２３４５６", ""])
def test_weak_or_odd_pins_are_refused(worker, sign_in, pin):
    worker.set_password("a long password 1")
    worker.save()
    client = sign_in(worker, lang="en")
    assert client.post("/accounts/pin/", {"password": "a long password 1", "pin": pin}).status_code == 200
    assert pins.HASH not in client.session


def test_a_pin_needs_the_password_and_can_be_taken_off(phone, worker, sign_in):
    assert sign_in(worker).post("/accounts/pin/", {"password": "wrong", "pin": PIN}).status_code == 200
    phone.post("/accounts/pin/off/")
    later(phone, SIX_HOURS)
    assert phone.get("/field/")["Location"].startswith("/accounts/login/")


def test_without_a_pin_a_pause_signs_out(worker, sign_in):
    client = sign_in(worker)
    client.get("/field/")
    later(client, SIX_HOURS)
    assert client.get("/field/")["Location"].startswith("/accounts/login/")


def test_a_role_with_a_second_factor_keeps_no_phone_signed_in(settings, worker, sign_in, monkeypatch):
    settings.REQUIRE_MFA = True
    monkeypatch.setattr(sessions, "_sources", [lambda user: sessions.Policy(second_factor=True)])
    assert pins.offered(worker) is False
