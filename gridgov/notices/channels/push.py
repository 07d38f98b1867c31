"""Web push (RFC 8030, 8188, 8292), an extra: most browsers' push services cannot be reached in mainland China."""

import json
from collections.abc import Collection
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from py_vapid import Vapid
from pywebpush import WebPusher, WebPushException

from gridgov.accounts.models import User
from gridgov.notices.channels import Parcel
from gridgov.notices.models import PushDevice
from gridgov.notices.registry import Kind
from gridgov.outside import http
from gridgov.outside.config import Push, need
from gridgov.outside.trouble import Refused, Trouble, Why

KEPT_SECONDS = 24 * 3600  # how long the push service holds a message for a device that sleeps
GONE = {404, 410}


def public_key() -> str:
    """What a browser needs to subscribe: the point of our key, base64url."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from py_vapid import b64urlencode

    point = Vapid.from_string(need(settings.OUTSIDE.push).private_key).public_key
    return b64urlencode(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _post(own: Push, subscription: dict[str, Any], parcel: Parcel) -> http.Answer:
    endpoint = str(subscription["endpoint"])
    parts = urlsplit(endpoint)
    if not http.allowed(parts.hostname or "", own.hosts):
        raise Refused(Why.FORBIDDEN)
    words = {"title": parcel.title, "body": parcel.body, "url": parcel.url, "tag": parcel.key}
    try:
        sealed = WebPusher(subscription).encode(json.dumps(words, ensure_ascii=False).encode(), "aes128gcm")
    except (WebPushException, ValueError):
        raise Refused(Why.ADDRESS) from None
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "sub": own.contact}
    head = Vapid.from_string(own.private_key).sign(claims) | {
        "TTL": str(KEPT_SECONDS),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "Urgency": "high" if parcel.urgent else "normal",
    }
    return http.send("POST", endpoint, body=sealed["body"], headers=head)


class WebPush:
    """To every browser in which the person switched it on; the same tag replaces what is shown already."""

    name = "push"
    label = _("Browser notification")
    at_once: ClassVar[frozenset[str]] = frozenset({Kind.URGENT, Kind.DEADLINE, Kind.WORK})

    def reaches(self, users: Collection[User]) -> set[int]:
        """Who switched it on somewhere."""
        return set(PushDevice.objects.filter(user__in=users).values_list("user_id", flat=True))

    def address(self, user: User) -> tuple[str, ...]:
        """Each device: its key and its subscription."""
        return tuple(part for device in PushDevice.objects.filter(user=user) for part in device.handed_over())

    def deliver(self, parcel: Parcel) -> None:
        """All devices; those that are gone are forgotten. Fails when one failed, or when none is left."""
        own = need(settings.OUTSIDE.push)
        reached, failed = 0, []
        for key, subscription in zip(parcel.to[::2], parcel.to[1::2], strict=True):
            try:
                answer = _post(own, json.loads(subscription), parcel)
                if answer.status in GONE:
                    raise Refused(Why.BLOCKED, answer.status)
                http.expect_success(answer)
                reached += 1
            except Refused:
                PushDevice.objects.filter(pk=key).delete()
            except Trouble as trouble:
                failed.append(trouble)
        if failed:
            raise failed[0]
        if not reached:
            raise Refused(Why.BLOCKED)
