from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "teams"

    def ready(self) -> None:
        from gridgov import notices, privacy, sync
        from gridgov.accounts.models import User
        from gridgov.audit import words
        from grids import permissions
        from teams import handover, imports, messages, panels, steps
        from teams import receivers as receivers
        from teams.actions.publication import FACE, may_see_face
        from teams.logged import WORDS
        from teams.models import may_call
        from teams.providers import grants_of_posts

        permissions.register_provider(grants_of_posts)
        privacy.register_reveal(User, may_call)
        sync.register_access(FACE, may_see_face)
        steps.register_own()
        words.register(WORDS)
        panels.register_own()
        imports.register_own()
        handover.register_own()
        for code, title, url in messages.all_messages():
            notices.register(code, title=title, url=url)
