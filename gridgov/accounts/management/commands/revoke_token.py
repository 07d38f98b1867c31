"""Ends API tokens of somebody at once: the way back from `create_token`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gridgov.accounts import actions
from gridgov.accounts.models import ApiToken
from gridgov.dbtime import database_now


class Command(BaseCommand):
    """manage.py revoke_token USERNAME LABEL"""

    help = "End the API tokens that were made for a person under a label."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("label", help="what create_token was told they are for; '' for those without a label")

    def handle(self, *args: Any, username: str, label: str, **options: Any) -> None:
        tokens = list(ApiToken.objects.filter(user__username__iexact=username, label=label, revoked_at=None))
        if not tokens:
            raise CommandError(f"{username} has no token with the label “{label}”.")
        for token in tokens:
            actions.revoke_token(token, by=None, now=database_now())
        self.stdout.write(f"Ended: {len(tokens)}")
