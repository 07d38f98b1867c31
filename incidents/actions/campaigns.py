"""Campaigns are drafted, published, ended and taken back here; the only place that writes Campaign."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from gridgov.notices.actions import tell
from grids.models import Area, Asset, Building, Place
from grids.permissions import Perm, require
from incidents import asking
from incidents.models import Campaign, CampaignTarget, Category
from incidents.models.campaign import of_object
from residents.models import Dwelling
from teams.actions import log_refusal
from teams.models import Assignment, TaskType, Unit
from teams.roles import ROLES

MOST_OBJECTS = 3000
WORKERS = [role for role, spec in ROLES.items() if Perm.WORK_CAMPAIGNS in spec.perms]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the office wants to ask: of which objects, what, until when."""

    title: str
    task_type: TaskType | None
    items: list[dict[str, Any]]
    due_on: date
    buildings: Sequence[Building] | QuerySet[Building] = ()
    dwellings: Sequence[Dwelling] | QuerySet[Dwelling] = ()
    places: Sequence[Place] | QuerySet[Place] = ()
    assets: Sequence[Asset] | QuerySet[Asset] = ()
    purpose: str = ""
    unit: Unit | None = None
    chosen: dict[str, Any] = field(default_factory=dict)


def _refusal(area: Area, asked: Asked, day: date) -> ValidationError | None:
    """Why the grids may not be asked, as the error that the form shows."""
    if asked.task_type is None:
        why = _("This task is not on the list of what grids may be asked for. Ask your leader to admit it first.")
        return ValidationError({"task_type": why}, code="not_admitted")
    if not TaskType.objects.for_area(area).filter(pk=asked.task_type.pk).exists():
        why = _("“%(task)s” is on another area's list.") % {"task": asked.task_type.name}
        return ValidationError({"task_type": why}, code="not_admitted")
    refused = asked.task_type.refusal(day)
    if refused:
        return ValidationError({"task_type": refused}, code="not_admitted")
    try:
        asking.check(asked.items)
    except ValidationError as error:
        return error
    return None


def _admit(area: Area, asked: Asked, *, by: Any, now: datetime) -> None:
    """Raise what is refused, once it stands in the ledger; that line must outlive the error, so nothing wraps both."""
    refused = _refusal(area, asked, timezone.localdate(now))
    if refused is not None:
        reason = " ".join(refused.messages)
        log_refusal(area, title=asked.title, reason=reason, by=by, now=now, task_type=asked.task_type)
        raise refused


def _check_facts(asked: Asked, now: datetime) -> None:
    if asked.due_on < timezone.localdate(now):
        raise ValidationError({"due_on": _("This day is over already.")})
    codes = {item["category"] for item in asked.items if item["abnormal"]}
    if codes - set(Category.objects.offered().filter(code__in=codes).values_list("code", flat=True)):
        raise ValidationError({"items": _("Say for each finding what it is reported as.")})


def _check_number(asked: Asked) -> None:
    """Counted before any is loaded: a whole street has more homes than memory should hold."""
    chosen: tuple[Any, ...] = (asked.buildings, asked.dwellings, asked.places, asked.assets)
    n = sum(one.count() if isinstance(one, QuerySet) else len(one) for one in chosen)
    if n == 0:
        raise ValidationError({"areas": _("No object fits. Choose other areas, or clear a filter.")}, code="empty")
    if n > MOST_OBJECTS:
        text = _("These are %(n)s objects; a campaign has at most %(most)s. Make several.")
        raise ValidationError({"areas": text % {"n": n, "most": MOST_OBJECTS}})


def _targets(campaign: Campaign, asked: Asked) -> list[CampaignTarget]:
    _check_number(asked)
    rows = [CampaignTarget(campaign=campaign, building=one) for one in asked.buildings]
    rows += [CampaignTarget(campaign=campaign, building_id=one.building_id, dwelling=one) for one in asked.dwellings]
    rows += [CampaignTarget(campaign=campaign, place=one) for one in asked.places]
    rows += [CampaignTarget(campaign=campaign, asset=one) for one in asked.assets]
    return rows


def _inside(area: Area, rows: list[CampaignTarget]) -> None:
    """Nobody asks beyond their own area."""
    sorts = ((Building, "building_id"), (Place, "place_id"), (Asset, "asset_id"))
    keys = [(model, {getattr(row, column) for row in rows} - {None}) for model, column in sorts]
    outside = (m.objects.filter(pk__in=pks).exclude(area_path__startswith=area.path).exists() for m, pks in keys if pks)
    if any(outside):
        raise ValidationError({"areas": _("Some of these objects lie outside %(area)s.") % {"area": area.name}})


def draft_campaign(area: Area, asked: Asked, *, by: Any, now: datetime, instead_of: Campaign | None = None) -> Campaign:
    """Draft a campaign, or draft one anew (`instead_of`). Needs PLAN_CAMPAIGNS in the area.

    What the grids may not be asked is refused with its reason and stands in the burden ledger. ValidationError.
    """
    require(by, Perm.PLAN_CAMPAIGNS, area)
    _admit(area, asked, by=by, now=now)
    _check_facts(asked, now)
    return _write(area, asked, by=by, now=now, instead_of=instead_of)


