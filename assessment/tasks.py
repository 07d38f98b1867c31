"""Keeping the counts behind the boards folded and true."""

import structlog
from celery import shared_task

from assessment import actions, metrics

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
    return len(found)
