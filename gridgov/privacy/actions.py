"""The one door to personal data in the clear, and the re-sealing of all of it under a new key."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gridgov.audit import actions as audit
from gridgov.audit.models import AuditEvent
from gridgov.privacy import masks
from gridgov.privacy.registry import check_for

REVEALED = "privacy.reveal"
SHORTEST_REASON = 4


class QuotaReached(PermissionDenied):
    """The person has revealed as many values this hour as `PRIVACY_REVEALS_PER_HOUR` allows."""


def reveal(row: models.Model, field: str, *, by: Any, reason: str, perm: str, now: datetime) -> str:
    """The plain text of one sealed `field` of `row` ("" when it is empty).

    Asks the check registered for the model, then commits an audit row with the reason in a transaction of its
    own, and only then opens the value: whatever dies in between, nothing is seen without its record. Because
    of that it must not be called inside an open transaction (RuntimeError). Raises PermissionDenied,
    QuotaReached, or ValidationError when the reason is shorter than four characters.
    """
    sealed = getattr(row, field)
    personal: dict[str, str] = getattr(row, "personal", {})
    if field not in personal:
        raise LookupError(f"{row._meta.label}.{field} is not declared in `personal`.")
    why = " ".join(reason.split())
    if len(why) < SHORTEST_REASON:
        raise ValidationError(_("Say in a few words why you need to see this."), code="reason")
    with transaction.atomic(durable=True):
        check_for(row)(by, perm, row)
        _spend_quota(by, now)
        audit.record(REVEALED, row, by=by, at=now, field=field, perm=str(perm), reason=masks.mask_text(why)[:200])
    return sealed.open()


def hand_over(row: models.Model, field: str) -> str:
    """The plain text of one sealed `field` for a gateway that delivers to it; never for a page, a log or an export.

    Not a reveal: no person sees it, and the delivery itself is on record with the masked address.
    """
    if field not in getattr(row, "personal", {}):
        raise LookupError(f"{row._meta.label}.{field} is not declared in `personal`.")
    text: str = getattr(row, field).open()
    return text


def _spend_quota(by: Any, now: datetime) -> None:
    """Refuse when the hour's reveals are used up; one person's reveals queue up so that none slips past."""
    limit = settings.PRIVACY_REVEALS_PER_HOUR
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('privacy.reveal:' || %s, 0))", [str(by.pk)])
    seen = AuditEvent.objects.filter(actor_id=by.pk, action=REVEALED, at__gt=now - timedelta(hours=1)).count()
    if seen >= limit:
        raise QuotaReached(
            ngettext(
                "You may reveal %(limit)s value an hour. Try again later, or ask your office if you need more.",
                "You may reveal %(limit)s values an hour. Try again later, or ask your office if you need more.",
                limit,
            )
            % {"limit": limit}
        )
