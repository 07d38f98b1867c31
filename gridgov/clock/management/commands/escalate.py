"""`manage.py escalate`: what Celery beat and worker do for deadlines, without a broker."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gridgov.clock.sweep import sweep


class Command(BaseCommand):
    help = "Fire every deadline that is due; with --forever, look again every few seconds until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--forever", action="store_true")
        parser.add_argument("--every", type=float, default=5.0, metavar="SECONDS")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            done = sweep()
            if done or not options["forever"]:
                self.stdout.write(f"{done} deadlines dealt with.")
            if not options["forever"]:
                return
            time.sleep(options["every"])
