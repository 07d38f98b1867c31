"""What incidents contribute to a shift hand-over, and how the duty log finds a case."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Concat, Left
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.clock.levels import Level
from gridgov.privacy.masks import mask_text
from grids.models import Area
from incidents.models import Incident, Request, Supervision
from incidents.workflow import OPEN, Stage, Status
from teams.handover import Item, Section, first_of, register, register_case


def link(incident_id: str) -> str:
    """The case."""
    return reverse("incidents:detail", args=[incident_id])


def _item(incident: Incident, more: str = "") -> Item:
    """A case in words that hold for later; of a confidential one only its number."""
    if incident.is_confidential:
        return Item(incident.number, _("confidential"), incident.level, str(incident.pk))
    unit = incident.handling_unit or incident.holder
    place = incident.building.name if incident.building else incident.place or incident.area.name
    words = [incident.category.name, mask_text(place), unit.name if unit else "", more]
    return Item(incident.number, " · ".join(word for word in words if word), incident.level, str(incident.pk))


def _cases(rule: Q) -> Callable[[Area, datetime], tuple[int, list[Item]]]:
    def collect(area: Area, now: datetime) -> tuple[int, list[Item]]:
        rows = Incident.objects.open().filter(rule, area_path__startswith=area.path)
        return first_of(rows.for_list().order_by("due_at", "id"), _item)

    return collect


def _about(rows: QuerySet[Any], words: Callable[[Any], str]) -> tuple[int, list[Item]]:
    """Rows that each belong to a case."""
    whole = rows.select_related(
        *(f"incident__{name}" for name in ("category", "area", "building", "holder", "handling_unit"))
    )
    return first_of(whole.order_by("id"), lambda row: _item(row.incident, words(row)))


def _supervisions(area: Area, now: datetime) -> tuple[int, list[Item]]:
    rows = Supervision.objects.filter(
        lifted_at=None, incident__status__in=sorted(OPEN), area_path__startswith=area.path
    )
    return _about(rows, _how_supervised)


def _how_supervised(row: Supervision) -> str:
    """Which stage of the case it is about, and whether it was answered: a case may have one for each stage."""
    answered = _("answered") if row.answered_at else _("not answered yet")
    return f"{Stage(row.stage).label} · {answered}" if row.stage in Stage.values else answered


def _requests(area: Area, now: datetime) -> tuple[int, list[Item]]:
    rows = Request.objects.filter(answer=Request.Answer.OPEN, area_path__startswith=area.path)
    return _about(rows, lambda row: str(row.get_kind_display()))


def find(text: str, by: Any) -> tuple[str, UUID] | None:
    """A case by its number, with or without the district before it, among those the person sees.

    The district is put before it, of all there are: to look for how a number ends is to read every number.
    """
    rows = Incident.objects.visible_to(by)
    districts = Area.objects.filter(kind__in=[Area.Kind.DISTRICT, Area.Kind.STREET]).order_by()
    whole = districts.values_list(Concat(Left("code", 6), Value(f"-{text}"), output_field=CharField()))
    found = rows.filter(number=text).first() or rows.filter(number__in=whole).order_by("-id").first()
    return (found.number, found.pk) if found else None


def register_own() -> None:
    """Called once, when the room opens."""
    emergency = Q(category__is_emergency=True)
    late = Q(level__gte=Level.LATE) & ~emergency
    unsigned = Q(status=Status.DISPATCHED, level__lt=Level.LATE) & ~emergency
    for section in (
        Section(10, "emergencies", gettext_lazy("Emergencies under way"), _cases(emergency), link),
        Section(20, "late", gettext_lazy("Late incidents"), _cases(late), link),
        Section(30, "unsigned", gettext_lazy("Dispatched and not signed yet"), _cases(unsigned), link),
        Section(40, "supervisions", gettext_lazy("Under supervision"), _supervisions, link),
        Section(50, "requests", gettext_lazy("Requests that wait for an answer"), _requests, link),
    ):
        register(section)
    register_case(find, link)