@transaction.atomic
def _write(area: Area, asked: Asked, *, by: Any, now: datetime, instead_of: Campaign | None) -> Campaign:
    made = _locked(instead_of, Campaign.Status.DRAFT, by=by) if instead_of else Campaign(asked_by=by, created_at=now)
    made.area, made.area_path = area, area.path
    made.task_type = cast(TaskType, asked.task_type)  # _admit refused everything else
    made.title, made.purpose = asked.title.strip(), asked.purpose.strip()
    made.items, made.due_on, made.unit, made.chosen = asked.items, asked.due_on, asked.unit, asked.chosen
    rows = _targets(made, asked)
    _inside(area, rows)
    made.objects_kind = _kind_of(rows[0])
    made.save()
    made.targets.all().delete()
    CampaignTarget.objects.bulk_create(rows)
    audit.record("incidents.draft_campaign", made, by=by, at=now, task=made.task_type.code, objects=len(rows))
    return made


def _kind_of(row: CampaignTarget) -> str:
    """The first column that is filled, the dwelling before its building."""
    return next(kind for kind in ("dwelling", "building", "place", "asset") if getattr(row, f"{kind}_id") is not None)


def _locked(campaign: Campaign, status: str, *, by: Any) -> Campaign:
    """The row, if it stands where the step begins and the person may plan there."""
    locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
    require(by, Perm.PLAN_CAMPAIGNS, locked)
    if locked.status != status:
        raise ValidationError(
            _("This campaign is “%(status)s” meanwhile.") % {"status": locked.get_status_display()}, code="moved"
        )
    return locked


def publish_campaign(campaign: Campaign, *, by: Any, now: datetime) -> Campaign:
    """Send it to the phones of whoever works in these grids, and tell them. The admission is asked once more."""
    require(by, Perm.PLAN_CAMPAIGNS, campaign)
    asked = Asked(campaign.title, campaign.task_type, campaign.items, campaign.due_on)
    _admit(campaign.area, asked, by=by, now=now)
    if campaign.due_on < timezone.localdate(now):
        raise ValidationError(_("Its last day is over. Change it first."))
    return _publish(campaign, by=by, now=now)


@transaction.atomic
def _publish(campaign: Campaign, *, by: Any, now: datetime) -> Campaign:
    locked = _locked(campaign, Campaign.Status.DRAFT, by=by)
    locked.status, locked.published_at = Campaign.Status.RUNNING, now
    locked.save(update_fields=["status", "published_at"])
    audit.record("incidents.publish_campaign", locked, by=by, at=now)
    facts = {"title": locked.title, "day": f"{locked.due_on:%Y-%m-%d}"}
    tell(workers_of(locked, now), "incidents.campaign_published", subject=locked, params=facts, now=now, by=by)
    return locked


def workers_of(campaign: Campaign, now: datetime) -> list[User]:
    """Who holds a post today in a grid of the campaign and works on campaigns there."""
    grids = campaign.targets.annotate(grid=of_object("area_id")).values("grid")
    posts = Assignment.objects.on(timezone.localdate(now)).filter(role__in=WORKERS, area_id__in=grids)
    return list(User.objects.filter(pk__in=posts.values("user_id")))


@transaction.atomic
def withdraw_campaign(campaign: Campaign, *, by: Any, now: datetime) -> Campaign:
    """Back to a draft, while nobody has looked at anything."""
    locked = _locked(campaign, Campaign.Status.RUNNING, by=by)
    objects = locked.targets.select_for_update().order_by("pk")  # whoever is taking one in now is waited for
    if any(objects.values_list("finding", flat=True)):
        raise ValidationError(_("Somebody has already looked at an object. End the campaign instead."), code="begun")
    locked.status, locked.published_at = Campaign.Status.DRAFT, None
    locked.save(update_fields=["status", "published_at"])
    audit.record("incidents.withdraw_campaign", locked, by=by, at=now)
    return locked


@transaction.atomic
def end_campaign(campaign: Campaign, *, by: Any, now: datetime) -> Campaign:
    """Nothing more is asked; what was found stays."""
    locked = _locked(campaign, Campaign.Status.RUNNING, by=by)
    locked.status, locked.ended_at = Campaign.Status.ENDED, now
    locked.save(update_fields=["status", "ended_at"])
    audit.record("incidents.end_campaign", locked, by=by, at=now)
    return locked


@transaction.atomic
def reopen_campaign(campaign: Campaign, *, by: Any, now: datetime) -> Campaign:
    """It was ended by mistake."""
    locked = _locked(campaign, Campaign.Status.ENDED, by=by)
    locked.status, locked.ended_at = Campaign.Status.RUNNING, None
    locked.save(update_fields=["status", "ended_at"])
    audit.record("incidents.reopen_campaign", locked, by=by, at=now)
    return locked


@transaction.atomic
def discard_campaign(campaign: Campaign, *, by: Any, now: datetime) -> None:
    """Throw a draft away."""
    locked = _locked(campaign, Campaign.Status.DRAFT, by=by)
    audit.record("incidents.discard_campaign", locked, by=by, at=now, title=locked.title)
    locked.delete()
