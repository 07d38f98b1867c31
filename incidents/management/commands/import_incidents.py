"""`manage.py import_incidents`: another system's tickets, replayed through our routing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError

from gridgov.accounts.models import User
from gridgov.dbtime import database_now
from grids.models import Area
from incidents.actions.imports import Tally, import_tickets
from incidents.tickets import read_map, read_tickets

SHOWN = 10  # reasons of a kind that are printed


class Command(BaseCommand):
    """manage.py import_incidents FILE --map MAP.toml [--dry-run] [--by USERNAME]"""

    help = "Take in tickets of another system (CSV or GeoJSON); what each column means stands in a TOML file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--map", type=Path, required=True, help="what each column means (see incidents/tickets.py)")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument("--by", default="", metavar="USERNAME", help="who reports; the import's service without it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            told = read_map(options["map"])
            tally = import_tickets(
                read_tickets(options["file"], told),
                source=told.source,
                home=home_of(told.home),
                by=person(options["by"]),
                now=database_now(),
                dry_run=options["dry_run"],
            )
        except (ValidationError, PermissionDenied) as error:
            raise CommandError(" ".join(getattr(error, "messages", [str(error)]))) from error
        except OSError as error:
            raise CommandError(str(error)) from error
        self.tell(tally, dry_run=options["dry_run"])

    def tell(self, tally: Tally, *, dry_run: bool) -> None:
        """The figures, a line each, then the reasons."""
        self.stdout.write("Nothing was changed; this is what would happen." if dry_run else "Done.")
        for label, count in figures(tally):
            self.stdout.write(f"{count:>7}  {label}")
        if tally.agreement is not None:
            self.stdout.write(
                f"{tally.agreement:6.2f}%  agree with the expected area, {tally.agreed} of {tally.compared}"
            )
        for label, found in (
            ("refused", tally.refused),
            ("left open", tally.kept_open),
            ("closed before it was created, ends when it was created", [(name, "") for name in tally.closed_early]),
            ("elsewhere than expected", [(name, f"{ours}, not {theirs}") for name, theirs, ours in tally.differ]),
        ):
            for name, reason in found[:SHOWN]:
                self.stdout.write(f"  {label}: {name}  {reason}".rstrip())
            if len(found) > SHOWN:
                self.stdout.write(f"  {label}: {len(found) - SHOWN} more")


def figures(tally: Tally) -> list[tuple[str, int]]:
    """What is counted, in words."""
    return [
        ("incidents added", tally.added),
        ("routed to an area", tally.routed),
        ("  of these near a boundary", tally.near_boundary),
        ("  of these where no grid is drawn", tally.coarse),
        ("outside every area, waiting for triage", tally.outside),
        ("without coordinates, waiting for triage", tally.no_place),
        ("were there already", tally.known),
        ("closed at the time given", tally.closed - len(tally.closed_early)),
        ("closed before they were created", len(tally.closed_early)),
        ("left open though closed elsewhere", len(tally.kept_open)),
        ("refused", len(tally.refused)),
    ]


def person(username: str) -> User:
    """Who reports."""
    found = User.objects.by_sign_in(username) if username else User.objects.service("import")
    if found is None:
        raise CommandError(f"Nobody signs in as {username}.")
    return found


def home_of(code: str) -> Area:
    """The street that looks after what lies outside: the one the map names, or the only one."""
    streets = Area.objects.standing().filter(kind=Area.Kind.STREET)
    found = list(streets.filter(code=code) if code else streets[:2])
    if len(found) != 1:
        raise CommandError("Name the street in the map: home = its code.")
    return found[0]
