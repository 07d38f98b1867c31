"""What the door does on its own."""

from celery import shared_task

from gridgov.dbtime import database_now
from gridgov.sync import sweep


@shared_task
def remove_orphans() -> None:
    """Take away files that no photo row names."""
    sweep.remove_orphans(database_now())
