"""Who waited for whom, reckoned from a clock: one stretch for each holder it had (docs/clock.md, "Rows").

The same reckoning serves what has ended, which is written down once, and what still runs, which is only shown.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects

from gridgov.clock.actions import plan_of
from gridgov.clock.arithmetic import between, used
from gridgov.clock.calendars import counting
from gridgov.clock.levels import Level
from gridgov.clock.models import Clock
from incidents.models import Incident, Wait
from incidents.workflow import Stage

SUBJECT = "incidents.incident"


def stretches(clock: Clock, area_path: str, *, now: datetime) -> Iterator[Wait]:
    """The stretches of one clock up to its stop, or to `now`; fetch its pauses, extensions and hand-overs before."""
    end = max(clock.stopped_at or now, clock.started_at)
    handed = sorted(clock.hand_overs.all(), key=lambda row: row.seq)
    units = [row.from_unit_id for row in handed] + [clock.unit_id]
    marks = [clock.started_at, *(min(row.at, end) for row in handed), end]
    plan = plan_of(clock)
    limit = clock.budget + sum(extension.seconds for extension in clock.extensions.all())
    for part, (unit_id, since, until) in enumerate(zip(units, marks, marks[1:], strict=False)):
        before, after = _used(clock, since, end), _used(clock, until, end)
        open_seconds = between(counting(clock), since, until)
        reached = max((level for level, at in plan.items() if at <= until), default=Level.ON_TIME)
        yield Wait(
            incident_id=clock.subject_id,
            clock_id=clock.pk,
            part=part,
            area_path=area_path,
            cycle=clock.cycle,
            stage=clock.stage,
            unit_id=unit_id,
            since=since,
            until=until,
            used=after - before,
            limit=limit,
            late=max(0, after - limit) - max(0, before - limit),
            paused=max(0, round(open_seconds) - (after - before)),
            level=reached,
        )


def _used(clock: Clock, until: datetime, end: datetime) -> int:
    pauses = [(p.begin, min(p.end or p.at_most, end)) for p in clock.pauses.all()]
    return round(used(counting(clock), clock.started_at, until, pauses))


def record(incident: Incident, stopped: Sequence[Clock], *, now: datetime) -> None:
    """Write down what has ended, in the transaction of the step that ended it."""
    if stopped:
        prefetch_related_objects(list(stopped), "pauses", "extensions", "hand_overs")
        rows = [row for clock in stopped for row in stretches(clock, incident.area_path, now=now)]
        Wait.objects.bulk_create(rows)


def of_case(clocks: Iterable[Clock], *, now: datetime) -> list[dict[str, Any]]:
    """Every stage of a case in order, what runs included: stage, unit, from–until, how long, of which limit."""
    found = [
        {"row": row, "stage": Stage(row.stage).label, "running": clock.stopped_at is None and last, "clock": clock}
        for clock in clocks
        if clock.stage != Stage.PROMISE
        for row, last in _marked(list(stretches(clock, clock.area_path, now=now)))
    ]
    return sorted(found, key=lambda one: (one["row"].since, one["row"].part))


def _marked(rows: list[Wait]) -> Iterator[tuple[Wait, bool]]:
    for place, row in enumerate(rows, 1):
        yield row, place == len(rows)
