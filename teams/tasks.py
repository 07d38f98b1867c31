"""The beat's knock at posts whose last day has passed."""

from celery import shared_task

from gridgov.dbtime import database_now
from teams import actions


@shared_task
def announce_ended() -> int:
    """Hand open work over on the day a post ends."""
    return actions.announce_ended(now=database_now())
