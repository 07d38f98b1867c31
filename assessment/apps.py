from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "assessment"

    def ready(self) -> None:
        from assessment import receivers  # noqa: F401
        from assessment.steps import register_own

        register_own()
