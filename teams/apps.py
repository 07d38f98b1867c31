from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TeamsConfig(AppConfig):
    name = "teams"

    def ready(self) -> None:
        from gridgov import notices, privacy, sync
        from gridgov.accounts import sessions
        from gridgov.accounts.models import User
        from gridgov.audit import words
        from grids import permissions
        from teams import handover, imports, layers, messages, panels, patrol_doors, standing, steps
        from teams import receivers as receivers
        from teams.actions.publication import FACE, may_see_face
        from teams.logged import WORDS
        from teams.models import may_call
        from teams.providers import grants_of_posts, policy_of_posts

        permissions.register_provider(grants_of_posts)
        sessions.register_policy(policy_of_posts)
        privacy.register_reveal(User, may_call)
        sync.register_access(FACE, may_see_face)
        sync.register("teams.patrol", patrol_doors.fact, label=_("Patrol"))
        sync.register("teams.patrol_track", patrol_doors.chunk, label=_("Track of a patrol"))
        sync.register("teams.checkpoint", patrol_doors.checkpoint, label=_("Checkpoint"))
        sync.register_access("teams.patrol", patrol_doors.may_see_photos)
        standing.register_own()
        steps.register_own()
        words.register(WORDS)
        panels.register_own()
        layers.register_own()
        imports.register_own()
        handover.register_own()
        for code, title, url in messages.all_messages():
            notices.register(code, title=title, url=url)
