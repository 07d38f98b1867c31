"""Each way out against a real server that speaks its gateway's shape, takes, fails, hangs and cuts the line."""

import base64
import hashlib
import hmac
import json
import threading
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.core import mail
from django.utils import translation

from gridgov import notices
from gridgov.accounts.models import Identity, Platform
from gridgov.notices import actions, channels, delivery, registry
from gridgov.notices.channels import dingtalk, sms, webhook
from gridgov.notices.models import GroupRobot, Mailbox, Outbox, PushDevice
from gridgov.outside import http
from gridgov.outside.config import Sms
from gridgov.outside.trouble import Refused, Why
from tests.notices.gateway import SECRETS, outside

HTTP_WAYS = ["sms", "wecom", "dingtalk", "webhook", "wecom_group", "dingtalk_group"]


@pytest.fixture(autouse=True)
def _message(monkeypatch):
    monkeypatch.setattr(registry, "_messages", {})
    notices.register("test.late", title="Late: %(number)s", body="No. %(number)s", url=lambda pk, params: f"/x/{pk}/")


@pytest.fixture
def told(worker, team_unit, now, gateway):
    """One urgent message about the worker's unit, queued on every way there is."""
    for platform in (Platform.WECOM, Platform.DINGTALK):
        row = Identity(user=worker, platform=platform, linked_at=now)
        row.set_subject("wang.xiaoqin")
        row.save()
    for at, path in (("wecom_group", "/cgi-bin/webhook/send?key=k"), ("dingtalk_group", "/robot/send?access_token=t")):
        GroupRobot.objects.create(
            unit_id=team_unit.pk,
            area_path=team_unit.area_path,
            at=at,
            label="班组群",
            url=gateway.url + path,
            secret="SEC1",
            created_at=now,
        )
    actions.tell([worker], "test.late", subject=None, params={"number": 7}, now=now, urgent=True)
    actions.tell_groups([team_unit.pk], "test.late", subject=None, params={"number": 7}, now=now, urgent=True)
    return {row.channel: row for row in Outbox.objects.all()}


def test_every_way_takes_it_once(told, gateway):
    for name in HTTP_WAYS:
        assert delivery.run(name) == 1, name
        assert list(gateway.accepted[name].values()) == [1], name
        told[name].refresh_from_db()
        assert (told[name].state, told[name].attempts, told[name].error) == ("sent", 1, ""), name
        assert delivery.run(name) == 0, name


def test_told_together_the_outbox_is_the_same_as_told_one_by_one(told, worker, team_unit, now):
    def written():
        rows = Outbox.objects.order_by("channel")
        return [
            (r.channel, r.user_id, r.robot_id, r.area_path, r.urgent, r.next_at, r.payload["params"], r.payload["code"])
            for r in rows
        ]

    one_by_one = written()
    Outbox.objects.all().delete()
    telling = actions.Telling([worker], team_unit, {"number": 7}, urgent=True, unit_id=team_unit.pk)
    actions.tell_each("test.late", [telling], now=now)
    assert written() == one_by_one
    assert {row.payload["subject_id"] for row in Outbox.objects.all()} == {str(team_unit.pk)}


FAULTS = {
    "error": Why.STATUS,
    "html": Why.UNREADABLE,  # a webhook's receiver may answer 2xx with anything
    "busy": Why.BUSY,
    "redirect": Why.STATUS,
    "drop": Why.UNREACHABLE,
    "hang": Why.TIMEOUT,
}


