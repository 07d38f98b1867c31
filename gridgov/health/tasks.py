"""The sign of life a worker gives by doing something."""

from celery import shared_task

from gridgov.dbtime import database_now
from gridgov.health import actions

KNOCK = "gridgov.health.tasks.knock"


@shared_task(name=KNOCK)
def knock() -> None:
    """Sent by beat every ten seconds; that it runs is the message."""
    actions.beat(actions.WORKER, now=database_now())
