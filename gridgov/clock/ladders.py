"""Which ladder counts: named, in versions that never change, so that what was reached stays explained."""

from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet

from gridgov.clock.models import LadderVersion

STANDARD, EMERGENCY = "standard", "emergency"


def newest() -> QuerySet[LadderVersion]:
    """What every ladder says now; one statement."""
    found = LadderVersion.objects.select_related("ladder", "created_by")
    return found.order_by("ladder_id", "-number").distinct("ladder_id")


def current(code: str = STANDARD) -> LadderVersion:
    """The newest version of one ladder. ImproperlyConfigured when there is none: `manage.py seed_calendars`."""
    found = LadderVersion.objects.select_related("ladder").filter(ladder__code=code).order_by("-number").first()
    if found is None:
        raise ImproperlyConfigured("There is no ladder yet: run `manage.py seed_calendars`.")
    return found
