"""`manage.py create_admin`: the first administrators, made by whoever runs the machine."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from gridgov.dbtime import database_now
from teams import actions
from teams.roles import ADMINISTRATORS


class Command(BaseCommand):
    """Makes a person an administrator and prints a one-time link to choose a password."""

    help = "Make an administrator: system, security, audit and office administrator are separate accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--role", required=True, choices=[str(role) for role in ADMINISTRATORS])
        parser.add_argument("--username", required=True, help="staff number to sign in with")
        parser.add_argument("--name", required=True, help="the person's name")
        parser.add_argument("--area", default="", help="code of the district or street; needed when there are several")
        parser.add_argument("--area-name", default="", help="its name, when the database is still empty")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user, issued = actions.install_administrator(
                role=options["role"],
                username=options["username"],
                name=options["name"],
                district_code=options["area"],
                district_name=options["area_name"],
                now=database_now(),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        origin = (settings.CSRF_TRUSTED_ORIGINS or ["http://127.0.0.1:8000"])[0]
        path = reverse("accounts:set_password")
        self.stdout.write(f"{user.name} ({user.username}) is {options['role']}.")
        self.stdout.write(f"Open once, before {issued.expires_at:%Y-%m-%d %H:%M} UTC, to choose a password:")
        self.stdout.write(f"{origin}{path}#{issued.token}")
