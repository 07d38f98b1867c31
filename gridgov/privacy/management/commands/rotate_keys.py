"""Seals all personal data anew with the first key of GRIDGOV_PRIVACY_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gridgov.privacy import keys, rotation


class Command(BaseCommand):
    help = (
        "Seal all personal data anew with the first key of GRIDGOV_PRIVACY_KEYS. Keep the old key in the list until "
        "this has run to its end. It may be stopped at any time and started again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="rows a transaction (default 500)")

    def handle(self, *args: Any, batch: int, **options: Any) -> None:
        if batch < 1:
            raise CommandError("--batch must be at least 1.")
        unreadable = 0
        self.stdout.write(f"Current key: {keys.current()[0]}")
        for field in rotation.sealed_fields():
            last = rotation.Progress(field)
            for progress in rotation.rotate(field, batch=batch):
                last = progress
            unreadable += last.unreadable
            self.stdout.write(f"{last.label}: {last.done} sealed anew, {last.unreadable} unreadable")
        if unreadable:
            raise CommandError(f"{unreadable} values could not be read; they were left as they are.")
