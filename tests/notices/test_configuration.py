"""Settings of gateways and platforms: nothing is needed, nonsense stops the program with its name."""

import io

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from gridgov.outside import config

SITE = {"GRIDGOV_SITE_URL": "https://grid.example.gov.cn"}
WECOM = {"GRIDGOV_WECOM_CORP_ID": "ww1", "GRIDGOV_WECOM_AGENT_ID": "1000002", "GRIDGOV_WECOM_SECRET": "s"}
SMS = {"GRIDGOV_SMS_STYLE": "json", "GRIDGOV_SMS_KEY": "k", "GRIDGOV_SMS_SECRET": "s", "GRIDGOV_SMS_SIGN": "街道"}
SMS |= {"GRIDGOV_SMS_URL": "https://sms.example.gov.cn/send"}
HOOK = {"GRIDGOV_WEBHOOK_URL": "https://hook.example.gov.cn/", "GRIDGOV_WEBHOOK_SECRETS": "x" * 24 + "," + "y" * 24}


def read(**values):
    env = environ.Env()
    env.ENVIRON = values
    return config.read(env)


def test_an_empty_environment_configures_nothing():
    assert read() == config.Outside()
    assert read().sign_in_origins == []


def test_whole_configuration_is_read():
    outside = read(**SITE, **WECOM, **SMS, **HOOK)
    assert (outside.wecom.agent_id, outside.wecom.url) == (1_000_002, "https://qyapi.weixin.qq.com")
    assert outside.webhook.secrets == ("x" * 24, "y" * 24)
    assert outside.sms.body["phone"] == "{phone}"
    assert outside.sign_in_origins == ["https://login.work.weixin.qq.com", "https://open.weixin.qq.com"]
    assert "x" * 24 not in repr(outside)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (WECOM, "GRIDGOV_SITE_URL"),
        (SITE | {k: v for k, v in WECOM.items() if "SECRET" not in k}, "GRIDGOV_WECOM_SECRET"),
        (SITE | WECOM | {"GRIDGOV_WECOM_AGENT_ID": "main"}, "GRIDGOV_WECOM_AGENT_ID"),
        (SITE | SMS | {"GRIDGOV_SMS_STYLE": "pigeon"}, "GRIDGOV_SMS_STYLE"),
        (SITE | SMS | {"GRIDGOV_SMS_STYLE": "aliyun"}, "GRIDGOV_SMS_TEMPLATE"),
        (SITE | SMS | {"GRIDGOV_SMS_BODY": "{"}, "GRIDGOV_SMS_BODY"),
        (SITE | SMS | {"GRIDGOV_SMS_BODY": '{"to": "{phone}"}'}, "GRIDGOV_SMS_BODY"),
        (SITE | SMS | {"GRIDGOV_SMS_TEMPLATE": "{phone.x}"}, "GRIDGOV_SMS_TEMPLATE"),
        (SITE | SMS | {"GRIDGOV_SMS_SUCCESS": "ok"}, "GRIDGOV_SMS_SUCCESS"),
        (SITE | SMS | {"GRIDGOV_SMS_URL": "http://sms.example.gov.cn/"}, "GRIDGOV_SMS_URL"),
        (SITE | HOOK | {"GRIDGOV_WEBHOOK_SECRETS": "short"}, "GRIDGOV_WEBHOOK_SECRETS"),
        (SITE | HOOK | {"GRIDGOV_WEBHOOK_URL": "https://u:p@hook.example.gov.cn/"}, "GRIDGOV_WEBHOOK_URL"),
        (SITE | {"GRIDGOV_PUSH_PRIVATE_KEY": "abc", "GRIDGOV_PUSH_CONTACT": "mailto:a@b"}, "GRIDGOV_PUSH_PRIVATE_KEY"),
        (SITE | {"GRIDGOV_MAIL_FROM": "a@b"}, "GRIDGOV_MAIL_URL"),
        ({"GRIDGOV_SITE_URL": "grid"}, "GRIDGOV_SITE_URL"),
    ],
)
def test_nonsense_stops_the_program_with_its_name(values, named):
    with pytest.raises(ImproperlyConfigured, match=named):
        read(**values)


def test_gateway_in_our_own_network_has_to_be_named():
    inside = SMS | {"GRIDGOV_SMS_URL": "http://sms.inside:8080/send"}
    assert read(**SITE, **inside, GRIDGOV_PRIVATE_HOSTS="sms.inside").sms.url == "http://sms.inside:8080/send"


def test_printed_push_key_is_accepted():
    out = io.StringIO()
    call_command("make_push_key", stdout=out)
    key = out.getvalue().strip()
    assert read(**SITE, GRIDGOV_PUSH_PRIVATE_KEY=key, GRIDGOV_PUSH_CONTACT="mailto:a@b").push.private_key == key
