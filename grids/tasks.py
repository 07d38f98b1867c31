"""What the ground does by itself."""

from celery import shared_task

from gridgov.dbtime import database_now
from grids.actions.imports import forget_uploads
from grids.actions.plans import take_effect_today
from grids.actions.proposals import work_out_waiting


@shared_task(name="grids.forget_uploads")
def forget() -> int:
    """Files that were handed in and never applied do not stay."""
    return forget_uploads(now=database_now())


@shared_task(name="grids.take_effect")
def take_effect() -> int:
    """Approved plans whose day has come, by the database's clock."""
    return take_effect_today(now=database_now())


@shared_task(name="grids.propose")
def propose() -> int:
    """Proposals that wait to be worked out: told when one is asked for, and looked for in case that was not heard."""
    return work_out_waiting(now=database_now())
