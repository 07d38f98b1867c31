"""What incidents do with the clock: which stage's clock runs when, and what happens when one runs late."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from gridgov.clock import actions as clock
from gridgov.clock.levels import Level
from gridgov.clock.models import Clock, Pause
from gridgov.clock.registry import Fired
from gridgov.rows import ids, update_rows
from incidents import waits
from incidents.audience import audiences
from incidents.escalation import open_supervisions, tell_who_must_know, write_timeline
from incidents.limits import Limit, Today, limit_for, todays
from incidents.models import Incident, Request
from incidents.signals import incidents_escalated
from incidents.workflow import OPEN, STAGE_OF, Ask, Stage
from teams.models import Unit

SUBJECT = waits.SUBJECT


def waited_for(incident: Incident, stage: str) -> Unit | None:
    """Whom a stage waits for: who is to handle the case, else who holds it; the promise waits for nobody."""
    if stage == Stage.PROMISE:
        return None
    return incident.handling_unit if stage in (Stage.SIGN, Stage.HANDLE) else incident.holder


def limit_of(incident: Incident, stage: str, unit: Unit | None, among: Today) -> Limit:
    """The limit of one stage of a case while it waits for `unit`."""
    level = unit.area.kind if unit and among.rules.by_level else ""  # an area is read only where it can matter
    return limit_for(incident.category, stage, among, unit.code if unit else "", incident.area_path, level)


def stage_clock(
    incident: Incident, stage: str, *, now: datetime, unit: Unit | None, among: Today | None = None
) -> Clock:
    """The clock of one stage of an incident, not yet started, by the hours of the unit that has it."""
    limit = limit_of(incident, stage, unit, among or todays())
    return clock.prepared(
        SUBJECT,
        incident.pk,
        stage,
        cycle=incident.cycle,
        budget=limit.seconds,
        calendar=limit.calendar,
        ladder=limit.ladder,
        basis=limit.basis,
        ladder_basis=limit.ladder_basis,
        unit_id=unit.pk if unit else None,
        area_path=incident.area_path,
        now=now,
    )


def prepare(incident: Incident, *, now: datetime) -> tuple[Clock, Clock]:
    """The clocks of a new or reopened incident, not yet started: its first stage, and what is promised to the resident.

    The incident's own due times are set, not saved.
    """
    among = todays()
    first = stage_clock(incident, STAGE_OF[incident.status], now=now, unit=incident.holder, among=among)
    promise = stage_clock(incident, Stage.PROMISE, now=now, unit=None, among=among)
    incident.due_at, incident.promised_at, incident.level = first.due_at, promise.due_at, Level.ON_TIME
    return first, promise


def follow(
    incident: Incident, before: str, *, now: datetime, restart: bool = False, held_by: int | None = None, by: Any = None
) -> None:
    """Stop and start clocks after a step of a locked incident from status `before`; `held_by` held it until then."""
    old, new = STAGE_OF.get(before), STAGE_OF.get(incident.status)
    if new is None:
        waits.record(incident, clock.stop(SUBJECT, incident.pk, outcome=incident.status, now=now), now=now)
        incident.due_at = None
        return
    if old is None:
        clock.run(*prepare(incident, now=now))
        return
    if old == new and not restart:
        if held_by != incident.holder_id and new != Stage.SIGN:
            carry_on(incident, by=by, now=now)
        return
    waits.record(incident, clock.stop(SUBJECT, incident.pk, old, outcome="done", now=now), now=now)
    started = stage_clock(incident, new, now=now, unit=waited_for(incident, new))
    clock.run(started)
    incident.due_at = started.due_at
    promise = Clock.objects.of(SUBJECT, incident.pk).running().filter(stage=Stage.PROMISE).first()
    incident.level = promise.level if promise else Level.ON_TIME


def carry_on(incident: Incident, *, by: Any, now: datetime) -> None:
    """The running stage goes on with whom it now waits for, by the hours of that unit and the ladder of its level.

    Time used, pauses and levels reached travel along (docs/clock.md, "Rows"). An edited ladder is no other ladder.
    The incident's own due time is set, not saved.
    """
    stage = STAGE_OF[incident.status]
    unit = waited_for(incident, stage)
    rows = Clock.objects.of(SUBJECT, incident.pk).running().select_related("ladder_version")
    running = rows.filter(stage=stage).first()
    if running is not None and running.unit_id != (unit.pk if unit else None):
        limit, terms = limit_of(incident, stage, unit, todays()), None
        climbs = limit.ladder.ladder_id != running.ladder_version.ladder_id
        if climbs or limit.calendar.pk != running.calendar_version_id:
            other = (limit.ladder, limit.ladder_basis) if climbs else (None, None)
            terms = clock.Terms(limit.calendar, ladder=other[0], ladder_basis=other[1])
        handed = clock.hand_over(running, unit_id=unit.pk if unit else None, terms=terms, by=by, now=now)
        incident.due_at = handed.due_at


def terms_of(incident: Incident, running: Clock, among: Today) -> clock.Terms:
    """What a running clock of a case would be counted by if it began today."""
    limit = limit_of(incident, running.stage, waited_for(incident, running.stage), among)
    return clock.Terms(limit.calendar, limit.seconds, limit.basis, limit.ladder, limit.ladder_basis)


def relimit(incident: Incident, *, by: Any, now: datetime, came_from: str | None = None) -> None:
    """A locked incident is of another category, or in another street than that `came_from` lies in.

    What runs and is not late yet runs on by the limits that count there.
    """
    among, terms = todays(), {}
    if came_from is not None and among.street_of(came_from) == among.street_of(incident.area_path):
        return
    for running in Clock.objects.of(SUBJECT, incident.pk).running():
        if running.level < Level.LATE:
            terms[running.pk] = terms_of(incident, running, among)
    clock.replan_each(terms, by=by, now=now)
    _take_over(incident)


def refresh(incident: Incident) -> None:
    """Take level and due times of a locked incident from its clocks anew, after a pause, extension or re-plan."""
    _take_over(incident)
    incident.save(update_fields=["due_at", "promised_at", "level"])


def _take_over(incident: Incident) -> None:
    clocks = {c.stage: c for c in Clock.objects.of(SUBJECT, incident.pk).running()}
    stage = clocks.get(STAGE_OF.get(incident.status, ""))
    incident.due_at = stage.due_at if stage else None
    incident.promised_at = clocks[Stage.PROMISE].due_at if Stage.PROMISE in clocks else incident.promised_at
    incident.level = max((c.level for c in clocks.values()), default=Level.ON_TIME)


def suspended_until(incident: Incident) -> datetime | None:
    """Until when, at most, the handling of a case is paused; None while it runs."""
    running = Clock.objects.of(SUBJECT, incident.pk).running().filter(stage=Stage.HANDLE)
    return Pause.objects.filter(clock__in=running, end=None).values_list("at_most", flat=True).first()


def after_return(incident: Incident, *, by: Any, now: datetime) -> None:
    """Sent back too often, a case is critical whatever the time says (docs/domain.md §1.7: 3 × 退回)."""
    promise = Clock.objects.of(SUBJECT, incident.pk).running().filter(stage=Stage.PROMISE).first()
    if promise is None:
        return
    most = audiences([promise.ladder_version_id])[promise.ladder_version_id].returned
    returned = incident.requests.filter(kind=Ask.RETURN, answer=Request.Answer.APPROVED).count()
    if most and returned >= most:
        rows = clock.raise_to(promise, Level.CRITICAL, reason="returned", by=by, now=now)
        if rows:
            promise.refresh_from_db()
            IncidentClocks().escalated([Fired(promise, tuple(rows))], now=now)


class IncidentClocks:
    """Speaks for incidents when the kernel's sweep or re-planning asks."""

    def lock(self, subject_ids: Collection[UUID], *, wait: bool) -> set[UUID]:
        """Lock the cases themselves; without `wait`, leave those somebody is working on to a later sweep."""
        locked = set(_statuses(subject_ids, f"ORDER BY id FOR UPDATE {'' if wait else 'SKIP LOCKED'}"))
        if wait or len(locked) == len(subject_ids):
            return set(subject_ids)
        return set(subject_ids) - (set(_statuses(subject_ids)) - locked)

    def running(self, subject_ids: Collection[UUID]) -> set[UUID]:
        """Those not ended."""
        return {key for key, status in _statuses(subject_ids).items() if status in OPEN}

    @transaction.atomic
    def escalated(self, fired: Sequence[Fired], *, now: datetime) -> None:
        """Raise the level, open a supervision from orange on, write the timeline, tell who must know."""
        subjects = {item.clock.subject_id for item in fired}
        locked = Incident.objects.raw(LOCKED, [ids(subjects)])
        incidents = {incident.pk: incident for incident in locked}
        for item in fired:
            incident = incidents[item.clock.subject_id]
            incident.level = max(incident.level, item.level)
        open_supervisions(fired, incidents, now=now)
        write_timeline(fired, incidents, now=now)
        update_rows(incidents.values(), ["level", "version"])
        tell_who_must_know(fired, incidents, now=now)
        levels = [(incidents[item.clock.subject_id], item.level) for item in fired]
        incidents_escalated.send(Incident, levels=levels, now=now)

    def replanned(self, clocks: Sequence[Clock], *, now: datetime) -> None:
        """Carry new due times over to the lists; one statement for all. Whoever calls holds the cases' locks."""
        with connection.cursor() as cursor:
            cursor.execute(REFRESH_MANY, [[c.subject_id for c in clocks]])


def _statuses(subject_ids: Collection[UUID], how: str = "") -> dict[UUID, str]:
    with connection.cursor() as cursor:
        cursor.execute(f"{THESE} {how}", [ids(subject_ids)])
        return dict(cursor.fetchall())


THESE = "SELECT id, status FROM incidents_incident WHERE id = ANY(%s::uuid[])"
# What a sweep needs of a case, and no more: a thousand are read at a time.
LOCKED = """
SELECT id, number, area_path, status, version, level, holder_id, handling_unit_id, reported_by_id, is_confidential
FROM incidents_incident WHERE id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE
"""
REFRESH_MANY = """
UPDATE incidents_incident i SET due_at = s.due_at, promised_at = coalesce(s.promised_at, i.promised_at), level = s.level
FROM (
    SELECT subject_id, max(due_at) FILTER (WHERE stage <> 'promise') AS due_at,
           max(due_at) FILTER (WHERE stage = 'promise') AS promised_at, max(level) AS level
    FROM clock_clock WHERE stopped_at IS NULL AND subject_id = ANY(%s) GROUP BY subject_id
) s WHERE i.id = s.subject_id
"""
