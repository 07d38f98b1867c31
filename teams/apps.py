from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "teams"

    def ready(self) -> None:
        from gridgov import privacy
        from gridgov.accounts.models import User
        from gridgov.audit import words
        from grids import permissions
        from teams import imports, panels, steps
        from teams.logged import WORDS
        from teams.models import may_call
        from teams.providers import grants_of_posts

        permissions.register_provider(grants_of_posts)
        privacy.register_reveal(User, may_call)
        steps.register_own()
        words.register(WORDS)
        panels.register_own()
        imports.register_own()
