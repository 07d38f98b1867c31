"""Makes an API token for somebody and shows it once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gridgov.accounts import actions
from gridgov.accounts.models import User
from gridgov.dbtime import database_now


class Command(BaseCommand):
    """manage.py create_token USERNAME [--label TEXT]"""

    help = "Make an API token for a person and show it once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--label", default="", help="what the token is for")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.by_sign_in(options["username"])
        if user is None:
            raise CommandError(f"Nobody signs in as {options['username']}.")
        token = actions.issue_token(user, label=options["label"], by=None, now=database_now())
        self.stdout.write(token)
        self.stderr.write("Send it as:  Authorization: Bearer <token>")
