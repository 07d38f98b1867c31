"""`manage.py load_catalogue`: the catalogue an empty database needs."""

from typing import Any

from django.core.management.base import BaseCommand

from gridgov.accounts.models import User
from gridgov.dbtime import database_now
from incidents.catalogue import load_catalogue


class Command(BaseCommand):
    help = "Add the default catalogue of incidents where entries are missing. What has been edited stays."

    def handle(self, *args: Any, **options: Any) -> None:
        added = load_catalogue(by=User.objects.service("import"), now=database_now())
        self.stdout.write(f"{added} entries added.")
