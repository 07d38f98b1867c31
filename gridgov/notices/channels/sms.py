"""Text messages by an HTTP gateway: Aliyun's signature (ACS3-HMAC-SHA256), or signed JSON in a shape of one's own."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from gridgov.accounts.models import User
from gridgov.notices.channels import Parcel
from gridgov.notices.registry import Kind
from gridgov.outside import http
from gridgov.outside.config import Sms, need
from gridgov.outside.trouble import Later, Refused, Trouble, Why
from gridgov.privacy.actions import hand_over

# Aliyun's answers (help.aliyun.com, SendSms error codes) → what they mean for us; anything else is tried again.
NEVER = {
    "isv.MOBILE_NUMBER_ILLEGAL": Why.ADDRESS,
    "isv.MOBILE_COUNT_OVER_LIMIT": Why.ADDRESS,
    "isv.BLACK_KEY_CONTROL_LIMIT": Why.CONTENT,
    "isv.SMS_TEMPLATE_ILLEGAL": Why.CONTENT,
    "isv.TEMPLATE_PARAMS_ILLEGAL": Why.CONTENT,
    "isv.PARAM_LENGTH_LIMIT": Why.CONTENT,
    "isv.DENY_IP_RANGE": Why.KEY,
    "isv.BLACKLIST_NUMBER": Why.BLOCKED,
}
LATER = {"isv.BUSINESS_LIMIT_CONTROL": 3600, "isv.DAY_LIMIT_CONTROL": 6 * 3600, "Throttling.User": 60}
PLACE = re.compile(r"\{(key|phone|text|title|body|url|sign)\}")
SHORT = 35  # characters of one variable of a template


def _signed(secret: str, text: str) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def aliyun_headers(
    own: Sms, query: str, host: str, *, at: datetime, nonce: str, action: str = "SendSms", version: str = "2017-05-25"
) -> dict[str, str]:
    """The headers of a call, signed the ACS3 way: `query` is sorted and percent-encoded already."""
    empty = hashlib.sha256(b"").hexdigest()
    head = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": empty,
        "x-acs-date": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(sorted(head))
    lines = "".join(f"{name}:{head[name]}\n" for name in sorted(head))
    request = "\n".join(["POST", "/", query, lines, names, empty])
    signature = _signed(own.secret, "ACS3-HMAC-SHA256\n" + hashlib.sha256(request.encode()).hexdigest())
    credential = f"Credential={own.key},SignedHeaders={names},Signature={signature}"
    return head | {"Authorization": f"ACS3-HMAC-SHA256 {credential}"}


def _by_aliyun(own: Sms, parcel: Parcel) -> None:
    values = {"title": parcel.title[:SHORT], "text": parcel.body[:SHORT] or "-", "url": parcel.url}
    facts = {
        "OutId": parcel.key,
        "PhoneNumbers": parcel.to[0],
        "SignName": own.sign,
        "TemplateCode": own.template,
        "TemplateParam": json.dumps(values, ensure_ascii=False),
    }
    query = "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted(facts.items()))
    nonce = hashlib.sha256(parcel.key.encode() + str(time.time_ns()).encode()).hexdigest()[:32]
    head = aliyun_headers(own, query, urlsplit(own.url).netloc, at=datetime.now(UTC), nonce=nonce)
    code = str(http.expect_success(http.send("POST", f"{own.url}/?{query}", headers=head)).json().get("Code", ""))
    if code in NEVER:
        raise Refused(NEVER[code], code)
    if code in LATER:
        raise Later(Why.QUOTA, code, seconds=LATER[code])
    if code != "OK":
        raise Trouble(Why.STATUS if code else Why.UNREADABLE, code)


def filled(shape: Any, values: dict[str, str]) -> Any:
    """`shape` with {key}, {phone}, {text} … put into its strings, never into its structure."""
    if isinstance(shape, dict):
        return {key: filled(value, values) for key, value in shape.items()}
    if isinstance(shape, list):
        return [filled(value, values) for value in shape]
    if isinstance(shape, str):
        return PLACE.sub(lambda found: values[found[1]], shape)
    return shape


def _by_json(own: Sms, parcel: Parcel) -> None:
    words = {"title": parcel.title, "body": parcel.body, "url": parcel.url, "sign": own.sign}
    values = words | {"key": parcel.key, "phone": parcel.to[0], "text": own.template.format_map(words).strip()}
    body = json.dumps(filled(own.body, values), ensure_ascii=False)
    at = str(int(time.time()))
    head = {"X-Key": own.key, "X-Timestamp": at, "X-Signature": _signed(own.secret, f"{at}\n{body}")}
    head |= {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": parcel.key}
    answer = http.send("POST", own.url, body=body.encode(), headers=head)
    if answer.status in (400, 422):
        raise Refused(Why.ADDRESS, answer.status)
    said = http.expect_success(answer).json()
    if own.success and str(said.get(own.success[0])) != own.success[1]:
        raise Trouble(Why.STATUS, str(said.get(own.success[0])))


class TextMessage:
    """短信: costs money and reaches everybody, so by default only what is urgent goes this way."""

    name = "sms"
    label = _("Text message")
    at_once: ClassVar[frozenset[str]] = frozenset({Kind.URGENT})

    def reaches(self, users: Collection[User]) -> set[int]:
        """Everyone whose sign-in has a phone: the office wrote it down."""
        return {user.pk for user in users if user.phone_index}

    def address(self, user: User) -> tuple[str, ...]:
        """The phone."""
        phone = hand_over(user, "phone")
        return (phone,) if phone else ()

    def deliver(self, parcel: Parcel) -> None:
        """By the configured gateway."""
        own = need(settings.OUTSIDE.sms)
        (_by_aliyun if own.style == "aliyun" else _by_json)(own, parcel)
