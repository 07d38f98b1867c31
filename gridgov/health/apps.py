from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "gridgov.health"

    def ready(self) -> None:
        from gridgov.health import receivers  # noqa: F401  beat and worker announce their start