@pytest.mark.parametrize(
    ("name", "mode", "error"),
    [
        (name, mode, error)
        for name in ("sms", "wecom", "dingtalk_group", "webhook")
        for mode, error in FAULTS.items()
        if (name, mode) != ("webhook", "html")
    ],
)
def test_failure_is_kept_in_words_and_tried_again_with_the_same_key(told, gateway, now, name, mode, error):
    gateway.mode[name] = [mode, "ok"]
    delivery.run(name)
    row = told[name]
    row.refresh_from_db()
    assert (row.state, row.error) == ("waiting", error)
    assert row.error_words
    pause = row.next_at - now
    assert timedelta(seconds=6) < pause < (timedelta(seconds=9) if mode == "busy" else timedelta(seconds=40))
    Outbox.objects.filter(pk=row.pk).update(next_at=now)
    delivery.run(name)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("sent", 2)
    assert len(gateway.delivered(name)) == 1  # taken twice after a cut line, under one key
    assert sum(gateway.accepted[name].values()) == (2 if mode == "drop" else 1)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("sms", Why.ADDRESS),
        ("wecom", Why.ADDRESS),
        ("dingtalk", Why.ADDRESS),
        ("webhook", Why.BLOCKED),
        ("wecom_group", Why.ADDRESS),
        ("dingtalk_group", Why.KEY),
    ],
)
def test_what_cannot_help_is_given_up_at_once(told, gateway, name, error):
    gateway.mode[name] = "number"
    delivery.run(name)
    told[name].refresh_from_db()
    assert (told[name].state, told[name].attempts, told[name].error) == ("failed", 1, error)


@pytest.mark.parametrize("name", ["wecom", "dingtalk"])
def test_expired_token_is_fetched_anew_within_the_same_attempt(told, gateway, name):
    gateway.mode[name] = "expired"
    delivery.run(name)
    told[name].refresh_from_db()
    assert (told[name].state, told[name].attempts, gateway.tokens[name]) == ("sent", 1, 2)
    tokens_before = gateway.tokens[name]
    Outbox.objects.filter(pk=told[name].pk).update(state="waiting", sent_at=None)
    delivery.run(name)
    assert gateway.tokens[name] == tokens_before  # kept meanwhile


def test_nobody_elses_data_goes_out(told, gateway, worker):
    for name in HTTP_WAYS:
        delivery.run(name)
    sent = [asked for asked in gateway.requests if asked["method"] == "POST"]
    with_phone = [asked["path"] for asked in sent if b"19900000001" in asked["body"]]
    assert with_phone == ["/sms"]
    assert not any(worker.name.encode() in asked["body"] for asked in sent)


def test_hanging_gateway_costs_two_timeouts_and_gives_the_rest_back(gateway, cast, now):
    people = list(cast.people.values())[:8]
    actions.tell(people, "test.late", subject=None, params={"number": 7}, now=now, urgent=True)
    gateway.mode["sms"] = "hang"
    assert delivery.run("sms") == delivery.PATIENCE
    rows = Outbox.objects.filter(channel="sms")
    assert sorted(rows.values_list("attempts", flat=True)) == [0] * 6 + [1] * 2
    assert rows.due(now + timedelta(minutes=1)).count() == 8
    assert delivery.run("webhook") == 1


@pytest.mark.django_db(transaction=True)
def test_hanging_gateway_does_not_hold_up_the_others(gateway, cast, now, monkeypatch):
    """Each of two gateways answers only once the other has been asked: one after the other, neither would."""
    monkeypatch.setattr(http, "READ_SECONDS", 10)
    actions.tell([cast.people["worker"]], "test.late", subject=None, params={"number": 7}, now=now, urgent=True)
    both_asked = threading.Barrier(2)

    def waiting(route):
        def answered(*args):
            both_asked.wait(timeout=10)
            return route(*args)

        return answered

    gateway.routes |= {path: waiting(gateway.routes[path]) for path in ("/sms", "/hook")}
    assert delivery.run_all() == 2
    assert dict(Outbox.objects.values_list("channel", "state")) == {"sms": "sent", "webhook": "sent"}


def test_what_the_manual_tells_receivers_to_do_accepts_what_we_send(settings, told, gateway):
    manual = (settings.BASE_DIR / "docs" / "operations.md").read_text(encoding="utf-8")
    code = manual.split("```python\n", 1)[1].split("```", 1)[0]
    given: dict = {}
    exec(code, given)
    delivery.run("webhook")
    head = {name.title(): value for name, value in gateway.requests[-1]["headers"].items()}
    text = gateway.requests[-1]["body"]
    for secret in SECRETS:
        assert given["is_genuine"](secret, head, text)
    assert not given["is_genuine"]("another secret", head, text)
    assert not given["is_genuine"](SECRETS[0], head, text + b" ")
    assert not given["is_genuine"](SECRETS[0], head, text, now=int(head["Webhook-Timestamp"]) + 301)


