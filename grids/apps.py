from django.apps import AppConfig


class GridsConfig(AppConfig):
    name = "grids"

    def ready(self) -> None:
        from gridgov.audit import words
        from grids.logged import WORDS

        words.register(WORDS)
