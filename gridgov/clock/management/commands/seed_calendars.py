"""`manage.py seed_calendars`: the calendars an empty database needs."""

from typing import Any

from django.core.management.base import BaseCommand

from gridgov.clock.seed import seed_calendars
from gridgov.dbtime import database_now


class Command(BaseCommand):
    help = "Make the office calendar (public holidays and make-up days 2024-2026) and natural time, where missing."

    def handle(self, *args: Any, **options: Any) -> None:
        made = seed_calendars(now=database_now())
        self.stdout.write(f"{len(made)} calendars made.")
