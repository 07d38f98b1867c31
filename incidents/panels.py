"""What other rooms' pages show of incidents: of an area how many are open, of a place or city asset which."""

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridgov.clock.levels import Level
from grids.models import Asset
from grids.panels import Panel, register, register_for_things
from grids.permissions import ABOVE, Perm, scope
from incidents import about
from incidents.models import Incident
from incidents.workflow import WAITING_FOR_DESK

MOST = 10  # incidents of one thing


def numbers(request: Any, area: Any) -> dict[str, Any] | None:
    """One query over the open incidents of the subtree."""
    if not scope(request.user).holds(Perm.VIEW_INCIDENTS):
        return None
    rows = Incident.objects.visible_to(request.user).open()
    rows = rows.filter(area_path__gte=area.path, area_path__lt=area.path + ABOVE)
    counted = rows.aggregate(
        open=Count("pk"),
        late=Count("pk", filter=Q(level__gte=Level.LATE)),
        waiting=Count("pk", filter=Q(status__in=sorted(WAITING_FOR_DESK))),
    )
    return {**counted, "path": area.path}


def of_thing(request: Any, thing: Any) -> dict[str, Any] | None:
    """The newest incidents about a place or a city asset, as far as the reader sees them; one query."""
    mine = scope(request.user)
    if not mine.holds(Perm.VIEW_INCIDENTS):
        return None
    column = "asset" if isinstance(thing, Asset) else "listed_place"
    rows = Incident.objects.visible_to(request.user).filter(**{column: thing}).for_list()
    found = list(rows.order_by("-reported_at", "-id")[: MOST + 1])
    url = ""
    if mine.holds(Perm.REPORT_INCIDENTS) and thing.ended_on is None:
        door = "incidents:report" if mine.holds(Perm.ACCEPT_INCIDENTS) else "incidents:field_report"
        url = f"{reverse(door)}?thing={about.reference(thing)}"
    return {"rows": found[:MOST], "more": len(found) > MOST, "report_url": url}


def register_own() -> None:
    """Called once, when the room opens."""
    register_for_things(Panel(20, _("Incidents here"), "incidents/parts/thing_panel.html", of_thing))
    register(Panel(20, _("Incidents"), "incidents/parts/area_panel.html", numbers))