def test_webhook_is_signed_with_every_secret_that_is_still_valid(told, gateway):
    delivery.run("webhook")
    asked = gateway.requests[-1]
    head, text = asked["headers"], asked["body"]
    signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + text
    right = ["v1," + base64.b64encode(hmac.new(s.encode(), signed, hashlib.sha256).digest()).decode() for s in SECRETS]
    assert head["webhook-signature"].split(" ") == right
    assert abs(int(head["webhook-timestamp"]) - time.time()) < 60
    event = json.loads(text)
    assert (event["type"], event["data"]["params"]) == ("test.late", {"number": 7})
    assert webhook.signatures(("x" * 24,), "id", 1, text) != webhook.signatures(("y" * 24,), "id", 1, text)


def test_event_is_told_once_however_many_people_are(gateway, cast, now):
    actions.tell(list(cast.people.values())[:5], "test.late", subject=None, params={"number": 1}, now=now)
    assert Outbox.objects.filter(channel="webhook").count() == 1


def test_what_is_confidential_is_no_event_for_others(gateway, worker, now):
    actions.tell([worker], "test.late", subject=None, params={"number": 1}, now=now, urgent=True, confidential=True)
    assert list(Outbox.objects.values_list("channel", flat=True)) == ["sms"]


def test_dingtalk_robot_signature_as_the_platform_checks_it():
    url = dingtalk.signed(
        "https://oapi.dingtalk.com/robot/send?access_token=t", "SECabc", milliseconds=1_700_000_000_000
    )
    digest = hmac.new(b"SECabc", b"1700000000000\nSECabc", hashlib.sha256).digest()
    assert url.endswith("&timestamp=1700000000000&sign=" + quote(base64.b64encode(digest).decode(), safe=""))
    assert dingtalk.signed("https://x/?a=1", "", milliseconds=1) == "https://x/?a=1"


def test_aliyun_signature_is_the_one_of_its_documentation():
    """help.aliyun.com, "V3 request syntax and signature": the example with fixed values."""
    own = Sms("aliyun", "https://ecs.cn-shanghai.aliyuncs.com", "YourAccessKeyId", "YourAccessKeySecret", "s", "t")
    head = sms.aliyun_headers(
        own,
        "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai",
        "ecs.cn-shanghai.aliyuncs.com",
        at=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
        nonce="3156853299f313e23d1673dc12e1703d",
        action="RunInstances",
        version="2014-05-26",
    )
    wanted = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    assert head["Authorization"].endswith(f"Signature={wanted}")


@pytest.mark.parametrize(("mode", "state"), [("ok", "sent"), ("number", "failed"), ("error", "waiting")])
def test_the_answer_of_aliyun_decides_the_state(settings, gateway, worker, now, mode, state):
    settings.OUTSIDE = outside(
        gateway, sms=Sms("aliyun", f"{gateway.url}/aliyun", "key", "secret", "和平街道", "SMS_1")
    )
    gateway.mode["aliyun"] = mode
    actions.tell([worker], "test.late", subject=None, params={"number": 7}, now=now, urgent=True)
    delivery.run("sms")
    row = Outbox.objects.get(channel="sms")
    assert row.state == state
    asked = next(asked for asked in gateway.requests if asked["path"] == "/aliyun/")["query"]
    assert (asked["PhoneNumbers"], asked["OutId"]) == ("19900000001", row.key)
    assert json.loads(asked["TemplateParam"])["title"] == "Late: 7"


