"""Makes of a queued row what a channel is handed: words in the reader's language, a whole address, the way to them."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gridgov.notices import channels, registry
from gridgov.notices.channels import Channel, Parcel, Personal
from gridgov.notices.choice_actions import CODE, code_of
from gridgov.notices.models import Mailbox, Notice, Outbox
from gridgov.outside.trouble import Refused, Why
from gridgov.privacy.actions import hand_over

DIGEST, TEST = "notices.digest", "notices.test"
LINES = 6


class NothingToSay(Exception):
    """What was to be told has been read meanwhile."""


def digest_title(params: registry.Params) -> str:
    """How much waits."""
    count = params.get("count", 0)
    return ngettext("%(count)s unread message", "%(count)s unread messages", count) % {"count": count}


def register_own() -> None:
    """The messages of this room itself."""

    def inbox(subject_id: str, params: registry.Params) -> str:
        return reverse("notices:inbox")

    registry.register(DIGEST, title=lambda params: _("Daily digest"), url=inbox)
    registry.register(
        CODE,
        title=lambda params: _("The code that confirms your e-mail address"),
        url=lambda pk, params: reverse("notices:settings"),
    )
    registry.register(
        TEST,
        title=lambda params: _("Test message"),
        body=lambda params: _("If you can read this, this channel works."),
        url=inbox,
    )


def _unread_between(row: Outbox) -> tuple[str, str]:
    """Title and body of a digest: what is still unread of its window, alike messages counted together."""
    since, until = (datetime.fromisoformat(row.payload[name]) for name in ("since", "until"))
    mine = Notice.objects.filter(user=row.user_id, urgent=False, created_at__gt=since, created_at__lte=until).unread()
    groups = list(mine.order_by().values("code", "params").annotate(n=Count("pk"))[:500])
    counts: dict[str, int] = {}
    for group in groups:
        title = registry.words(registry.message_or_default(group["code"]).title, group["params"])
        counts[title] = counts.get(title, 0) + group["n"]
    if not counts:
        raise NothingToSay
    lines = [f"{title} ×{n}" if n > 1 else title for title, n in sorted(counts.items(), key=lambda c: -c[1])]
    if len(lines) > LINES:
        lines = [*lines[:LINES], "…"]
    return digest_title({"count": sum(counts.values())}), "\n".join(lines)


def _unconfirmed(row: Outbox) -> Mailbox:
    """The address a code goes to. Refused when it was removed or confirmed meanwhile."""
    mailbox = Mailbox.objects.filter(user=row.user_id, confirmed_at=None).first()
    if mailbox is None:
        raise Refused(Why.NO_ADDRESS)
    return mailbox


def _words(row: Outbox) -> tuple[str, str, str]:
    """Title, body and whole address, in the active language."""
    code, params = row.payload.get("code", ""), row.payload.get("params", {})
    message = registry.message_or_default(code)
    if code == DIGEST:
        title, body = _unread_between(row)
    elif code == CODE:
        title, body = registry.words(message.title, {}), code_of(_unconfirmed(row))
    else:
        title, body = registry.words(message.title, params), registry.words(message.body, params)
    path = message.url(row.payload.get("subject_id", ""), params) if message.url else "/"
    return title, body, settings.OUTSIDE.site_url + path


def _address(row: Outbox, channel: Channel) -> tuple[str, ...]:
    if row.robot is not None:
        if row.robot.retired_at is not None:
            raise Refused(Why.NO_ADDRESS)
        return row.robot.handed_over()
    if row.payload.get("code") == CODE:
        return (hand_over(_unconfirmed(row), "address"),)
    if row.user is None or not isinstance(channel, Personal):
        return ()
    if not row.user.is_active:
        raise Refused(Why.CLOSED)
    found = channel.address(row.user)
    if not found:
        raise Refused(Why.NO_ADDRESS)
    return found


def parcel(row: Outbox) -> Parcel:
    """The message of `row`, ready to go. Raises Refused when nobody can get it, NothingToSay when nobody needs it."""
    channel = channels.named(row.channel)
    to = _address(row, channel)
    language: Any = (row.user.language if row.user else "") or settings.LANGUAGE_CODE
    with translation.override(language):
        title, body, url = _words(row)
    payload = row.payload
    return Parcel(
        key=row.key,
        title=title,
        body=body,
        url=url,
        urgent=row.urgent,
        at=row.created_at,
        code=payload.get("code", ""),
        subject=(payload.get("subject_kind", ""), payload.get("subject_id", "")),
        params=payload.get("params", {}),
        to=to,
    )
