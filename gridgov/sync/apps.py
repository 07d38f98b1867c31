from django.apps import AppConfig


class SyncConfig(AppConfig):
    name = "gridgov.sync"

    def ready(self) -> None:
        from gridgov import sync
        from gridgov.sync.actions import owns_envelope

        sync.register_access("sync.envelope", owns_envelope)
