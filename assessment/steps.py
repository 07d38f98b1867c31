"""The last lines of the first-run checklist: what can be reported, and that work has begun."""

from django.utils.translation import gettext_lazy as _

from incidents.models import Category, Incident
from teams.steps import Step, register


def register_own() -> None:
    """The catalogue and the first report."""
    register(
        Step(
            60,
            _("Catalogue"),
            _("What can be reported, who answers for it and how long it may take."),
            "incidents:catalogue",
            lambda: Category.objects.offered().exists(),
        )
    )
    register(
        Step(
            70,
            _("First report"),
            _("Report something yourself and follow it to the end."),
            "incidents:report",
            lambda: Incident.objects.exists(),
        )
    )
