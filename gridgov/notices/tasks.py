"""What notices do on their own."""

from celery import shared_task

from gridgov.dbtime import database_now
from gridgov.notices import channels, delivery


@shared_task
def deliver() -> None:
    """Deliver what is due; with no channel configured there is nothing to look for."""
    if not channels.configured():
        return
    for row in delivery.claim(database_now()):
        delivery.deliver(row, now=database_now())
