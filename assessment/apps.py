from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "assessment"

    def ready(self) -> None:
        from assessment import card_providers, receivers, review, watch  # noqa: F401
        from assessment.logged import WORDS
        from assessment.steps import register_own
        from gridgov import sync
        from gridgov.audit import words
        from gridgov.health import probes

        register_own()
        probes.register(watch.probe)
        words.register(WORDS)
        sync.register_access("sync.envelope", review.may_see)
