"""`manage.py import_dwellings FILE`: the doors of buildings from a list."""

from typing import Any

from grids.management.files import ImportCommand


class Command(ImportCommand):
    """Whole or not at all, as on the page."""

    help = "Read dwellings (grid, building, entrance, floor, room, use) from a list in .xlsx or .csv."

    def handle(self, *args: Any, **options: Any) -> None:
        self.run("dwellings", {}, options)
