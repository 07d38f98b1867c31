"""`manage.py escalate`: what Celery beat and worker do for deadlines, without a broker: sweep, catch up, check.

It stands here and not beside the clock, because with `--deliver` it also queues digests and empties the outbox, and
rooms that stand side by side do not know each other.
"""

import random
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections, connection

from assessment.watch import SWEEP
from gridgov.clock import checks
from gridgov.clock.latecomers import catch_up
from gridgov.clock.sweep import sweep
from gridgov.dbtime import database_now
from gridgov.health import actions as health
from gridgov.notices import tasks as notices

LONGEST_PAUSE = 30.0  # seconds between two attempts while the database is away
BETWEEN_CHECKS = timedelta(hours=1)
JITTER = 0.2  # of the pause: two that were started together do not stay together
log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Fire every deadline that is due; with --forever, look again every few seconds until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--forever", action="store_true", help="go on until SIGTERM or Ctrl-C")
        parser.add_argument("--every", type=float, default=5.0, metavar="SECONDS")
        parser.add_argument("--deliver", action="store_true", help="deliver the outbox too")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["forever"]:
            self.stdout.write(f"{_once(deliver=options['deliver'])} deadlines dealt with.")
            return
        with _stopped_by_signals() as stopped:
            self.stdout.write(f"Looking every {options['every']:g} s until stopped.")
            self._forever(stopped, options["every"], deliver=options["deliver"])
        self.stdout.write("Stopped.")

    def _forever(self, stopped: threading.Event, every: float, *, deliver: bool) -> None:
        """Until a signal: the round under way is finished first. A database that is away is waited for."""
        failures = 0
        while not stopped.is_set():
            close_old_connections()
            try:
                if done := _once(deliver=deliver):
                    self.stdout.write(f"{done} deadlines dealt with.")
                failures = 0
            except DatabaseError as error:
                failures += 1
                log.warning("escalate.database_away", failures=failures, error=repr(error))
                connection.close()
            pause = min(every * 2**failures, LONGEST_PAUSE) if failures else every
            stopped.wait(pause * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311  it only spreads load


def _once(*, deliver: bool) -> int:
    done, now = sweep(), database_now()
    health.beat(SWEEP, now=now)
    catch_up(now)
    last = checks.last()
    if last is None or now - last[0] >= BETWEEN_CHECKS:
        checks.check(now=now)
    if deliver:
        notices.digest()
        notices.deliver()
    return done


@contextmanager
def _stopped_by_signals() -> Iterator[threading.Event]:
    """An event that SIGTERM and Ctrl-C set; what they meant before holds again afterwards."""
    stopped = threading.Event()
    before = {n: signal.signal(n, lambda *_: stopped.set()) for n in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
