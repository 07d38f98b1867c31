"""`manage.py import_buildings FILE`: buildings from a map, or from a list with the codes of their grids."""

from argparse import ArgumentParser
from typing import Any

from grids.imports import tables
from grids.management.files import ImportCommand


class Command(ImportCommand):
    """Into the grid a column names, else into the one their place lies in."""

    help = "Read buildings from GeoJSON, a zipped Shapefile, KML, GPKG, or a list in .xlsx or .csv."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--name-field", default="", help="column with the name")
        parser.add_argument("--grid-field", default="", help="column with the grid's code; else by place")
        parser.add_argument("--address-field", default="", help="column with the address")

    def handle(self, *args: Any, **options: Any) -> None:
        listed = options["file"].name.lower().endswith(tables.ENDINGS)
        names = ("name_field", "grid_field", "address_field", "crs", "encoding", "layer")
        said = {} if listed else {name: options[name] for name in names}
        self.run("building-list" if listed else "buildings", said, options)
