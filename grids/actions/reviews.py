"""Keeping the yearly reviews of a division: what was found, what was decided, and what became of it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from grids.models import Area, ReviewDecision, StandardReview
from grids.permissions import Perm, require

Decision = tuple[str, Any, date]


@transaction.atomic
def hold_review(
    area: Area,
    *,
    held_on: date,
    took_part: Iterable[Any],
    findings: str,
    decisions: Iterable[Decision],
    by: Any,
    now: datetime,
) -> StandardReview:
    """Keep a review of `area` with its decisions: what, who, until when."""
    require(by, Perm.PLAN_BOUNDARIES, area)
    if held_on > timezone.localdate(now):
        raise ValidationError({"held_on": _("A review is kept after it was held.")}, code="future")
    decisions = list(decisions)
    if any(due_on < held_on for _what, _owner, due_on in decisions):
        raise ValidationError(_("A decision cannot be due before the review."), code="due_too_early")
    facts = {"held_on": held_on, "findings": findings.strip(), "created_at": now, "created_by": by}
    review = StandardReview.objects.create(area=area, area_path=area.path, **facts)
    review.took_part.set(took_part)
    for what, owner, due_on in decisions:
        ReviewDecision.objects.create(review=review, what=what.strip(), owner=owner, due_on=due_on)
    audit.record("grids.hold_review", review, by=by, at=now, held_on=str(held_on), decisions=len(decisions))
    return review


@transaction.atomic
def withdraw_review(review: StandardReview, *, by: Any, now: datetime) -> StandardReview:
    """Take back a review that was kept by mistake; it can be restored."""
    locked = _locked(review, by)
    locked.withdrawn_at, locked.withdrawn_by = now, by
    locked.save(update_fields=["withdrawn_at", "withdrawn_by"])
    audit.record("grids.withdraw_review", locked, by=by, at=now)
    return locked


@transaction.atomic
def restore_review(review: StandardReview, *, by: Any, now: datetime) -> StandardReview:
    """Undo `withdraw_review`."""
    locked = _locked(review, by)
    locked.withdrawn_at = locked.withdrawn_by = None
    locked.save(update_fields=["withdrawn_at", "withdrawn_by"])
    audit.record("grids.restore_review", locked, by=by, at=now)
    return locked


def _locked(review: StandardReview, by: Any) -> StandardReview:
    require(by, Perm.PLAN_BOUNDARIES, review)
    return StandardReview.objects.select_for_update().get(pk=review.pk)


@transaction.atomic
def finish_decision(decision: ReviewDecision, *, by: Any, now: datetime) -> ReviewDecision:
    """It is done: said by its owner, or by whoever plans boundaries there."""
    return _set_done(decision, "finish_decision", now, by=by, now=now)


@transaction.atomic
def reopen_decision(decision: ReviewDecision, *, by: Any, now: datetime) -> ReviewDecision:
    """Undo `finish_decision`."""
    return _set_done(decision, "reopen_decision", None, by=by, now=now)


def _set_done(decision: ReviewDecision, word: str, done_at: datetime | None, *, by: Any, now: datetime) -> Any:
    locked = ReviewDecision.objects.select_for_update(of=("self",)).select_related("review").get(pk=decision.pk)
    if locked.owner_id != by.pk:
        require(by, Perm.PLAN_BOUNDARIES, locked.review)
    locked.done_at, locked.done_by = done_at, by if done_at else None
    locked.save(update_fields=["done_at", "done_by"])
    audit.record(f"grids.{word}", locked.review, by=by, at=now, decision=str(locked.pk))
    return locked
