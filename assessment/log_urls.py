"""Addresses of the logs, under /settings/."""

from django.urls import path, register_converter

from assessment.views import logs

app_name = "logs"


class Which:
    """Which log: "operations" or "sign-ins"."""

    regex = "operations|sign-ins"

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


register_converter(Which, "log")

urlpatterns = [
    path("logs/operations/", logs.operations, name="operations"),
    path("logs/sign-ins/", logs.sign_ins, name="sign_ins"),
    path("logs/<log:which>/export/", logs.export, name="export"),
    path("online/", logs.online, name="online"),
]
