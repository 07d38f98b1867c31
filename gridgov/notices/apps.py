from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "gridgov.notices"

    def ready(self) -> None:
        from gridgov.notices import composing
        from gridgov.notices.channels import setup

        composing.register_own()
        setup.register_configured()
