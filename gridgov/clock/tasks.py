"""Celery shells of the clock: any worker may answer any knock, at any time."""

from celery import shared_task

from gridgov.clock.sweep import sweep


@shared_task(name="clock.sweep")
def sweep_clocks() -> int:
    """Fire what is due."""
    return sweep()
