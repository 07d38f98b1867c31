import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from gridgov.accounts import actions, sessions
from gridgov.accounts.sessions import Policy
from gridgov.audit.models import AuditEvent
from tests.accounts.conftest import PASSWORD


def code(secret):
    counters = sorted(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counters[len(counters) // 2]))


@pytest.fixture
def secret(signed_in, person):
    """The second step, set up as a person does it: password again, scan, type the code."""
    asked = signed_in.get("/accounts/factor/app/")
    assert asked.url.startswith("/accounts/reauthenticate/")
    assert signed_in.post(asked.url, {"password": PASSWORD}).url == "/accounts/factor/app/"
    found = signed_in.get("/accounts/factor/app/").context["form"].secret
    assert signed_in.post("/accounts/factor/app/", {"code": code(found)}).url == "/accounts/factor/codes/"
    return found


def password_step(client=None):
    client = client or Client(headers={"accept-language": "en"})
    answer = client.post("/accounts/login/", {"login": "W001", "password": PASSWORD, "next": "/accounts/devices/"})
    return client, answer


def test_second_step_is_asked_after_the_password(secret):
    client, answer = password_step()
    assert answer.url == "/accounts/factor/code/"
    assert client.get("/accounts/devices/").status_code == 302
    assert client.post("/accounts/factor/code/", {"code": code(secret)}).url == "/accounts/devices/"
    assert client.get("/accounts/devices/").status_code == 200


def test_wrong_codes_lock_and_the_password_does_not_forgive_them(secret):
    client, _answer = password_step()
    for _ in range(5):
        assert client.post("/accounts/factor/code/", {"code": "000000"}).status_code == 200
        password_step(client)
    page = client.post("/accounts/factor/code/", {"code": code(secret)})
    assert "Too many attempts" in page.context["form"].errors["code"][0]
    assert AuditEvent.objects.filter(action="accounts.code_failed").exists()


def test_recovery_code_works_once(secret, signed_in):
    codes = signed_in.get("/accounts/factor/codes/").context["unused_codes"]
    client, _answer = password_step()
    assert client.post("/accounts/factor/code/", {"code": codes[0]}).status_code == 302
    other, _answer = password_step()
    assert other.post("/accounts/factor/code/", {"code": codes[0]}).status_code == 200


def test_secrets_are_sealed_in_the_database(secret):
    stored = [str(row.data) for row in Authenticator.objects.all()]
    assert len(stored) == 2
    assert not any(secret in text for text in stored)


def test_every_page_of_the_second_step_opens(secret, signed_in):
    for path in ("", "codes/", "codes/new/", "codes/download/", "app/off/"):
        assert signed_in.get(f"/accounts/factor/{path}").status_code == 200, path
    signed_in.post("/accounts/factor/app/off/")
    assert not Authenticator.objects.exists()
    assert signed_in.get("/accounts/factor/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_role_that_needs_it_gets_nowhere_without_it(signed_in, person, settings, monkeypatch):
    settings.REQUIRE_MFA = True
    monkeypatch.setattr(sessions, "_sources", [lambda user: Policy(second_factor=True)])
    client, _answer = password_step()
    assert client.get("/accounts/devices/").url == "/accounts/factor/"
    assert client.get("/accounts/factor/").status_code == 200
    client.post("/accounts/reauthenticate/?next=/accounts/factor/app/", {"password": PASSWORD})
    found = client.get("/accounts/factor/app/").context["form"].secret
    done = client.post("/accounts/factor/app/", {"code": code(found)})
    assert done.url == "/accounts/factor/codes/"
    assert client.get("/accounts/devices/").status_code == 200


def test_lost_phone_is_helped_by_the_office(secret, person, now):
    actions.clear_second_factor(person, by=None, now=now)
    _client, answer = password_step()
    assert answer.url == "/accounts/devices/"


def test_account_pages_open_at_the_desk_and_on_the_phone(signed_in):
    for path in (
        "/accounts/",
        "/accounts/me/",
        "/accounts/devices/",
        "/accounts/password/",
        "/accounts/reauthenticate/",
    ):
        assert signed_in.get(path).status_code == 200, path
