"""What notices do on their own."""

from celery import shared_task

from gridgov.dbtime import database_now
from gridgov.notices import channels, delivery, digests, retention


@shared_task
def deliver() -> None:
    """Deliver what is due; with no channel configured there is nothing to look for."""
    if channels.configured():
        delivery.run_all()


@shared_task
def digest() -> None:
    """Queue the daily digests whose hour has come."""
    if not channels.personal():
        return
    now = database_now()
    while digests.queue_due(now) == digests.BATCH:
        pass


@shared_task
def forget() -> None:
    """Delete deliveries older than the retention."""
    now = database_now()
    while retention.forget(now=now) == retention.BATCH:
        pass
