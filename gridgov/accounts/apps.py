from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "gridgov.accounts"

    def ready(self) -> None:
        from gridgov.accounts import receivers  # noqa: F401
