"""A signed webhook: each event once, to one receiver, in the form of standardwebhooks.com. It names no person."""

import base64
import hashlib
import hmac
import json
import time

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from gridgov.notices.channels import Parcel
from gridgov.outside import http
from gridgov.outside.config import need
from gridgov.outside.trouble import Refused, Why

GONE = 410


def signatures(secrets: tuple[str, ...], key: str, at: int, body: bytes) -> str:
    """ "v1,… v1,…": one for each secret, so that the receiver may change over while both are valid."""
    text = f"{key}.{at}.".encode() + body
    made = (hmac.new(secret.encode(), text, hashlib.sha256).digest() for secret in secrets)
    return " ".join("v1," + base64.b64encode(digest).decode() for digest in made)


class Webhook:
    """For the systems of others: what happened, when, and where to look."""

    name = "webhook"
    label = _("Webhook")

    def deliver(self, parcel: Parcel) -> None:
        """POST with id, time and signatures; the id stays the same however often it is sent."""
        own = need(settings.OUTSIDE.webhook)
        event = {
            "type": parcel.code,
            "timestamp": parcel.at.isoformat(),
            "data": {
                "title": parcel.title,
                "body": parcel.body,
                "url": parcel.url,
                "urgent": parcel.urgent,
                "subject": {"kind": parcel.subject[0], "id": parcel.subject[1]},
                "params": parcel.params,
            },
        }
        body, at = json.dumps(event, ensure_ascii=False).encode(), int(time.time())
        head = {
            "Content-Type": "application/json; charset=utf-8",
            "Webhook-Id": parcel.key,
            "Webhook-Timestamp": str(at),
            "Webhook-Signature": signatures(own.secrets, parcel.key, at, body),
        }
        answer = http.send("POST", own.url, body=body, headers=head)
        if answer.status == GONE:
            raise Refused(Why.BLOCKED, GONE)
        http.expect_success(answer)
