"""What the two commands share: who acts, which area, and saying a plan in lines."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from gridgov.accounts.models import User
from gridgov.dbtime import database_now
from grids import imports
from grids.imports import tables
from grids.imports.plan import Plan, Source
from grids.models import Area

SHOWN = 50  # lines of a kind that are printed


def add_arguments(parser: ArgumentParser) -> None:
    """What both commands take."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--code-field", default="", help="column with the code")
    parser.add_argument("--name-field", default="", help="column with the name")
    parser.add_argument("--crs", default="", help="EPSG:n, gcj02 or bd09; without it what the file says")
    parser.add_argument("--encoding", default="", help="of a .dbf or .csv; without it it is guessed")
    parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
    parser.add_argument("--by", default="", metavar="USERNAME", help="who acts; the import's service without it")


def person(username: str) -> User:
    """Who acts."""
    if not username:
        return User.objects.service("import")
    found = User.objects.filter(username__iexact=username, is_active=True, is_service=False).first()
    if found is None:
        raise CommandError(f"There is nobody with the staff number {username}.")
    return found


def area(code: str, scheme: str = "") -> Area | None:
    """The area with this code ("" is None). CommandError when there is none, or one in each of several schemes."""
    if not code:
        return None
    found = Area.objects.standing().filter(code=code)
    areas = list(found.filter(code_scheme=scheme)) or list(found)
    if len(areas) != 1:
        raise CommandError(f"There is no area with the code {code}." if not areas else f"{code} is in several schemes.")
    return areas[0]


def run(kind: str, options: dict[str, Any], out: TextIO, make: Callable[[list[Any], Source], Plan]) -> None:
    """Read, plan, tell, and do it unless it is a dry run. CommandError when a row is refused."""
    path: Path = options["file"]
    try:
        data = path.read_bytes()
        reading = tables.read(path.name, data, crs=options["crs"], encoding=options["encoding"])
        plan = make(reading.features, Source.of(path.name, data, drawn=not tables.is_list(path.name)))
        tell(plan, out)
        plan.check()
        if options["dry_run"]:
            out.write(_("Nothing was changed; this is what would happen.") + "\n")
        elif plan.changes_something:
            importer = imports.find(kind)
            if importer is not None:
                batch = importer.apply(plan, by=person(options["by"]), now=database_now())
                out.write(_("Done. Import %(id)s.") % {"id": batch.pk} + "\n")
        else:
            out.write(_("Everything is there already; nothing was changed.") + "\n")
    except (ValidationError, PermissionDenied) as error:
        raise CommandError(" ".join(getattr(error, "messages", [str(error)]))) from error
    except OSError as error:
        raise CommandError(str(error)) from error


def tell(plan: Plan, out: TextIO) -> None:
    """The figures, then repairs, refusals, overlaps and gaps, a line each."""
    counts = plan.counts()
    for name in ("created", "updated", "unchanged"):
        out.write(f"{counts[name]:>7}  {name}\n")
    out.write(f"{counts['repaired'] + counts['refused']:>7}  invalid\n")
    for label, lines in (
        ("repaired", [f"{row.number} {row.label}: {row.repaired}" for row in plan.repaired]),
        ("refused", [f"{row.number} {row.label}: {row.reason}" for row in plan.refused]),
        ("overlaps", plan.overlaps),
        ("gaps", plan.gaps),
    ):
        out.write(f"{len(lines):>7}  {label}\n")
        out.writelines(f"         {line}\n" for line in lines[:SHOWN])
        if len(lines) > SHOWN:
            out.write(f"         … {len(lines) - SHOWN} more\n")
