"""The product's Celery app under faults: `celery -A tests.faults.wrapped worker` (or beat), knocking every second."""

from typing import Any

from tests.faults import failpoints

failpoints.shift_clock()

from celery import signals

from gridgov.celery import app

OFTEN = 1.0  # seconds
for name in ("clock.sweep", "notices.deliver", "audit.seal", "assessment.fold"):
    app.conf.beat_schedule[name]["schedule"] = OFTEN


@signals.worker_init.connect(weak=False)
def worker_begins(**kwargs: Any) -> None:
    """Before the pool is forked."""
    failpoints.install()
