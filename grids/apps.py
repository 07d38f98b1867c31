from django.apps import AppConfig


class GridsConfig(AppConfig):
    name = "grids"

    def ready(self) -> None:
        from gridgov import notices
        from gridgov.audit import words
        from grids import messages, own_layers, permissions
        from grids.imports import ground
        from grids.logged import WORDS

        words.register(WORDS)
        permissions.register_provider(permissions.grants_of_services)
        ground.register_own()
        own_layers.register_own()
        notices.register(
            "grids.hand_over", title=messages.hand_over_title, body=messages.hand_over_body, url=messages.url
        )
        notices.register("grids.plan_moved", title=messages.moved_title, body="%(plan)s", url=messages.url)
