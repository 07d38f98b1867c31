"""Counting as the work happens: each change leaves a delta in its own transaction; the folder sums them."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from assessment.models import CountDelta, Dimension
from gridgov.rows import insert_rows
from incidents.models import Incident
from incidents.signals import incident_changed, incidents_escalated


def _delta(incident: Incident, dimension: str, key: Any, now: datetime) -> CountDelta:
    day = timezone.localdate(now)
    return CountDelta(day=day, area_path=incident.area_path, dimension=dimension, key=str(key), delta=1)


@receiver(incident_changed)
def count_change(sender: Any, *, incident: Incident, move: str, before: str, now: datetime, **_rest: Any) -> None:
    """A status was entered; a report also counts for its category."""
    rows = []
    if incident.status != before:
        rows.append(_delta(incident, Dimension.STATUS, incident.status, now))
    if move == "report":
        rows.append(_delta(incident, Dimension.CATEGORY, incident.category_id, now))
    if rows:
        CountDelta.objects.bulk_create(rows)


@receiver(incidents_escalated)
def count_escalations(sender: Any, *, levels: list[tuple[Incident, int]], now: datetime, **_rest: Any) -> None:
    """Levels of supervision were reached, those of one sweep together."""
    counts = Counter((incident.area_path, str(level)) for incident, level in levels)
    rows = [(path, key, count) for (path, key), count in counts.items()]
    same = {"day": timezone.localdate(now), "dimension": Dimension.LEVEL}
    insert_rows(CountDelta, ["area_path", "key", "delta"], rows, same=same)
