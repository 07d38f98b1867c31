"""The task queue and its schedule: a literal table anyone can read."""

import logging.config
import os
from typing import Any

from celery import Celery, signals
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridgov.settings")

app = Celery("gridgov")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)

# name → (task, seconds). Every task here may be run twice, at once, or not at all for an hour: it looks at
# the database for what is due and claims it there.
SCHEDULE: dict[str, tuple[str, float]] = {
    "grids.forget_uploads": ("grids.forget_uploads", 3600),
    "grids.take_effect": ("grids.take_effect", 60),
    "grids.propose": ("grids.propose", 15),
    "health.knock": ("gridgov.health.tasks.knock", 10),
    "clock.sweep": ("clock.sweep", 5),
    "clock.catch_up": ("clock.catch_up", 60),
    "clock.check": ("clock.check", 3600),
    "assessment.fold": ("assessment.fold", 10),
    "assessment.compare": ("assessment.compare", 86_400),
    "audit.seal": ("gridgov.audit.tasks.seal", 5),
    "accounts.clear": ("gridgov.accounts.tasks.clear", 3600),
    "notices.deliver": ("gridgov.notices.tasks.deliver", 10),
    "notices.digest": ("gridgov.notices.tasks.digest", 60),
    "notices.forget": ("gridgov.notices.tasks.forget", 3600),
    "teams.announce_ended": ("teams.tasks.announce_ended", 300),
    "teams.remind_of_roster": ("teams.tasks.remind_of_roster", 3600),
    "teams.forget_tracks": ("teams.tasks.forget_tracks", 3600),
    "teams.reckon_coverage": ("teams.tasks.reckon_coverage", 3600),
    "sync.remove_orphans": ("gridgov.sync.tasks.remove_orphans", 3600),
}

# By the worker's clock: a machine two hours ahead must not throw every knock away. None is needed, one is enough.
KNOCK_LIVES = 3 * 3600

app.conf.beat_schedule = {
    name: {"task": task, "schedule": seconds, "options": {"expires": seconds + KNOCK_LIVES}}
    for name, (task, seconds) in SCHEDULE.items()
}


@signals.setup_logging.connect
def use_our_logs(**kwargs: Any) -> None:
    """Worker and beat write logs as the web process does, instead of Celery's own format."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)
