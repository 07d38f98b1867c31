"""Incidents from a list: what a desk wrote down on paper or in a spreadsheet, routed like every other report."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids.imports import engine, tables
from grids.imports.engine import CREATED, UNCHANGED, Options, Outcome
from grids.imports.ground import NoOptions, building_named
from grids.permissions import Perm
from incidents import actions
from incidents.doors import read
from incidents.models import ExternalId, Incident
from incidents.models.incident import Channel
from incidents.workflow import TAKE_BACK

SOURCE = "list"


class IncidentList(NoOptions):
    """One report a line; a line's own number makes handing the same list in twice harmless."""

    key = "incidents"
    label = gettext_lazy("Incidents")
    help = gettext_lazy("Reports taken down elsewhere; they are routed and their deadlines start now.")
    perm = Perm.ACCEPT_INCIDENTS
    endings = tables.ENDINGS
    columns = (
        ("id", gettext_lazy("Own number (makes a second import harmless)"), "A-2026-0001"),
        ("category", gettext_lazy("Code of the category"), "0302"),
        ("description", gettext_lazy("What is the matter"), "三楼楼道堆满纸箱"),
        ("place", gettext_lazy("Place in words"), "春风路3号楼"),
        ("grid", gettext_lazy("Code of the grid (with the building)"), "990101001001001"),
        ("building", gettext_lazy("Building"), "3号楼"),
        ("lon", gettext_lazy("Longitude"), ""),
        ("lat", gettext_lazy("Latitude"), ""),
        ("caller_name", gettext_lazy("Caller's name"), ""),
        ("caller_phone", gettext_lazy("Caller's phone"), ""),
    )

    def act(self, row: Mapping[str, str], options: Options, *, by: Any, now: datetime) -> Outcome:
        """Report it, unless a line with its number came in before."""
        own = row.get("id", "")[:120]
        if own and ExternalId.objects.filter(source=SOURCE, external_id=own).exists():
            return Outcome(UNCHANGED, own)
        payload: dict[str, Any] = {key: value for key, value in row.items() if key not in ("id", "grid", "building")}
        if row.get("building"):
            payload["building"] = building_named(row).pk
        made = actions.report(read(payload | {"channel": Channel.IMPORT}), by=by, now=now)
        if own:
            ExternalId.objects.create(source=SOURCE, external_id=own, incident_id=made.pk)
        note = _("outside every grid") if made.needs_triage else _("near a boundary") if made.near_boundary else ""
        return Outcome(CREATED, f"{made.short_number} {made.area.name}", note, {"incident": str(made.pk)})

    def take_back(self, item: Any, *, by: Any, now: datetime) -> None:
        """As a reporter takes a report back: within 30 minutes and before anybody has taken it up."""
        actions.move(Incident.objects.get(pk=item["incident"]), "withdraw", by=by, now=now)
        ExternalId.objects.filter(source=SOURCE, incident_id=item["incident"]).delete()


def register_own() -> None:
    """Called once, when the room opens."""
    engine.register(IncidentList(), back_within=TAKE_BACK)
