from django.apps import AppConfig


class LabelsConfig(AppConfig):
    name = "gridgov.labels"

    def ready(self) -> None:
        from gridgov import wording
        from gridgov.labels import receivers  # noqa: F401  the worker looks for new words before a task

        wording.replace()
