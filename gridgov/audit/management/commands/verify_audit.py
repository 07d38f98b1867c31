"""Checks the audit trail and says what was done to it; exit code 1 when anything was found."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gridgov.audit import checks
from gridgov.audit.models import AuditEvent, AuditLink
from gridgov.dbtime import database_now


class Command(BaseCommand):
    """manage.py verify_audit"""

    help = "Check every row, every link and the head of the audit trail."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(checks.verify(now=database_now()))
        for finding in found:
            self.stdout.write(f"{finding.fault}\t{finding.where}")
        rows, links = AuditEvent.objects.count(), AuditLink.objects.count()
        if found:
            raise CommandError(f"{len(found)} faults in {rows} rows and {links} links.")
        self.stdout.write(f"{rows} rows and {links} links: nothing was changed, added or removed.")
