"""What the ground does by itself."""

from celery import shared_task

from gridgov.dbtime import database_now
from grids.actions.imports import forget_uploads


@shared_task(name="grids.forget_uploads")
def forget() -> int:
    """Files that were handed in and never applied do not stay."""
    return forget_uploads(now=database_now())
