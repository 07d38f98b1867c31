"""What incidents hear from below: ground that moved, units that end."""

from typing import Any

from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.utils.translation import gettext as _

from incidents.models import Incident
from teams.models import Unit
from teams.signals import unit_retired


@receiver(unit_retired)
def refuse_while_cases_are_held(sender: Any, *, unit: Unit, **_rest: Any) -> None:
    """A unit with open cases cannot be dissolved: somebody must hold each of them."""
    count = Incident.objects.open().filter(holder=unit).count()
    if count:
        raise ValidationError(
            _("%(unit)s still holds %(count)s open incidents. Dispatch them to another unit first."),
            code="holds_cases",
            params={"unit": unit, "count": count},
        )