def test_own_shape_is_filled_without_touching_its_structure():
    shape = {"to": ["{phone}"], "msg": {"text": "{text}!", "n": 1}}
    filled = sms.filled(shape, {"phone": "1", "text": 'x", "admin": "{phone}'})
    assert filled == {"to": ["1"], "msg": {"text": 'x", "admin": "{phone}!', "n": 1}}


def test_mail_has_one_message_id_however_often_it_is_sent(gateway, worker, now):
    Mailbox.objects.create(user=worker, address="worker@example.org", confirmed_at=now)
    actions.tell([worker], "test.late", subject=None, params={"number": 7}, now=now)
    row = Outbox.objects.create(
        channel="mail",
        user=worker,
        key="m",
        payload={"code": "test.late", "params": {"number": 7}},
        created_at=now,
        next_at=now,
    )
    for _again in range(2):
        delivery.run("mail")
        Outbox.objects.filter(pk=row.pk).update(state="waiting", sent_at=None, next_at=now)
    assert [m.to for m in mail.outbox] == [["worker@example.org"]] * 2
    assert len({m.extra_headers["Message-ID"] for m in mail.outbox}) == 1
    assert "https://grid.example.gov.cn/x//" in mail.outbox[0].body


def test_unconfirmed_mail_and_unlinked_account_get_no_rows(gateway, worker, now):
    Mailbox.objects.create(user=worker, address="worker@example.org")
    actions.tell([worker], "test.late", subject=None, params={"number": 7}, now=now, urgent=True)
    assert set(Outbox.objects.values_list("channel", flat=True)) == {"sms", "webhook"}


@pytest.mark.parametrize("gone", ["phone", "closed"])
def test_address_that_vanished_is_given_up_with_words(gateway, worker, now, gone):
    actions.tell([worker], "test.late", subject=None, params={"number": 7}, now=now, urgent=True)
    if gone == "phone":
        worker.set_phone("")
    worker.is_active = gone != "closed"
    worker.save()
    delivery.run("sms")
    row = Outbox.objects.get(channel="sms")
    assert (row.state, row.error) == ("failed", Why.NO_ADDRESS if gone == "phone" else Why.CLOSED)


def test_push_forgets_browsers_that_are_gone(gateway, settings, worker, now):
    from py_vapid import Vapid, b64urlencode

    from gridgov.notices.channels import push
    from gridgov.outside.config import Push

    vapid = Vapid()
    vapid.generate_keys()
    raw = vapid.private_key.private_numbers().private_value.to_bytes(32, "big")
    settings.OUTSIDE = outside(gateway, push=Push(b64urlencode(raw), "mailto:it@example.gov.cn", ("127.0.0.1",)))
    point = push.public_key()
    device = {"endpoint": f"{gateway.url}/push/1", "keys": {"p256dh": point, "auth": b64urlencode(b"0" * 16)}}
    far = {**device, "endpoint": "https://evil.example/push"}
    for number, subscription in enumerate((device, far)):
        PushDevice.objects.create(
            user=worker, subscription=json.dumps(subscription), endpoint_index=bytes([number]) * 16, created_at=now
        )
    parcel = delivery.composing.Parcel("k", "title", "body", "https://x/", True, now, to=push.WebPush().address(worker))
    push.WebPush().deliver(parcel)
    asked = gateway.requests[-1]
    assert asked["headers"]["content-encoding"] == "aes128gcm"
    assert asked["headers"]["authorization"].startswith(("vapid ", "WebPush "))
    assert b"title" not in asked["body"]
    assert PushDevice.objects.count() == 1  # the address outside the push services was never asked
    gateway.mode["push"] = "number"
    with pytest.raises(Refused):
        push.WebPush().deliver(parcel)
    assert not PushDevice.objects.exists()


@pytest.mark.parametrize(("name", "words"), [("sms", "短信"), ("wecom_group", "企业微信群机器人"), ("gone", "gone")])
def test_a_way_that_is_not_connected_any_more_keeps_its_name_in_the_log(name, words):
    assert channels.configured() == ()
    with translation.override("zh-hans"):
        assert str(channels.label(name)) == words
