"""Keeping the counts behind the boards folded and true."""

import structlog
from celery import shared_task

from assessment import actions, metrics, watch
from gridgov.clock import checks
from gridgov.dbtime import database_now

log = structlog.get_logger(__name__)


@shared_task(name="assessment.fold")
def fold() -> None:
    """Sum what has been counted since."""
    actions.fold_counts()


@shared_task(name="assessment.compare")
def compare() -> int:
    """Count anew from the timelines of the last 40 days and say where the boards' counts differ."""
    found = metrics.drift()
    for line in found:
        log.error("assessment.drift", **line)
    where = tuple(f"{line['day']} {line['street']} {line['key']}" for line in found[: checks.SAMPLE])
    kept = [checks.Finding("drift", len(found), where)] if found else []
    checks.keep(watch.COUNTS, kept, now=database_now())
    return len(found)
