"""What the page of an area shows of incidents: how many are open, late and waiting."""

from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from gridgov.clock.levels import Level
from grids.panels import Panel, register
from grids.permissions import ABOVE, Perm, scope
from incidents.models import Incident
from incidents.workflow import WAITING_FOR_DESK


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


def register_own() -> None:
    """Called once, when the room opens."""
    register(Panel(20, _("Incidents"), "incidents/parts/area_panel.html", numbers))
