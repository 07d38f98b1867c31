from datetime import timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from gridgov.accounts import actions, qr
from gridgov.accounts.actions import ResetRefused
from gridgov.accounts.models import PasswordReset, User
from gridgov.audit.models import AuditEvent
from tests.accounts.conftest import PASSWORD

NEW = "a wholly new one 42"


@pytest.mark.parametrize(
    ("password", "fine"),
    [
        ("plum tree by the river", True),
        ("梅树在河边的第七棵呀", True),
        ("short", False),
        ("1234567890123", False),
        ("password123", False),
        ("gridgov gridgov 1", False),
        ("ＧｒｉｄＧｏｖ abc 12", False),
        ("my w001 password", False),
        ("张三丰的好密码一二三", False),
        ("我们网格的密码啊哈哈", False),
    ],
)
def test_a_password_is_refused_when_it_is_short_common_or_of_this_place(db, password, fine):
    user = User(username="W001", name="张三丰")
    if fine:
        validate_password(password, user)
    else:
        with pytest.raises(ValidationError):
            validate_password(password, user)


def test_modern_profile_asks_for_no_kinds_and_no_rotation(db):
    validate_password("onlysmallletterspaced", User(username="W1", name="x"))


@pytest.mark.parametrize(
    ("password", "fine"),
    [("onlysmallletters", False), ("two kinds 123", False), ("Three kinds 123", True), ("three, kinds 123", True)],
)
def test_dengbao3_asks_for_three_kinds(db, settings, password, fine):
    settings.SECURITY_PROFILE = "dengbao3"
    if fine:
        validate_password(password, User(username="X9", name="x"))
    else:
        with pytest.raises(ValidationError):
            validate_password(password, User(username="X9", name="x"))


def test_dengbao3_refuses_the_last_five_and_forgets_older_ones(person, now, settings):
    settings.SECURITY_PROFILE = "dengbao3"
    used = [f"Number {n} of a few" for n in range(7)]
    for number, password in enumerate(used):
        actions.change_password(person, password, by=person, now=now + timedelta(minutes=number))
    person.refresh_from_db()
    for password in used[2:]:
        with pytest.raises(ValidationError):
            validate_password(password, person)
    validate_password(used[0], person)
    assert person.past_passwords.count() == 5


def test_dengbao3_asks_for_a_new_password_after_its_time(signed_in, person, now, settings):
    User.objects.update(password_changed_at=now - timedelta(days=91))
    assert signed_in.get("/accounts/devices/").status_code == 200
    settings.SECURITY_PROFILE = "dengbao3"
    assert signed_in.get("/accounts/devices/").url.startswith("/accounts/password/?next=")


def change(client, old=PASSWORD, new=NEW, again=NEW):
    return client.post("/accounts/password/", {"password": old, "new_password": new, "repeated": again})


def test_own_password_change_keeps_this_device_and_ends_the_others(signed_in, person):
    other = Client()
    other.post("/accounts/login/", {"login": "W001", "password": PASSWORD})
    assert change(signed_in).url == reverse("accounts:profile")
    assert signed_in.get("/accounts/devices/").status_code == 200
    assert other.get("/accounts/devices/").status_code == 302
    assert AuditEvent.objects.filter(action="accounts.change_password").count() == 1


@pytest.mark.parametrize(
    ("old", "new", "again", "field"),
    [("wrong", NEW, NEW, "password"), (PASSWORD, NEW, "other", "repeated"), (PASSWORD, "w001", "w001", "new_password")],
)
def test_password_change_says_what_is_wrong_beside_its_field(signed_in, old, new, again, field):
    answer = change(signed_in, old, new, again)
    assert list(answer.context["form"].errors) == [field]


def test_guessing_the_present_password_locks_like_signing_in(signed_in):
    for _ in range(5):
        change(signed_in, old="wrong")
    assert "Too many attempts" in change(signed_in).context["form"].errors["password"][0]


def test_given_password_must_be_changed_before_anything_else(signed_in, person):
    User.objects.update(must_change_password=True)
    answer = signed_in.get("/accounts/devices/?x=1")
    assert answer.url == "/accounts/password/?next=%2Faccounts%2Fdevices%2F%3Fx%3D1"
    done = signed_in.post(
        answer.url, {"password": PASSWORD, "new_password": NEW, "repeated": NEW, "next": "/accounts/devices/?x=1"}
    )
    assert done.url == "/accounts/devices/?x=1"
    assert signed_in.get(done.url).status_code == 200


def test_forced_change_still_lets_people_sign_out(signed_in):
    User.objects.update(must_change_password=True)
    assert signed_in.post("/accounts/logout/").url == "/accounts/login/"


# ── The one-time link ───────────────────────────────────────────────────────────────────────────────────────────


def open_link(token, **data):
    client = Client(headers={"accept-language": "en"})
    return client.post(reverse("accounts:set_password"), {"token": token, **data})


def test_one_time_link_sets_a_password_once(person, now):
    issued = actions.issue_reset(person, by=person, now=now)
    page = open_link(issued.token)
    assert (page.status_code, "no-store" in page["Cache-Control"]) == (200, True)
    assert open_link(issued.token, new_password=NEW, repeated=NEW).url == "/accounts/login/"
    assert open_link(issued.token).status_code == 410
    assert open_link(issued.token, new_password="yet another 99", repeated="yet another 99").status_code == 410
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))[-2:] == [
        "accounts.issue_reset",
        "accounts.use_reset",
    ]


@pytest.mark.parametrize("why", ["unknown", "old", "replaced", "disabled"])
def test_link_that_no_longer_works_says_so(person, now, why):
    token = actions.issue_reset(person, by=None, now=now).token
    if why == "unknown":
        token = "x" * 22
    elif why == "old":
        PasswordReset.objects.update(issued_at=now - timedelta(hours=25), expires_at=now - timedelta(hours=1))
    elif why == "replaced":
        actions.issue_reset(person, by=None, now=now)
    else:
        actions.disable(person, by=None, now=now)
        actions.enable(person, by=None, now=now)
    assert open_link(token).status_code == 410
    with pytest.raises(ResetRefused):
        actions.use_reset(token, NEW, now=now)
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_link_keeps_its_code_where_no_log_sees_it(rf, db):
    link = qr.reset_link(rf.get("/"), "abc-_1")
    assert link == "http://testserver/accounts/set/#abc-_1"
    assert "<svg" in qr.svg(link, label="x")
    assert Client().get(link).status_code == 200


def test_only_the_hash_of_a_link_is_kept(person, now):
    token = actions.issue_reset(person, by=None, now=now).token
    stored = bytes(PasswordReset.objects.values_list("token_hash", flat=True)[0])
    assert (len(stored), token.encode() in stored) == (32, False)


def test_poor_password_does_not_use_the_link_up(person, now):
    token = actions.issue_reset(person, by=None, now=now).token
    assert open_link(token, new_password="w001", repeated="w001").status_code == 200
    assert open_link(token, new_password=NEW, repeated=NEW).status_code == 302


def test_link_opens_a_locked_account_again(client, person, now):
    for _ in range(5):
        client.post("/accounts/login/", {"login": "W001", "password": "wrong"})
    actions.use_reset(actions.issue_reset(person, by=None, now=now).token, NEW, now=now)
    assert client.post("/accounts/login/", {"login": "W001", "password": NEW}).status_code == 302


@given(st.text(max_size=40))
def test_token_hash_is_one_way_and_stable(text):
    digest = actions.token_hash(text)
    assert digest == actions.token_hash(text)
    assert len(digest) == 32
