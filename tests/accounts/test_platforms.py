"""Sign-in through 企业微信, 钉钉 and OpenID Connect, against a provider that speaks their shapes on loopback."""

import base64
import hashlib
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import RSAKey

from gridgov.accounts import actions, identity_actions, lockout
from gridgov.accounts.models import Identity
from gridgov.accounts.platforms import oidc, trips
from gridgov.audit.models import AuditEvent
from gridgov.outside import tokens
from gridgov.outside.config import Oidc
from tests.accounts.conftest import PASSWORD
from tests.notices.gateway import Gateway, body, outside

PLATFORMS = ["wecom", "dingtalk", "oidc"]
KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})


class Provider(Gateway):
    """All three at once. `codes`: code → who it stands for, each good for once. `claims` spoil an ID token."""

    def __init__(self):
        super().__init__()
        self.codes, self.claims, self.key, self.challenge = {}, {}, KEY, ""
        self.routes |= {
            "/cgi-bin/auth/getuserinfo": self.wecom,
            "/v1.0/oauth2/userAccessToken": self.dingtalk_token,
            "/v1.0/contact/users/me": self.dingtalk_me,
            "/topapi/user/getbyunionid": self.dingtalk_user,
            "/oidc/.well-known/openid-configuration": self.description,
            "/oidc/token": self.token_endpoint,
            "/oidc/jwks": lambda gw, handler, asked: handler.reply(200, {"keys": [KEY.as_dict(private=False)]}),
        }

    def wecom(self, gateway, handler, asked):
        who = self.codes.pop(asked["query"]["code"], None)
        if who is None:
            return handler.reply(200, {"errcode": 40029, "errmsg": "invalid code"})
        return handler.reply(200, {"errcode": 0, **({"userid": who} if who != "outside" else {"openid": "o1"})})

    def dingtalk_token(self, gateway, handler, asked):
        who = self.codes.pop(body(asked)["code"], None)
        handler.reply(*((200, {"accessToken": f"user-{who}"}) if who else (400, {"code": "invalidParameter.authCode"})))

    def dingtalk_me(self, gateway, handler, asked):
        handler.reply(200, {"unionId": asked["headers"]["x-acs-dingtalk-access-token"].removeprefix("user-")})

    def dingtalk_user(self, gateway, handler, asked):
        who = body(asked)["unionid"]
        found = {"errcode": 0, "result": {"userid": who}} if who != "outside" else {"errcode": 60121}
        handler.reply(200, found)

    def description(self, gateway, handler, asked):
        base = f"{self.url}/oidc"
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
        handler.reply(200, {"issuer": base, **{name: f"{base}/{path}" for name, path in ends.items()}})

    def token_endpoint(self, gateway, handler, asked):
        form = {k: v[0] for k, v in parse_qs(asked["body"].decode()).items()}
        digest = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        who = self.codes.pop(form["code"], None)
        if who is None or digest != self.challenge:
            return handler.reply(400, {"error": "invalid_grant"})
        now = int(time.time())
        claims = {
            "iss": f"{self.url}/oidc",
            "aud": "client",
            "sub": who,
            "exp": now + 60,
            "iat": now,
            "nonce": self.nonce,
        }
        return handler.reply(
            200, {"id_token": jwt.encode({"alg": "RS256", "kid": "k1"}, claims | self.claims, self.key)}
        )


@pytest.fixture
def provider(settings):
    tokens.forget()
    oidc._descriptions.clear()
    with Provider() as running:
        settings.OUTSIDE = outside(running, oidc=Oidc(f"{running.url}/oidc", "client", "secret", "统一认证"))
        yield running


