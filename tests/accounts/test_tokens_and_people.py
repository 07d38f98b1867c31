import importlib
import json
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.urls import clear_url_caches
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from gridgov.accounts import actions, demo
from gridgov.accounts.models import ApiToken, User
from gridgov.accounts.tokens import TokenAuthentication
from tests.accounts.conftest import PASSWORD


def knock(rf, header):
    headers = {"authorization": header} if header else {}
    return TokenAuthentication().authenticate(Request(rf.get("/", headers=headers)))


def test_token_acts_as_its_person_and_notes_its_use_once_a_minute(rf, person, now, django_assert_num_queries):
    token = actions.issue_token(person, by=None, now=now)
    assert knock(rf, f"Bearer {token}")[0] == person
    first = ApiToken.objects.get().last_used_at
    knock(rf, f"bearer {token}")
    assert knock(rf, f"Token {token}")[0] == person
    assert ApiToken.objects.get().last_used_at == first
    ApiToken.objects.update(last_used_at=now - timedelta(minutes=2))
    knock(rf, f"Bearer {token}")
    assert ApiToken.objects.get().last_used_at > now


def test_without_a_bearer_header_others_may_try(rf, db):
    assert knock(rf, "") is None
    assert knock(rf, "Basic abc") is None


@pytest.mark.parametrize("why", ["unknown", "revoked", "disabled", "malformed"])
def test_wrong_tokens_are_refused(rf, person, now, why):
    token = actions.issue_token(person, by=None, now=now)
    if why == "revoked":
        actions.revoke_token(ApiToken.objects.get(), by=None, now=now)
    elif why == "disabled":
        actions.disable(person, by=None, now=now)
        actions.enable(person, by=None, now=now)  # a token does not come back with the person
    header = {"unknown": "Bearer ggt_x", "malformed": "Bearer a b"}.get(why, f"Bearer {token}")
    with pytest.raises(AuthenticationFailed):
        knock(rf, header)


def test_token_command_shows_a_token_once_and_keeps_its_hash(person):
    said = StringIO()
    call_command("create_token", "w001", "--label", "12345", stdout=said)
    token = said.getvalue().strip()
    assert bytes(ApiToken.objects.get(label="12345").token_hash) == actions.token_hash(token)
    with pytest.raises(CommandError, match="Nobody signs in as"):
        call_command("create_token", "nobody")


def test_token_command_is_taken_back_by_another(person, client):
    made = {}
    for label in ("12345", "地图"):
        call_command("create_token", "w001", "--label", label, stdout=(said := StringIO()))
        made[label] = {"Authorization": f"Bearer {said.getvalue().strip()}"}
    call_command("revoke_token", "W001", "12345", stdout=StringIO())
    answers = {label: client.get("/api/v1/notices/", headers=header).status_code for label, header in made.items()}
    assert answers == {"12345": 401, "地图": 200}
    with pytest.raises(CommandError, match="has no token"):
        call_command("revoke_token", "w001", "12345")


@pytest.mark.parametrize(
    ("username", "phone", "field"),
    [("w001", "", "username"), ("13900001111", "", "username"), ("W002", "138-1234-0001", "phone")],
)
def test_staff_numbers_and_phones_are_of_one_person(person, now, username, phone, field):
    with pytest.raises(ValidationError) as error:
        actions.create_user(username, "李四", phone=phone, by=None, now=now)
    assert list(error.value.message_dict) == [field]


def test_new_person_has_no_password_until_a_link_sets_one(db, now):
    user = actions.create_user("W003", " 李四 ", by=None, now=now)
    assert (user.name, user.has_usable_password(), user.must_change_password) == ("李四", False, False)
    given = actions.create_user("W004", "王五", password=PASSWORD, by=None, now=now)
    assert given.must_change_password


def test_contact_change_moves_the_sign_in_phone(person, now):
    actions.change_contact(person, name="张三", phone="13900001111", by=None, now=now)
    assert User.objects.by_sign_in("13812340001") is None
    assert User.objects.by_sign_in("13900001111") == person
    actions.change_contact(person, name="张三", phone="", by=None, now=now)
    assert User.objects.by_sign_in("13900001111") is None


def test_service_is_made_once_though_many_ask(transactional_db):
    found = []

    def ask():
        found.append(User.objects.service("sweep").pk)
        connections.close_all()

    workers = [threading.Thread(target=ask) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (len(found), len(set(found))) == (6, 1)


def test_service_cannot_sign_in(client, db):
    service = User.objects.service("sweep")
    service.set_password(PASSWORD)
    service.save()
    answer = client.post("/accounts/login/", {"login": service.username, "password": PASSWORD})
    assert answer.status_code == 200
    client.force_login(service, backend="gridgov.accounts.backends.StaffBackend")
    assert client.get("/accounts/").status_code == 302


# ── The demo's buttons ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def with_demo(settings, tmp_path, request):
    """The site's addresses as they are with and without DEMO."""
    import gridgov.accounts.urls
    import gridgov.urls

    def reload(on):
        settings.DEMO = on
        settings.DEMO_ACCOUNTS = tmp_path / "demo.json"
        for module in (gridgov.accounts.urls, gridgov.urls):
            importlib.reload(module)
        clear_url_caches()

    was = settings.DEMO
    yield reload
    reload(was)


PEOPLE = [demo.DemoPerson("W001", "张三丰", "专职网格员", "Grid worker", "/accounts/devices/")]


def test_demo_button_signs_in_as_the_listed_person(with_demo, person):
    with_demo(True)
    demo.write(PEOPLE)
    client = Client(headers={"accept-language": "en"})
    assert "Grid worker" in client.get("/accounts/login/").content.decode()
    assert client.post("/accounts/demo/", {"username": "W001"}).url == "/accounts/devices/"
    assert client.session["_auth_user_id"] == str(person.pk)


def test_demo_opens_only_listed_accounts(with_demo, person, now):
    with_demo(True)
    demo.write(PEOPLE)
    actions.create_user("W002", "李四", by=None, now=now)
    client = Client()
    assert client.post("/accounts/demo/", {"username": "W002"}).status_code == 404
    assert client.get("/accounts/demo/?username=W001").status_code == 405
    actions.disable(person, by=None, now=now)
    assert client.post("/accounts/demo/", {"username": "W001"}).status_code == 404


def test_without_demo_the_address_does_not_exist(with_demo, person):
    with_demo(True)
    demo.write(PEOPLE)
    with_demo(False)
    client = Client(headers={"accept-language": "en"})
    assert client.post("/accounts/demo/", {"username": "W001"}).status_code == 404
    assert "Grid worker" not in client.get("/accounts/login/").content.decode()
    assert json.loads(demo.settings.DEMO_ACCOUNTS.read_text())["Grid worker"]["username"] == "W001"
