from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "residents"

    def ready(self) -> None:
        from gridgov import privacy
        from gridgov.accounts import pins
        from gridgov.audit import words
        from grids import permissions
        from residents import (
            imports,
            receivers,  # noqa: F401
        )
        from residents.logged import WORDS
        from residents.models import Resident

        privacy.register_reveal(Resident, permissions.require)
        words.register(WORDS)
        pins.ask_again_for("residents:")
        imports.register_own()
