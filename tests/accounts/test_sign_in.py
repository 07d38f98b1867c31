import pytest
from django.test import Client
from django.urls import reverse

from gridgov.accounts import actions
from gridgov.accounts.models import Attempts, User
from gridgov.audit.models import AuditEvent
from tests.accounts.conftest import PASSWORD


def post(client, login="W001", password=PASSWORD, **more):
    return client.post("/accounts/login/", {"login": login, "password": password, **more})


def last_actions(n):
    return list(AuditEvent.objects.order_by("-pk").values_list("action", flat=True)[:n])


@pytest.mark.parametrize(
    "typed", ["W001", "w001", " W001 ", "Ｗ００１", "13812340001", "138 1234-0001", "１３８１２３４０００１"]
)
def test_sign_in_by_staff_number_or_phone_however_typed(client, person, typed):
    assert post(client, typed).url == reverse("home")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert last_actions(1) == ["accounts.sign_in"]


@pytest.mark.parametrize("to", ["incidents", "incidents:detail", "\ufffd", "a.b", "//elsewhere.example/", "https:///x"])
def test_a_return_address_that_is_none_leads_home(person, to):
    """Somebody who is signed in already may follow such a link: a word would be taken for the name of a page."""
    client = Client()
    assert post(client, next=to).url == reverse("home")
    assert client.get("/accounts/login/", {"next": to}).url == reverse("home")
    assert client.post("/accounts/logout/", {"next": to}).status_code == 302


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
@pytest.mark.parametrize("login", ["W001", "W999", "13812340001"])
def test_wrong_password_and_unknown_name_get_the_same_answer_and_keep_what_was_typed(person, login, lang):
    client = Client(headers={"accept-language": lang})
    answer = post(client, login, "wrong wrong wrong")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert f'value="{login}"' in text
    assert "wrong wrong wrong" not in text
    assert answer.context["form"].non_field_errors() == post(client, "nobody", "x").context["form"].non_field_errors()
    assert last_actions(2) == ["accounts.sign_in_failed"] * 2


def test_unknown_name_costs_one_hash_like_a_wrong_password(client, person, monkeypatch):
    from django.contrib.auth.hashers import Argon2PasswordHasher

    hashed = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)
        monkeypatch.setattr(
            Argon2PasswordHasher, name, lambda self, *a, _real=real, _name=name: hashed.append(_name) or _real(self, *a)
        )
    post(client, "W001", "wrong")
    known, hashed[:] = len(hashed), []
    post(client, "W999", "wrong")
    assert (known, len(hashed)) == (1, 1)


@pytest.mark.parametrize("how", ["disabled", "service", "no password"])
def test_those_without_a_door_do_not_get_in(client, person, now, how):
    if how == "disabled":
        actions.disable(person, by=None, now=now)
    elif how == "service":
        User.objects.filter(pk=person.pk).update(is_service=True)
    else:
        actions.create_user("W002", "李四", by=None, now=now)
    assert post(client, "W002" if how == "no password" else "W001").status_code == 200
    assert "_auth_user_id" not in client.session


def test_empty_fields_say_what_to_type(client, db):
    answer = post(Client(headers={"accept-language": "en"}), "", "")
    assert answer.context["form"].errors == {
        "login": ["Type your staff number or phone."],
        "password": ["Type your password."],
    }


def test_session_key_changes_at_sign_in(client, person):
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    before = session.session_key
    post(client)
    assert client.session.session_key != before


@pytest.mark.parametrize(
    ("wanted", "given"),
    [("/areas/?q=1", "/areas/?q=1"), ("https://evil.example/", "/"), ("//evil.example/", "/"), ("javascript:x", "/")],
)
def test_next_leads_back_on_this_site_only(client, person, wanted, given):
    assert post(client, next=wanted).url == given


def test_sign_out_ends_the_session_and_needs_a_post(signed_in):
    key = signed_in.session.session_key
    assert signed_in.get("/accounts/logout/").status_code == 405
    assert signed_in.post("/accounts/logout/").url == "/accounts/login/"
    assert not signed_in.session.exists(key)
    assert last_actions(1) == ["accounts.sign_out"]


def test_fifth_failure_locks_even_the_right_password_out_and_only_that_account(client, person, now):
    other = actions.create_user("W002", "李四", password="another long one 88", by=None, now=now)
    for _ in range(5):
        post(client, "13812340001", "wrong")  # the phone and the staff number share one counter
    assert last_actions(2) == ["accounts.locked", "accounts.sign_in_failed"]
    answer = post(Client(headers={"accept-language": "en"}), "W001")
    assert "Try again in 15 minutes" in answer.context["form"].non_field_errors()[0]
    assert last_actions(1) == ["accounts.sign_in_refused"]
    assert post(client, "W002", "another long one 88").status_code == 302
    assert client.session["_auth_user_id"] == str(other.pk)


def test_unknown_names_lock_like_known_ones(client, person):
    for name in ("W001", "W999"):
        said = [post(client, name, "wrong").context["form"].non_field_errors() for _ in range(7)]
        assert [len(set(map(str, said[:5]))), said[5] == said[6], said[4] == said[5]] == [1, True, False]


def test_lock_ends_after_fifteen_minutes(client, person, now):
    from datetime import timedelta

    for _ in range(5):
        post(client, password="wrong")
    Attempts.objects.update(locked_until=now, last_at=now - timedelta(minutes=15))
    assert post(client).status_code == 302
    assert not Attempts.objects.filter(locked_until__gt=now).exists()


def test_address_is_locked_but_the_next_address_is_not(client, person, settings):
    settings.LOCKOUT_ADDRESS = 3
    for number in range(3):
        post(client, f"W90{number}", "wrong")
    assert post(client).status_code == 200
    assert (
        Client(REMOTE_ADDR="10.0.0.9").post("/accounts/login/", {"login": "W001", "password": PASSWORD}).status_code
        == 302
    )


def test_right_password_forgives_the_account_and_one_attempt_of_the_address(client, person):
    for _ in range(4):
        post(client, password="wrong")
    post(client)
    assert sorted(Attempts.objects.values_list("count", flat=True)) == [4]


def test_no_name_or_phone_is_kept_of_a_failed_attempt(client, db):
    post(client, "13900001111", "wrong")
    event = AuditEvent.objects.get(action="accounts.sign_in_failed")
    assert (event.data, event.actor_name, event.subject_id) == ({}, "-", "")
    assert b"13900001111" not in bytes(Attempts.objects.values_list("key", flat=True)[0])


def test_sign_in_page_sends_signed_in_people_on(signed_in):
    assert signed_in.get("/accounts/login/?next=/areas/").url == "/areas/"


def test_forwarded_address_is_believed_only_from_our_proxies(client, person, settings):
    for hops, expected in ((0, "127.0.0.1"), (1, "10.1.1.1"), (2, "203.0.113.7")):
        settings.TRUSTED_PROXIES = hops
        client.post(
            "/accounts/login/",
            {"login": "W001", "password": "wrong"},
            headers={"x-forwarded-for": "6.6.6.6, 203.0.113.7, 10.1.1.1"},
        )
        assert AuditEvent.objects.order_by("-pk")[0].address == expected
