from django.apps import AppConfig


class GridsConfig(AppConfig):
    name = "grids"

    def ready(self) -> None:
        """Name what is recorded, let the import's service draw the ground, and offer areas and buildings to import."""
        from gridgov.audit import words
        from grids import imports
        from grids.actions import importers
        from grids.logged import WORDS
        from grids.permissions import import_grants, register_provider

        words.register(WORDS)
        register_provider(import_grants)
        for importer in importers.IMPORTERS:
            imports.register(importer.kind, importer)
