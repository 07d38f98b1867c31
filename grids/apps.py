from django.apps import AppConfig


class GridsConfig(AppConfig):
    name = "grids"

    def ready(self) -> None:
        from gridgov import notices, privacy
        from gridgov.audit import words
        from grids import messages, own_layers, own_panels, permissions
        from grids.actions.plans.things import what_moves
        from grids.imports import ground, things
        from grids.logged import WORDS
        from grids.models import Place
        from grids.signals import plan_previewed

        words.register(WORDS)
        permissions.register_provider(permissions.grants_of_services)
        privacy.register_reveal(Place, permissions.require)
        plan_previewed.connect(what_moves, dispatch_uid="grids.things")
        ground.register_own()
        things.register_own()
        own_layers.register_own()
        own_panels.register_own()
        notices.register(
            "grids.hand_over", title=messages.hand_over_title, body=messages.hand_over_body, url=messages.url
        )
        notices.register("grids.plan_stuck", title=messages.stuck_title, body="%(plan)s", url=messages.url)
        notices.register(
            "grids.proposal_ended",
            title=messages.proposal_title,
            body=messages.proposal_body,
            url=messages.proposal_url,
        )
        notices.register("grids.plan_moved", title=messages.moved_title, body="%(plan)s", url=messages.url)
