"""Celery shells of the clock: any worker may answer any knock, at any time."""

from celery import shared_task

from gridgov.clock import checks, latecomers
from gridgov.clock.sweep import sweep
from gridgov.dbtime import database_now


@shared_task(name="clock.sweep")
def sweep_clocks() -> int:
    """Fire what is due."""
    return sweep()


@shared_task(name="clock.catch_up")
def catch_up() -> int:
    """Bring clocks begun during a change of their calendar or limit under what counts now; how many."""
    return latecomers.catch_up(database_now())


@shared_task(name="clock.check")
def check_clocks() -> int:
    """Say what does not add up; how many findings."""
    return len(checks.check(now=database_now()))
