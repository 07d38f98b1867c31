"""What a person chooses about messages: by which ways, when the digest comes, which e-mail address and browsers."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from gridgov.notices.models import Mailbox, Outbox, Preference, PushDevice
from gridgov.outside import http
from gridgov.outside.config import need
from gridgov.privacy import crypto
from gridgov.typed import storable

CODE = "notices.code"
CODE_LIFETIME, CODE_PAUSE = timedelta(minutes=30), timedelta(minutes=1)
MOST_TRIES = 5
MOST_DEVICES = 10
MOST_SUBSCRIPTION = 2000  # characters


@transaction.atomic
def choose(
    user: User,
    *,
    ways: Mapping[str, list[str]],
    digest_by: str,
    digest_hour: int,
    zone: str,
    by: User,
    now: datetime,
) -> Preference:
    """Keep what `user` wants; ways that are not configured now keep what was chosen for them earlier."""
    User.objects.select_for_update().get(pk=user.pk)
    chosen = Preference.objects.of(user)
    chosen.ways = {**chosen.ways, **{channel: sorted(kinds) for channel, kinds in ways.items()}}
    chosen.digest_by, chosen.digest_hour, chosen.zone = digest_by, digest_hour, zone
    chosen.digest_next_at = chosen.next_digest(now) if digest_by else None
    chosen.digest_since = (chosen.digest_since or now) if digest_by else None
    chosen.save()
    audit.record("notices.choose_ways", user, by=by, at=now)
    return chosen


def code_of(mailbox: Mailbox) -> str:
    """The six digits that confirm an address: worked out, never stored; other ones for each request."""
    value = f"{mailbox.public_id}:{mailbox.code_until.isoformat() if mailbox.code_until else ''}"
    return f"{int(salted_hmac('notices.mailbox', value, algorithm='sha256').hexdigest(), 16) % 1_000_000:06d}"


@transaction.atomic
def set_mailbox(user: User, address: str, *, by: User, now: datetime) -> Mailbox:
    """Note an e-mail address and send a code there; it is used once the code was typed. One code a minute."""
    User.objects.select_for_update().get(pk=user.pk)
    mailbox = Mailbox.objects.filter(user=user).first() or Mailbox(user=user)
    if mailbox.code_until and mailbox.code_until - CODE_LIFETIME + CODE_PAUSE > now:
        raise ValidationError(_("A code was sent just now. Wait a minute before you ask for another."))
    mailbox.address = address.strip()
    mailbox.code_until, mailbox.code_tries, mailbox.confirmed_at = now + CODE_LIFETIME, 0, None
    mailbox.save()
    Outbox.objects.create(
        channel="mail",
        user=user,
        key=f"code:{mailbox.public_id}:{now.isoformat(timespec='seconds')}",
        payload={"code": CODE, "params": {}},
        urgent=True,
        created_at=now,
        next_at=now,
    )
    audit.record("notices.set_mailbox", user, by=by, at=now)
    return mailbox


def confirm_mailbox(user: User, code: str, *, by: User, now: datetime) -> None:
    """Use the address from now on. Raises ValidationError for a wrong or old code; five tries a code."""
    with transaction.atomic():
        mailbox = Mailbox.objects.select_for_update().filter(user=user, confirmed_at=None).first()
        usable = mailbox and mailbox.code_until and mailbox.code_until > now and mailbox.code_tries < MOST_TRIES
        if mailbox is None or not usable:
            raise ValidationError(_("This code is no longer valid. Ask for a new one."))
        mailbox.code_tries += 1
        right = constant_time_compare(code_of(mailbox), code.strip())
        if right:
            mailbox.confirmed_at, mailbox.code_until = now, None
            audit.record("notices.confirm_mailbox", user, by=by, at=now)
        mailbox.save()
    if not right:  # outside, so that the try stays counted
        raise ValidationError(_("The code is not right. Look at the newest mail."))


@transaction.atomic
def remove_mailbox(user: User, *, by: User, now: datetime) -> None:
    """Forget the address."""
    if Mailbox.objects.filter(user=user).delete()[0]:
        audit.record("notices.remove_mailbox", user, by=by, at=now)


def _in_turn(index: bytes) -> None:
    """Pressed twice, or by two people at one browser: the second waits and takes the place of the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('notices.push:' || %s, 0))", [index.hex()])


@transaction.atomic
def add_device(user: User, subscription: str, *, device: str, by: User, now: datetime) -> PushDevice:
    """Switch notifications on in one browser. Raises ValidationError for a subscription that leads elsewhere."""
    try:
        data = json.loads(subscription[:MOST_SUBSCRIPTION])
        endpoint, keys = storable(str(data["endpoint"])), data["keys"]
        kept = {"endpoint": endpoint, "keys": {name: str(keys[name]) for name in ("p256dh", "auth")}}
        usable = http.allowed(urlsplit(endpoint).hostname or "", need(settings.OUTSIDE.push).hosts)
    except (ValueError, LookupError, TypeError, RecursionError):
        usable = False
    if not usable:
        raise ValidationError(_("This browser gave no usable subscription."))
    index = crypto.blind_index(endpoint.encode().hex(), "notices.push.endpoint")
    _in_turn(index)
    PushDevice.objects.filter(endpoint_index=index).delete()
    if PushDevice.objects.filter(user=user).count() >= MOST_DEVICES:
        raise ValidationError(_("Notifications are on in too many browsers. Switch some off first."))
    row = PushDevice(user=user, endpoint_index=index, device=device[:80], created_at=now)
    row.subscription = json.dumps(kept)
    row.save(force_insert=True)
    audit.record("notices.add_device", user, by=by, at=now)
    return row


@transaction.atomic
def remove_device(device: PushDevice, *, by: User, now: datetime) -> None:
    """Switch notifications off in one browser."""
    if PushDevice.objects.filter(pk=device.pk).delete()[0]:
        audit.record("notices.remove_device", device.user, by=by, at=now)
