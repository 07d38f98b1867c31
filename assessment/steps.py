"""The last lines of the first-run checklist: what can be reported, and that work has begun."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from grids.permissions import Perm
from incidents.models import Category, Incident
from teams.roles import Role
from teams.steps import Step, register


def register_own() -> None:
    """The catalogue and the first report."""
    register(
        Step(
            60,
            _("Catalogue"),
            _("What can be reported, who answers for it and how long it may take."),
            lambda: [(_("Open the catalogue"), reverse("incidents:catalogue"))],
            lambda: Category.objects.offered().exists(),
            Perm.EDIT_CATALOGUE,
            Role.OFFICE_ADMIN,
        )
    )
    register(
        Step(
            70,
            _("First report"),
            _("A grid worker signs in, reports something and follows it to the end."),
            lambda: [(_("Report"), reverse("incidents:report"))],
            lambda: Incident.objects.exists(),
            Perm.REPORT_INCIDENTS,
            Role.WORKER,
        )
    )
