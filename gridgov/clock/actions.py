"""Starting, stopping, pausing, extending and re-planning clocks. Derived fields are written here and nowhere else."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from gridgov.clock import ladders
from gridgov.clock.calendars import counting, rungs_of
from gridgov.clock.ladder import Rungs, planned
from gridgov.clock.levels import Level
from gridgov.clock.models import CalendarVersion, Clock, Escalation, Extension, HandOver, LadderVersion, Pause
from gridgov.clock.reading import with_plans
from gridgov.clock.registry import handler_of
from gridgov.clock.terms import WRITTEN, Terms, counted, keep, said
from gridgov.rows import undisturbed, update_rows

DERIVED = ["revision", "due_at", "level", "next_level", "next_at", "attempts", "error"]


class Refused(Exception):
    """A step a clock cannot take: its message says why, in the reader's language."""


def plan_of(clock: Clock, rungs: Rungs | None = None, only: Collection[Level] = tuple(Level)) -> dict[Level, datetime]:
    """Level → planned instant, from the clock's rows, or by `rungs` not saved yet. Level LATE is the due time."""
    pauses, extra = given(clock)
    return planned(counting(clock), rungs or rungs_of(clock), clock.started_at, clock.budget + extra, pauses, only)


def given(clock: Clock) -> tuple[list[tuple[datetime, datetime]], int]:
    """The pauses of a clock and the seconds it was given beyond its budget; each of them has raised its revision."""
    if clock.revision == 1:
        return [], 0
    pauses = [(pause.begin, pause.end or pause.at_most) for pause in clock.pauses.all()]
    return pauses, sum(extension.seconds for extension in clock.extensions.all())


def derive(clock: Clock, plan: dict[Level, datetime], *, now: datetime) -> None:
    """Set due time and next level from a plan. A level falls only where the new plan has not reached it."""
    reached = max((level for level, at in plan.items() if at <= now), default=Level.ON_TIME)
    clock.level = max(min(clock.level, reached), clock.least_level)
    clock.due_at = plan.get(Level.LATE)
    ahead = sorted(level for level in plan if level > clock.level)
    clock.next_level = ahead[0] if ahead else None
    clock.next_at = plan[ahead[0]] if ahead else None
    held = next((p.at_most for p in clock.pauses.all() if p.end is None), None) if clock.revision > 1 else None
    if held is not None:  # while a pause is open nothing is due; the sweep looks again at its maximum
        clock.due_at, clock.next_at = None, held
    clock.attempts, clock.error = 0, ""


def prepared(
    subject_kind: str,
    subject_id: UUID,
    stage: str,
    *,
    budget: int,
    calendar: CalendarVersion,
    area_path: str,
    now: datetime,
    cycle: int = 1,
    unit_id: int | None = None,
    ladder: LadderVersion | None = None,
    basis: str = "",
    ladder_basis: str = "",
) -> Clock:
    """A clock that counts `budget` seconds of `calendar` for a stage from `now` on, not yet started."""
    clock = Clock(
        subject_kind=subject_kind,
        subject_id=subject_id,
        stage=stage,
        cycle=cycle,
        unit_id=unit_id,
        area_path=area_path,
        calendar_version=calendar,
        ladder_version=ladder or ladders.current(),
        basis=basis,
        ladder_basis=ladder_basis,
        budget=budget,
        started_at=now,
    )
    derive(clock, plan_of(clock), now=now)
    return clock


def start(subject_kind: str, subject_id: UUID, stage: str, **facts: Any) -> Clock:
    """Prepare one clock and let it run; the facts are those of `prepared`."""
    clock = prepared(subject_kind, subject_id, stage, **facts)
    run(clock)
    return clock


@transaction.atomic
def run(*clocks: Clock) -> None:
    """Let prepared clocks run, in one statement. One clock per subject and stage runs at a time.

    Called inside the action that changes the subject, whose own audit row says who did it.
    """
    Clock.objects.bulk_create(clocks)


def _running(subject_kind: str, subject_id: UUID, stage: str | None = None) -> list[Clock]:
    clocks = Clock.objects.of(subject_kind, subject_id).running()
    if stage is not None:
        clocks = clocks.filter(stage=stage)
    return list(clocks.select_for_update(of=("self",)).select_related("calendar_version__calendar", "ladder_version"))


