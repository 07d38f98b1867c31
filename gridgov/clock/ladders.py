"""Which ladder counts: named, in versions that never change, so that what was reached stays explained."""

from django.core.exceptions import ImproperlyConfigured
from django.db.models import OuterRef, QuerySet, Subquery

from gridgov.clock.models import Ladder, LadderVersion

STANDARD, EMERGENCY = "standard", "emergency"


def newest() -> QuerySet[LadderVersion]:
    """What every ladder says now; one statement, which reads no version but the last."""
    last = LadderVersion.objects.filter(ladder=OuterRef("pk")).order_by("-number").values("pk")[:1]
    lasts = Ladder.objects.order_by().values_list(Subquery(last))
    return LadderVersion.objects.select_related("ladder", "created_by").filter(pk__in=lasts).order_by("ladder_id")


def current(code: str = STANDARD) -> LadderVersion:
    """The newest version of one ladder. ImproperlyConfigured when there is none: `manage.py seed_calendars`."""
    found = LadderVersion.objects.select_related("ladder").filter(ladder__code=code).order_by("-number").first()
    if found is None:
        raise ImproperlyConfigured("There is no ladder yet: run `manage.py seed_calendars`.")
    return found
