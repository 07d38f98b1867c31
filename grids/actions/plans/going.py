"""A plan on its way: submitted with its check, sent back, approved by another, withdrawn, published."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gridgov.notices import actions as notices
from grids.actions.plans.draft import lock, note_move
from grids.division import facts
from grids.division.below import cut
from grids.division.change import Change, change_of
from grids.division.checks import check, division_of, listed
from grids.division.faults import Fault, Level
from grids.division.preview import Preview, collect, posts_faults
from grids.models import Area, BoundaryPlan, HandOver
from grids.permissions import require
from grids.workflow import PLAN_MOVES, PlanStatus


def locked_for(plan: BoundaryPlan, name: str, *, by: Any) -> BoundaryPlan:
    """The parent, then the plan, locked in this order; the right and the state asked on the locked row."""
    Area.objects.select_for_update().get(pk=plan.parent_id)
    found = lock(plan)
    if by is not None:
        require(by, PLAN_MOVES[name].needs, found)
    if found.status not in PLAN_MOVES[name].froms:
        raise ValidationError(
            _("The plan is “%(state)s” by now (%(who)s, %(at)s)."),
            code="state",
            params={"state": found.get_status_display(), **_last_moved(found)},
        )
    return found


def _last_moved(plan: BoundaryPlan) -> dict[str, str]:
    """By whom and when it came to be as it is."""
    note = plan.notes.select_related("by").order_by("-id").first()
    who = note.by.name if note is not None and note.by is not None else _("automatically")
    at = timezone.localtime(note.at if note is not None else plan.saved_at)
    return {"who": who, "at": f"{at:%m-%d %H:%M}"}


def moved_on(change: Change) -> list[str]:
    """The names of areas that are not as the draft began with: redrawn, new or gone, or named anew on both sides.

    One query when there are such.
    """
    plan, versions = change.plan, change.versions
    today = {str(pk): str(versions[pk].pk) if pk in versions else None for pk in change.areas}
    changed = {int(key) for key in today.keys() | plan.base.keys() if today.get(key, "") != plan.base.get(key, "")}
    mine = {shape.area_id: facts.of_shape(shape) for shape in change.shapes}
    changed |= {
        pk
        for pk, area in change.areas.items()
        if pk in mine and facts.clash(mine[pk], plan.facts.get(str(pk), {}), facts.of_area(area))
    }
    return list(Area.objects.filter(pk__in=changed).order_by("code").values_list("name", flat=True))


def require_up_to_date(change: Change) -> None:
    """ValidationError when the ground has changed under the draft: it must be brought up to date first."""
    names = moved_on(change)
    if names:
        raise ValidationError(
            _("The ground has changed since this plan began: %(names)s. Bring the draft up to date first."),
            code="rebase",
            params={"names": listed(names)},
        )


def require_sound(plan: BoundaryPlan) -> tuple[Change, list[Fault]]:
    """The full check on the locked parent. ValidationError when an error stands in the way."""
    division = division_of(plan)
    change = change_of(plan, division)
    require_up_to_date(change)
    faults = check(division) + cut(change)
    errors = [fault for fault in faults if fault.level == Level.ERROR]
    if errors:
        raise ValidationError(
            ngettext(
                "%(count)s error stands in the way: %(words)s",
                "%(count)s errors stand in the way. The first: %(words)s",
                len(errors),
            ),
            code="faults",
            params={"count": len(errors), "words": errors[0].words},
        )
    return change, faults


@transaction.atomic
def submit(plan: BoundaryPlan, *, effective_on: date, by: Any, now: datetime, words: str = "") -> BoundaryPlan:
    """Hand a draft in for approval, to take effect on a day. Warnings need `words` that say why."""
    found = locked_for(plan, "submit", by=by)
    change, faults = require_sound(found)
    previews = collect(change, by=by)
    faults += posts_faults(previews)
    if effective_on < timezone.localdate(now):
        raise ValidationError({"effective_on": _("Choose today or a later day.")})
    if not words.strip() and any(fault.level == Level.WARNING for fault in faults):
        raise ValidationError({"words": _("There are warnings: say why the division is right all the same.")})
    found.status, found.effective_on = PlanStatus.CHECKED, effective_on
    found.note = words.strip() or found.note
    found.save(update_fields=["status", "effective_on", "note"])
    _ask_hand_overs(found, previews, by=by, now=now)
    note_move(found, "submit_plan", by=by, now=now, words=words)
    return found


def _ask_hand_overs(plan: BoundaryPlan, previews: Sequence[Preview], *, by: Any, now: datetime) -> None:
    """A row for each person concerned; what was confirmed for an earlier draft is asked again."""
    plan.hand_overs.all().delete()
    asked = {(one.user.pk, one.area_id): one for preview in previews for one in preview.concerned}
    HandOver.objects.bulk_create(
        [HandOver(plan=plan, user=one.user, area_id=one.area_id, role=one.role) for one in asked.values()]
    )
    people = [one.user for one in asked.values()]
    params = {"plan": plan.name, "day": str(plan.effective_on)}
    notices.tell(people, "grids.hand_over", subject=plan, params=params, by=by, now=now)


@transaction.atomic
def confirm_hand_over(row: HandOver, *, words: str, by: Any, now: datetime) -> HandOver:
    """Say that one's work is handed over, and what there is to know. Only the person itself."""
    plan = lock(row.plan)
    locked = HandOver.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if locked.user_id != by.pk:
        raise PermissionDenied(_("Only the person concerned can confirm."))
    if plan.status not in (PlanStatus.CHECKED, PlanStatus.APPROVED):
        raise ValidationError(_("There is nothing to hand over now."), code="state")
    locked.words, locked.confirmed_at = words.strip(), now
    locked.full_clean(validate_unique=False)
    locked.save(update_fields=["words", "confirmed_at"])
    note_move(plan, "confirm_hand_over", by=by, now=now, words=locked.words)
    return locked


