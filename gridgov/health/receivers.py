"""Beat gives its sign of life itself, when it sends the knock: a dead worker must not make beat look dead too."""

from typing import Any

from celery import current_app, signals
from django.db import close_old_connections, connection

from gridgov.dbtime import database_now
from gridgov.health import actions, tasks


def _sign_of_life(**kwargs: Any) -> None:
    if not connection.in_atomic_block:  # beat has no request or task around it that would tidy up
        close_old_connections()
    actions.beat(actions.BEAT, now=database_now())


@signals.beat_init.connect(weak=False)
def beat_started(**kwargs: Any) -> None:
    """Only inside beat does sending the knock count as its sign of life; a first one goes out at once."""
    signals.before_task_publish.connect(_sign_of_life, sender=tasks.KNOCK, weak=False)
    tasks.knock.delay()


@signals.worker_ready.connect(weak=False)
def worker_started(**kwargs: Any) -> None:
    """A worker knocks at its own door, so that its first sign of life does not wait for beat."""
    tasks.knock.delay()


@signals.task_success.connect(weak=False)
def task_ended(sender: Any = None, **kwargs: Any) -> None:
    """A scheduled task came to its end: its own row says when, so that one that always fails is noticed."""
    if getattr(sender, "name", "") in _scheduled():
        actions.beat(sender.name, now=database_now())


def _scheduled() -> set[str]:
    return {entry["task"] for entry in current_app.conf.beat_schedule.values()} - {tasks.KNOCK}