@transaction.atomic
def stop(subject_kind: str, subject_id: UUID, stage: str | None = None, *, outcome: str, now: datetime) -> list[Clock]:
    """Stop the stage's running clock, or all of the subject's. None running: nothing happens.

    An open pause ends with it, at its maximum at the latest, and the due time that counts is written down.
    """
    clocks = _running(subject_kind, subject_id, stage)
    for clock in clocks:
        if clock.due_at is None and clock.revision > 1:
            end_open_pause(clock, now=now)
            clock.due_at = plan_of(clock).get(Level.LATE)
        clock.stopped_at, clock.outcome = max(now, clock.started_at), outcome
        clock.next_level, clock.next_at = None, None
        clock.save(update_fields=["stopped_at", "outcome", "due_at", "next_level", "next_at"])
    return clocks


def end_open_pause(clock: Clock, *, now: datetime) -> None:
    """Now; at its maximum at the latest. Of two who act at once the one who waited may know an earlier now."""
    Pause.objects.filter(clock=clock, end=None).update(end=Greatest(F("begin"), Least(now, F("at_most"))))


def _lock(clock: Clock) -> Clock:
    versions = "calendar_version__calendar", "ladder_version__ladder"
    rows = Clock.objects.select_for_update(of=("self",)).select_related(*versions)
    locked = rows.get(pk=clock.pk)
    if locked.stopped_at is not None:
        raise Refused(_("This deadline no longer runs."))
    return locked


def _replan(clock: Clock, *, by: Any, now: datetime, verb: str, **data: Any) -> Clock:
    before = clock.level
    clock.revision += 1
    derive(clock, plan_of(clock), now=now)
    clock.save(update_fields=DERIVED)
    audit.record(f"clock.{verb}", clock, by=by, at=now, stage=clock.stage, level=[before, clock.level], **data)
    return clock


@transaction.atomic
def pause(
    clock: Clock,
    *,
    at_most: datetime,
    reason: str,
    requested_by: Any,
    by: Any,
    now: datetime,
    evidence: str = "",
    asked_in: UUID | None = None,
) -> Clock:
    """Stop counting from now on, until `resume` or `at_most`. `by` approves; Refused when one is already open.

    `evidence`: in words; `asked_in`: the owner's record on which photos of it hang.
    """
    locked = _lock(clock)
    if locked.pauses.filter(end=None).exists():
        raise Refused(_("This deadline is already paused."))
    if at_most <= now:
        raise Refused(_("The end of the pause must lie in the future."))
    Pause.objects.create(
        clock=locked,
        seq=locked.pauses.count() + 1,
        reason=reason,
        evidence=evidence,
        asked_in=asked_in,
        requested_by=requested_by,
        approved_by=by,
        approved_at=now,
        begin=now,
        at_most=at_most,
    )
    return _replan(locked, by=by, now=now, verb="paused", at_most=at_most.isoformat())


@transaction.atomic
def resume(clock: Clock, *, by: Any, now: datetime) -> Clock:
    """End the open pause now (never after its maximum) and count on. Refused when none is open."""
    locked = _lock(clock)
    if not locked.pauses.filter(end=None).exists():
        raise Refused(_("This deadline is not paused."))
    end_open_pause(locked, now=now)
    return _replan(locked, by=by, now=now, verb="resumed")


@transaction.atomic
def extend(clock: Clock, *, seconds: int, reason: str, by: Any, now: datetime) -> Clock:
    """Add approved time. How often is the caller's rule; the number is kept."""
    locked = _lock(clock)
    number = locked.extensions.count() + 1
    Extension.objects.create(
        clock=locked, number=number, seconds=seconds, reason=reason, approved_by=by, approved_at=now
    )
    return _replan(locked, by=by, now=now, verb="extended", seconds=seconds, number=number)


@transaction.atomic
def hand_over(clock: Clock, *, unit_id: int | None, by: Any, now: datetime, terms: Terms | None = None) -> Clock:
    """Another unit carries on, by the calendar and ladder of `terms` where they name others.

    Time used and pauses stay as they are, and so does a level that was reached.
    """
    locked = _lock(clock)
    last = locked.hand_overs.order_by("-seq").first()
    at = max(now, last.at if last else locked.started_at)  # who waited for the lock may know an earlier now
    HandOver.objects.create(
        clock=locked, seq=last.seq + 1 if last else 1, from_unit_id=locked.unit_id, to_unit_id=unit_id, at=at
    )
    locked.unit_id, before = unit_id, counted(locked)
    if terms is not None and terms.calendar not in (None, locked.calendar_version):
        locked.legs = [*locked.legs, [locked.calendar_version_id, at.isoformat()]]
    if terms is not None:
        _under(locked, replace(terms, holds=True), now=now)
    locked.save(update_fields=["unit_id", "legs", *WRITTEN, *DERIVED])
    keep([(locked, before)], verb="handed_over", by=by, now=now)
    audit.record("clock.handed_over", locked, by=by, at=now, stage=locked.stage, unit=unit_id, **said(locked, before))
    return locked