def depart(client, platform, provider, path="via"):
    """Press the button; the query with which one arrives at the platform."""
    answer = client.post(f"/accounts/{path}/{platform}/", {"next": "/notices/"} if path == "via" else {})
    if answer["Location"].startswith("/accounts/reauthenticate/"):
        answer = client.post(answer["Location"], {"password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()[:300]
    query = {k: v[0] for k, v in parse_qs(urlsplit(answer["Location"]).query).items()}
    assert query["redirect_uri"] == f"https://grid.example.gov.cn/accounts/via/{platform}/back/"
    provider.challenge, provider.nonce = query.get("code_challenge", ""), query.get("nonce", "")
    return query


def come_back(client, platform, provider, who, state, code="c1"):
    provider.codes[code] = who
    return client.get(f"/accounts/via/{platform}/back/", {"state": state, "code": code, "authCode": code})


def enter(client, platform, provider, who="zhang"):
    return come_back(client, platform, provider, who, depart(client, platform, provider)["state"])


def subject(platform, provider, who="zhang"):
    return f'["{provider.url}/oidc", "{who}"]' if platform == "oidc" else who


@pytest.fixture
def linked(person, provider, now):
    for platform in PLATFORMS:
        identity_actions.link(person, platform, subject(platform, provider), by=person, now=now)
    return person


@pytest.mark.parametrize("platform", PLATFORMS)
def test_linked_account_signs_in_and_goes_where_it_wanted(client, linked, provider, platform):
    answer = enter(client, platform, provider)
    assert (answer.status_code, answer["Location"]) == (302, "/notices/")
    assert client.session["_auth_user_id"] == str(linked.pk)
    assert AuditEvent.objects.order_by("-pk").first().action == "accounts.sign_in"
    assert Identity.objects.get(platform=platform).last_used_at is not None


@pytest.mark.parametrize("platform", PLATFORMS)
def test_account_nobody_linked_gets_no_account(client, person, provider, platform):
    answer = enter(client, platform, provider, "stranger")
    assert answer.status_code == 403
    assert "_auth_user_id" not in client.session
    assert AuditEvent.objects.order_by("-pk").first().action == "accounts.sign_in_failed"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_closed_sign_in_stays_closed(client, linked, provider, now, platform):
    actions.disable(linked, by=None, now=now)
    assert enter(client, platform, provider).status_code == 403
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("state", ["", "guess", "used", "other session", "old", "other platform"])
def test_way_back_without_the_right_state_leads_nowhere(client, linked, provider, monkeypatch, platform, state):
    right = depart(client, platform, provider)["state"]
    sent = {"": "", "guess": "guess"}.get(state, right)
    by, where = client, platform
    if state == "used":
        come_back(client, platform, provider, "zhang", right)
        client.post("/accounts/logout/")
    if state == "other session":
        by = Client()
    if state == "old":
        monkeypatch.setattr(trips, "LIFETIME", -1)
    if state == "other platform":
        where = PLATFORMS[PLATFORMS.index(platform) - 1]
    asked = len(provider.requests)
    answer = come_back(by, where, provider, "zhang", sent, code="c2")
    assert answer.status_code == 400
    assert "_auth_user_id" not in by.session
    assert len(provider.requests) == asked  # nobody even asks the platform
    failed = AuditEvent.objects.order_by("-pk").first()
    assert (failed.action, failed.data["reason"]) == ("accounts.sign_in_failed", "state")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_code_that_was_used_before_is_refused(client, linked, provider, platform):
    state = depart(client, platform, provider)["state"]
    answer = client.get(f"/accounts/via/{platform}/back/", {"state": state, "code": "spent", "authCode": "spent"})
    assert answer.status_code == 502
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("platform", ["wecom", "dingtalk"])
def test_somebody_from_outside_the_organisation_is_nobody(client, person, provider, now, platform):
    assert enter(client, platform, provider, "outside").status_code == 403
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "claims",
    [{"aud": "another"}, {"iss": "https://evil.example"}, {"exp": 1}, {"nonce": "old"}, {"aud": ["client", "b"]}],
    ids=lambda claims: next(iter(claims)) + str(type(next(iter(claims.values()))).__name__),
)
def test_spoilt_id_token_signs_nobody_in(client, linked, provider, claims):
    provider.claims = claims
    assert enter(client, "oidc", provider).status_code == 502
    assert "_auth_user_id" not in client.session


def test_id_token_signed_by_another_key_signs_nobody_in(client, linked, provider):
    provider.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
    assert enter(client, "oidc", provider).status_code == 502
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(("platform", "said"), [("oidc", {"error": "access_denied"}), ("wecom", {}), ("dingtalk", {})])
def test_cancelled_there_changes_nothing(client, linked, provider, platform, said):
    state = depart(client, platform, provider)["state"]
    answer = client.get(f"/accounts/via/{platform}/back/", {"state": state, **said}, headers={"accept-language": "en"})
    assert answer.status_code == 400
    assert "It was cancelled there" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_who_could_not_link_is_led_back_to_the_linked_accounts(signed_in, provider):
    state = depart(signed_in, "wecom", provider, path="linked")["state"]
    page = come_back(signed_in, "wecom", provider, "outside", state).content.decode()
    assert "was not linked" in page
    assert 'href="/accounts/linked/"' in page
    assert 'href="/accounts/login/"' not in page


def test_second_step_is_still_asked(client, linked, provider):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(linked, generate_totp_secret())
    answer = enter(client, "wecom", provider)
    assert answer["Location"].startswith("/accounts/factor/code/")
    assert "_auth_user_id" not in client.session


def test_locked_account_is_locked_this_way_too(client, linked, provider, now, settings):
    for _attempt in range(settings.LOCKOUT_ACCOUNT):
        lockout.begin(linked, "W001", "192.0.2.1", now=now)
    assert enter(client, "wecom", provider).status_code == 429
    assert "_auth_user_id" not in client.session


def test_disabling_ends_a_session_that_began_at_a_platform(client, linked, provider, now):
    enter(client, "dingtalk", provider)
    assert client.get("/notices/").status_code == 200
    actions.disable(linked, by=None, now=now)
    assert client.get("/notices/").status_code == 302


@pytest.mark.parametrize("platform", PLATFORMS)
def test_linking_while_signed_in_and_taking_it_away(signed_in, person, provider, platform):
    state = depart(signed_in, platform, provider, "linked")["state"]
    come_back(signed_in, platform, provider, "zhang", state)
    row = Identity.objects.get(user=person)
    assert (row.platform, str(row.subject)) == (platform, "***")
    assert "linked since" in signed_in.get("/accounts/linked/").content.decode()
    signed_in.post("/accounts/logout/")
    assert enter(signed_in, platform, provider)["Location"] == "/notices/"
    signed_in.post(f"/accounts/linked/{platform}/remove/")
    assert not Identity.objects.exists()
    done = AuditEvent.objects.filter(action__in=["accounts.link", "accounts.unlink"])
    assert [event.data["platform"] for event in done] == [platform] * 2


def test_an_account_belongs_to_one_person(signed_in, person, provider, now):
    other = actions.create_user("W002", "李四海", by=None, now=now)
    identity_actions.link(other, "wecom", "zhang", by=other, now=now)
    state = depart(signed_in, "wecom", provider, "linked")["state"]
    come_back(signed_in, "wecom", provider, "zhang", state)
    assert Identity.objects.get().user == other


def test_journey_to_link_cannot_be_finished_by_somebody_else(signed_in, person, provider, now):
    state = depart(signed_in, "wecom", provider, "linked")["state"]
    session = signed_in.session
    session[trips.KEY] = {**session[trips.KEY], "user": person.pk + 1}
    session.save()
    assert come_back(signed_in, "wecom", provider, "zhang", state).status_code == 400
    assert not Identity.objects.exists()


def test_linking_asks_for_the_password_again(signed_in, person, provider):
    assert signed_in.post("/accounts/linked/wecom/")["Location"].startswith("/accounts/reauthenticate/")
    assert trips.KEY not in signed_in.session


def test_capital_letters_are_another_account(person, provider, now):
    identity_actions.link(person, "wecom", "Zhang", by=person, now=now)
    assert Identity.objects.behind("wecom", "zhang") is None


def test_inside_the_app_no_code_has_to_be_scanned(client, db, provider):
    answer = client.post("/accounts/via/wecom/", headers={"user-agent": "Mozilla wxwork/4.1"})
    assert "/wecom/in-app?" in answer["Location"]
    assert answer["Location"].endswith("#wechat_redirect")


def test_buttons_stand_only_where_something_is_configured(client, db, settings):
    assert "/accounts/via/" not in client.get("/accounts/login/").content.decode()
    settings.OUTSIDE = outside(Gateway())
    page = client.get("/accounts/login/").content.decode()
    assert "/accounts/via/wecom/" in page
    assert "/accounts/via/oidc/" not in page
    assert client.post("/accounts/via/oidc/").status_code == 404