@transaction.atomic
def approve(plan: BoundaryPlan, *, by: Any, now: datetime, words: str = "") -> BoundaryPlan:
    """Agree to a plan of somebody else, after checking it once more under the lock of its parent."""
    found = locked_for(plan, "approve", by=by)
    if by.pk in set(found.steps.values_list("saved_by_id", flat=True)) | {found.created_by_id}:
        raise PermissionDenied(_("Whoever drew a plan does not approve it. Ask somebody else."))
    require_sound(found)
    found.status, found.tries, found.tried_at, found.stuck = PlanStatus.APPROVED, 0, None, ""
    found.save(update_fields=["status", "tries", "tried_at", "stuck"])
    note_move(found, "approve_plan", by=by, now=now, words=words)
    tell_drafters(found, "grids.plan_moved", by=by, now=now)
    return found


def tell_drafters(plan: BoundaryPlan, code: str, *, by: Any, now: datetime, **more: Any) -> None:
    """A notice to who began and who last saved it, and on effect to everyone who handed over."""
    people = [plan.created_by, plan.saved_by, *(row.user for row in plan.hand_overs.select_related("user"))]
    params = {"plan": plan.name, "status": plan.status, **more}
    notices.tell(people, code, subject=plan, params=params, by=by, now=now)


@transaction.atomic
def send_back(plan: BoundaryPlan, *, words: str, by: Any, now: datetime) -> BoundaryPlan:
    """Give a plan back to be drawn again; words say what is to be changed."""
    found = locked_for(plan, "send_back", by=by)
    if not words.strip():
        raise ValidationError({"words": _("Say what is to be changed.")})
    return back_to_draft(found, "send_back_plan", words=words, by=by, now=now)


def back_to_draft(plan: BoundaryPlan, move: str, *, words: str, by: Any, now: datetime) -> BoundaryPlan:
    """A locked plan becomes a draft again, and its drafters hear of it."""
    plan.status = PlanStatus.DRAFT
    plan.save(update_fields=["status"])
    note_move(plan, move, by=by, now=now, words=words.strip())
    tell_drafters(plan, "grids.plan_moved", by=by, now=now)
    return plan


@transaction.atomic
def withdraw(plan: BoundaryPlan, *, by: Any, now: datetime, words: str = "") -> BoundaryPlan:
    """Give a plan up before it takes effect. It can be taken up again."""
    found = locked_for(plan, "withdraw", by=by)
    found.status = PlanStatus.WITHDRAWN
    found.save(update_fields=["status"])
    note_move(found, "withdraw_plan", by=by, now=now, words=words)
    tell_drafters(found, "grids.plan_moved", by=by, now=now)
    return found


@transaction.atomic
def take_up(plan: BoundaryPlan, *, by: Any, now: datetime) -> BoundaryPlan:
    """Undo a withdrawal: it is a draft again."""
    found = locked_for(plan, "take_up", by=by)
    return back_to_draft(found, "take_up_plan", words="", by=by, now=now)


@transaction.atomic
def publish(plan: BoundaryPlan, *, by: Any, now: datetime) -> BoundaryPlan:
    """Say that the new division has been made known to residents."""
    found = locked_for(plan, "publish", by=by)
    found.status = PlanStatus.PUBLISHED
    found.save(update_fields=["status"])
    note_move(found, "publish_plan", by=by, now=now)
    return found
