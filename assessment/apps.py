from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "assessment"

    def ready(self) -> None:
        from assessment import receivers  # noqa: F401
        from assessment.logged import WORDS
        from assessment.steps import register_own
        from gridgov.audit import words

        register_own()
        words.register(WORDS)
