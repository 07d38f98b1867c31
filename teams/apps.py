from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "teams"

    def ready(self) -> None:
        from grids import permissions
        from teams.providers import grants_of_posts

        permissions.register_provider(grants_of_posts)
