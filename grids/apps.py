from django.apps import AppConfig


class GridsConfig(AppConfig):
    name = "grids"

    def ready(self) -> None:
        from gridgov.audit import words
        from grids import permissions
        from grids.imports import ground
        from grids.logged import WORDS

        words.register(WORDS)
        permissions.register_provider(permissions.grants_of_services)
        ground.register_own()
