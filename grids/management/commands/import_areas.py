"""`manage.py import_areas`: boundaries or a list of areas, taken in as a whole or not at all."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from grids.imports import console
from grids.imports.areas import AreaColumns, plan_areas
from grids.models import Area


class Command(BaseCommand):
    """manage.py import_areas FILE --kind community|grid|street --parent CODE [--code-field F] [--name-field F] …"""

    help = "Take in areas from GeoJSON, a zipped Shapefile, KML, GPKG, .xlsx or .csv."

    def add_arguments(self, parser: ArgumentParser) -> None:
        console.add_arguments(parser)
        parser.add_argument("--kind", default="", choices=[kind.value for kind in Area.Kind])
        parser.add_argument("--parent", default="", metavar="CODE", help="the area they belong to")
        parser.add_argument("--kind-field", default="", help="column with the level, for lists of several levels")
        parser.add_argument("--parent-field", default="", help="column with the code of the area each belongs to")
        parser.add_argument("--households-field", default="")
        parser.add_argument("--persons-field", default="")
        parser.add_argument("--scheme", default="", help='for foreign codes; national ones are "cn"')

    def handle(self, *args: Any, **options: Any) -> None:
        fields = {name: options[f"{name}_field"] for name in AreaColumns.__dataclass_fields__}
        parent = console.area(options["parent"])
        facts = {"kind": options["kind"], "parent": parent, "scheme": options["scheme"]}
        columns = AreaColumns(**fields)
        console.run(
            "areas",
            options,
            self.stdout,  # type: ignore[arg-type]
            lambda features, source: plan_areas(features, **facts, columns=columns, source=source),
        )