@transaction.atomic
def retry(clock: Clock, *, by: Any, now: datetime) -> Clock:
    """Let the sweep try a poisoned clock again at once. One that is not poisoned any more is left alone."""
    locked = _lock(clock)
    if locked.attempts:
        locked.next_at = now
        locked.save(update_fields=["next_at"])
        audit.record("clock.retried", locked, by=by, at=now, stage=locked.stage, attempts=locked.attempts)
    return locked


@transaction.atomic
def raise_to(clock: Clock, level: Level, *, reason: str, by: Any, now: datetime) -> list[Escalation]:
    """A rule other than time raises a running clock; every level passed is recorded. Nothing lowers it again."""
    locked = _lock(clock)
    missed = [one for one in Level if locked.level < one <= level]
    rows = [
        Escalation(
            clock=locked, revision=locked.revision, level=one, planned_at=now, fired_at=now, late_by=timedelta(0)
        )
        for one in missed
    ]
    Escalation.objects.bulk_create(rows)
    locked.least_level = max(locked.least_level, level)
    locked.level = max(locked.level, level)
    derive(locked, plan_of(locked), now=now)
    locked.save(update_fields=[*DERIVED, "least_level"])
    audit.record("clock.raised", locked, by=by, at=now, stage=locked.stage, levels=missed, reason=reason)
    return rows


def replan(
    clocks: Iterable[Clock],
    *,
    by: Any,
    now: datetime,
    calendar: CalendarVersion | None = None,
    budget: int | None = None,
) -> Sequence[Clock]:
    """Run on by another calendar version or budget, the same for all."""
    terms = Terms(calendar, budget)
    return replan_each({clock.pk: terms for clock in clocks}, by=by, now=now)


@undisturbed()
@transaction.atomic
def replan_each(terms: Mapping[UUID, Terms], *, by: Any, now: datetime, below: Level | None = None) -> Sequence[Clock]:
    """Run on by other terms: one audited action over many running clocks. Twice the same changes nothing more.

    What has reached the level `below` meanwhile, between the caller's look and the lock, is left as it is.
    The subjects are locked before their clocks, as whoever takes a step does. Each clock that is counted otherwise than
    before has an audit row with the old and the new; the caller's says what was changed for all.
    """
    running = Clock.objects.running().filter(pk__in=list(terms)).order_by("id")
    if below is not None:
        running = running.filter(level__lt=below)
    for kind, subjects in _by_kind(running.values_list("subject_kind", "subject_id")).items():
        handler_of(kind).lock(subjects, wait=True)
    found, before = with_plans(running.select_for_update(of=("self",))), []
    for clock in found:
        before.append((clock, counted(clock)))
        _under(clock, terms[clock.pk], now=now)
    acts = [(clock, {"stage": clock.stage} | other) for clock, old in before if (other := said(clock, old))]
    audit.record_each("clock.replanned", acts, by=by, at=now)
    keep(before, verb="replanned", by=by, now=now)
    update_rows(found, [*DERIVED, *WRITTEN])
    for kind, subjects in _by_kind((c.subject_kind, c.subject_id) for c in found).items():
        handler_of(kind).replanned([c for c in found if c.subject_id in subjects], now=now)
    return found


def _under(clock: Clock, asked: Terms, *, now: datetime) -> None:
    """Other terms and what follows from them.

    A level that they make due already is due from now on, not earlier; one that was owed before is owed since then.
    """
    since = min(clock.next_at or now, now)
    asked.apply(clock)
    plan = plan_of(clock)
    if asked.holds and (clock.level not in plan or plan[Level(clock.level)] > now):
        clock.least_level = max(clock.least_level, clock.level)
    derive(clock, plan, now=now)
    if clock.next_at is not None:
        clock.next_at = max(clock.next_at, since)
    clock.revision += 1


def _by_kind(subjects: Iterable[tuple[str, UUID]]) -> dict[str, set[UUID]]:
    kinds: dict[str, set[UUID]] = {}
    for kind, subject_id in subjects:
        kinds.setdefault(kind, set()).add(subject_id)
    return kinds
