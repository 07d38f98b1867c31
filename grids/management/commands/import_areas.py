"""`manage.py import_areas FILE`: streets, communities or grids from a map."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from grids.management.files import ImportCommand
from grids.models import Area


class Command(ImportCommand):
    """All or nothing; national codes are checked, foreign ones are kept under a scheme of their own."""

    help = "Read areas with their boundaries from GeoJSON, a zipped Shapefile, KML or GPKG."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--kind", required=True, choices=[str(kind) for kind in Area.Kind.values])
        parser.add_argument("--parent", default="", help="code of the area they belong to; none for a root")
        parser.add_argument("--code-field", default="", help="column with the code; without one codes are made")
        parser.add_argument("--name-field", default="", help="column with the name")
        parser.add_argument("--scheme", default="", help="scheme of foreign codes; else the parent's")

    def handle(self, *args: Any, **options: Any) -> None:
        parent = Area.objects.standing().filter(code=options["parent"]).first() if options["parent"] else None
        if options["parent"] and parent is None:
            raise CommandError(f"There is no area with the code {options['parent']}.")
        names = ("kind", "code_field", "name_field", "scheme", "crs", "encoding", "layer")
        self.run("areas", {name: options[name] for name in names} | {"parent": parent}, options)
