"""What was found at one object of a campaign is taken in here; what is wrong becomes an incident, once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from grids.permissions import Perm, require
from incidents import asking
from incidents.actions.report import Report, report
from incidents.capture import Capture
from incidents.models import CampaignTarget, Category, Incident
from incidents.models.incident import Channel

Finding = CampaignTarget.Finding


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody saw at an object. `rectified`: it was put right at once. `captured`: if it came later."""

    answers: list[Any]
    rectified: bool = False
    words: str = ""
    at: datetime | None = None
    captured: Capture | None = None


@transaction.atomic
def check_target(target: CampaignTarget, seen: Seen, *, by: Any, now: datetime) -> CampaignTarget:
    """Take in what was found. Needs WORK_CAMPAIGNS in the object's grid.

    Again at the same object it corrects what was said before, if it was seen later. Whatever was seen wrong is reported
    in whichever order the looks arrive, so that no signal changes what becomes known; an incident once reported stays.
    Seen after the campaign ended it is refused. ValidationError, PermissionDenied.
    """
    locked = CampaignTarget.objects.select_for_update(of=("self",)).get(pk=target.pk)
    require(by, Perm.WORK_CAMPAIGNS, locked.ground)
    at = min(seen.at or now, now)
    _require_running(locked, at)
    answers = asking.read(locked.campaign.items, seen.answers)
    wrong = asking.found(locked.campaign.items, answers)
    if wrong and not seen.rectified and locked.incident_id is None:
        locked.incident = _report(locked, wrong, seen, by=by, now=now)
        locked.finding = Finding.INCIDENT
    if locked.checked_at is None or locked.checked_at <= at:
        locked.answers, locked.words = answers, seen.words.strip()[:200]
        locked.checked_at, locked.checked_by = at, by
        locked.finding = _finding(locked, bool(wrong))
    locked.save(update_fields=["answers", "words", "finding", "incident", "checked_at", "checked_by"])
    audit.record("incidents.check_target", locked, by=by, at=now, finding=locked.finding)
    return locked


def _require_running(target: CampaignTarget, at: datetime) -> None:
    campaign = target.campaign
    if campaign.is_draft:
        raise ValidationError(_("This campaign was taken back."), code="withdrawn")
    if campaign.ended_at is not None and at > campaign.ended_at:
        raise ValidationError(_("This campaign had ended when you looked."), code="ended")


def _finding(target: CampaignTarget, wrong: bool) -> str:
    if target.incident_id is not None:
        return Finding.INCIDENT
    return Finding.RECTIFIED if wrong else Finding.FINE


def _report(
    target: CampaignTarget, wrong: list[tuple[dict[str, Any], Any]], seen: Seen, *, by: Any, now: datetime
) -> Incident:
    """Through the one way every report takes: routed, timed, told. Several findings at one object are one case."""
    category = Category.objects.offered().select_related("lead_unit").filter(code=wrong[0][0]["category"]).first()
    if category is None:
        raise ValidationError(_("What this is reported as is no longer in the catalogue. Report it by hand."))
    lines = [f"{item['label']}：{asking.shown(item, answer)}" for item, answer in wrong]
    said = "；".join([target.campaign.title, *lines, *([seen.words.strip()] if seen.words.strip() else [])])
    place = target.dwelling.address if target.dwelling else ""
    where: dict[str, Any] = {
        "building": target.building,
        "asset": target.asset,
        "listed_place": target.place,
        "place": place,
    }
    what = Report(category=category, description=said, channel=Channel.FIELD, **where)
    return report(what, by=by, now=now, captured=seen.captured)
