"""Registers the channels that the environment configures."""

from typing import cast

from django.conf import settings

from gridgov.notices import channels
from gridgov.notices.channels import dingtalk, mail, push, sms, webhook, wecom
from gridgov.outside.config import Outside


def register_configured() -> None:
    """Every adapter whose settings are there; in the order in which pages show them."""
    outside: Outside = settings.OUTSIDE
    found: tuple[tuple[object, type[channels.Channel]], ...] = (
        (outside.wecom, wecom.Application),
        (outside.dingtalk, dingtalk.Application),
        (outside.sms, sms.TextMessage),
        (outside.mail_from, mail.Mail),
        (outside.push, push.WebPush),
        (outside.webhook, webhook.Webhook),
        (outside.site_url, wecom.GroupRobot),
        (outside.site_url, dingtalk.GroupRobot),
    )
    for configuration, adapter in found:
        channels.know(str(adapter.name), cast(str, adapter.label))
        if configuration:
            channels.register(adapter())
