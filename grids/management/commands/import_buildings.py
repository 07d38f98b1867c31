"""`manage.py import_buildings`: footprints, points or a list of buildings, put into their grids."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from grids.imports import console
from grids.imports.buildings import BuildingColumns, plan_buildings


class Command(BaseCommand):
    """manage.py import_buildings FILE [--grid-field F] [--name-field F] [--code-field F] [--crs …] [--dry-run]"""

    help = "Take in buildings; into the grid a column names (code or name), or the one their ground lies in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        console.add_arguments(parser)
        parser.add_argument("--within", default="", metavar="CODE", help="the area in which they all lie")
        for name in BuildingColumns.__dataclass_fields__:
            if name not in ("code", "name"):
                parser.add_argument(f"--{name}-field", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        fields = {name: options[f"{name}_field"] for name in BuildingColumns.__dataclass_fields__}
        within, columns = console.area(options["within"]), BuildingColumns(**fields)
        console.run(
            "buildings",
            options,
            self.stdout,  # type: ignore[arg-type]
            lambda features, source: plan_buildings(features, within=within, columns=columns, source=source),
        )
