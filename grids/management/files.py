"""What the two import commands share: read a file, play it, print what it does, apply it whole or not at all."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from gridgov.accounts.models import User
from gridgov.dbtime import database_now
from grids.actions import imports
from grids.imports import Played, importer_of

SHOWN = 200


class ImportCommand(BaseCommand):
    """`manage.py import_… FILE`: exit code 1 and nothing changed when a single row is refused."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--crs", default="", help="EPSG:n, gcj02 or bd09; else what the file says")
        parser.add_argument("--encoding", default="", help="UTF-8 or GB18030; else what the file says")
        parser.add_argument("--layer", default="", help="which layer of a file that has several")
        parser.add_argument("--dry-run", action="store_true", help="show what would happen, change nothing")
        parser.add_argument("--by", default="", help="staff number of who imports; else the import service")

    def actor(self, options: dict[str, Any]) -> User:
        """Who is recorded as having done it."""
        if not options["by"]:
            return User.objects.service("import")
        found = User.objects.by_sign_in(options["by"])
        if found is None:
            raise CommandError(f"Nobody has the staff number {options['by']}.")
        return found

    def run(self, kind: str, said: dict[str, Any], options: dict[str, Any]) -> None:
        """Upload, show, apply."""
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        by, now = self.actor(options), database_now()
        try:
            batch = imports.upload(kind, path.name, path.read_bytes(), by=by, now=now)
            batch = imports.choose_options(batch, importer_of(kind).options(said), by=by, now=now)
            played = imports.preview(batch, by=by, now=now)
            self.show(played)
            if played.refused:
                raise CommandError(f"{len(played.refused)} refused; nothing was changed.")
            if not options["dry_run"]:
                imports.apply_import(batch, by=by, now=now)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was changed.")

    def show(self, played: Played) -> None:
        """Counts first, then what needs a look."""
        for name, count in played.summary.items():
            self.stdout.write(f"{name:<10} {count}")
        for line in [line for line in played.lines if line.note][:SHOWN]:
            self.stdout.write(f"  {line.number}: {line.kind} {line.label} {line.note}")
        for fault in played.faults[:SHOWN]:
            where = fault.shape.representative_point()
            names = " · ".join(fault.names)
            self.stdout.write(f"  {fault.kind}: {names} {fault.area:,.0f} m² at {where.x:.6f}, {where.y:.6f}")
