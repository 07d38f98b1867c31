"""How what was found at an object comes in through the one idempotent door."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.sync import Result, register, register_access
from grids.permissions import Perm
from incidents.actions.campaign_check import Seen, check_target
from incidents.capture import Capture
from incidents.models import CampaignTarget

KIND = "incidents.campaign_check"


def _target(payload: dict[str, Any], by: Any) -> CampaignTarget:
    """The object, if it is one of the person's. CampaignTarget.DoesNotExist otherwise."""
    try:
        return CampaignTarget.objects.visible_to(by).get(pk=str(payload.get("target")))
    except (ValidationError, ValueError, TypeError):
        raise ValidationError({"target": _("This is not an object of a campaign.")}) from None


def check(envelope: Any, payload: dict[str, Any], *, by: Any, now: datetime) -> Result:
    """Handler of `incidents.campaign_check`: target (id), answers (a list in the order of the items), rectified, words.

    `changed`: somebody had looked at the object since the phone fetched its list.
    """
    words = payload.get("words") or ""
    if not isinstance(words, str):
        raise ValidationError({"words": _("This must be text.")})
    target = _target(payload, by)
    others = target.checked_at is not None and target.checked_by_id != by.pk
    answers = payload.get("answers")
    said = answers if isinstance(answers, list) else []
    seen = Seen(said, bool(payload.get("rectified")), words, envelope.corrected_at, Capture.of(envelope))
    done = check_target(target, seen, by=by, now=now)
    url = reverse("incidents:field_campaign", args=[done.campaign_id])
    subject = done.incident if done.incident_id and done.incident else done  # its photos belong to the case
    return Result(subject._meta.label_lower, str(subject.pk), url, changed=others)


def may_see_photos(user: Any, subject_id: str) -> bool:
    """Whoever works on the object or follows the campaign."""
    rows = CampaignTarget.objects.filter(pk=subject_id)
    return any(rows.visible_to(user, perm).exists() for perm in (Perm.WORK_CAMPAIGNS, Perm.VIEW_BOARD))


def register_own() -> None:
    """The one kind of this room's campaigns."""
    register(KIND, check, label=gettext_lazy("Object of a campaign"))
    register_access(CampaignTarget._meta.label_lower, may_see_photos)
