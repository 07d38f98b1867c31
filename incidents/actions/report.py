"""Reporting an incident, by whatever door: one record, routed at once, its clocks running."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from gridgov.inserts import insert_together
from gridgov.privacy import crypto
from grids.models import Area, Asset, Building, Place
from grids.permissions import Perm, require_anywhere, scope
from incidents import clocks
from incidents.about import owner_of
from incidents.actions import custody
from incidents.actions.timeline import entry
from incidents.capture import Capture
from incidents.models import Category, Incident
from incidents.models.incident import Channel, LocationSource
from incidents.own_grid import presume
from incidents.routing import Route, route
from incidents.search import index
from incidents.signals import incident_changed
from incidents.workflow import Status

PHONE_PURPOSE = "incidents.incident.caller_phone"
LONGEST, LONGEST_PLACE = 2000, 200


@dataclass(frozen=True)
class Report:
    """What somebody reports. `building` goes before `point`; without either a grid worker's lies in the worker's own
    grid (`incidents.own_grid`), and the street's desk places every other.

    What it is about, a city asset or a listed place, goes before both.
    """

    category: Category
    description: str = ""
    building: Building | None = None
    asset: Asset | None = None
    listed_place: Place | None = None
    point: Point | None = None
    accuracy: float | None = None
    location_source: str = LocationSource.NONE
    place: str = ""
    channel: str = Channel.FIELD
    caller_name: str = field(default="", repr=False)
    caller_phone: str = field(default="", repr=False)
    is_confidential: bool = False
    follow_code: str = field(default="", repr=False)  # hash of the resident's look-up code
    home: Area | None = None  # the area that looks after it, where the reporter's posts do not say
    street: str = ""  # the same by a street's code
    grid: int | None = None  # which of their grids a worker chose where no place was named

    @property
    def thing(self) -> Asset | Place | None:
        """What it is about, where that is in a list."""
        return self.asset or self.listed_place

    @property
    def house(self) -> Building | None:
        """The building that was said, else that of the place."""
        return self.building or (self.listed_place.building if self.listed_place else None)

    @property
    def where(self) -> Point | None:
        """The point that was said, else that of what it is about, else that of the building."""
        known = self.point or (self.thing.point if self.thing else None)
        return known or (self.house.point if self.house else None)


def home_of(user: Any) -> Area:
    """The street whose triage looks after what this person reports outside every grid."""
    paths = scope(user).paths(Perm.REPORT_INCIDENTS)
    above = [paths[0][:end] for end in range(len(paths[0]), 0, -6)] if paths else []
    found = Area.objects.filter(path__in=above).order_by("path")
    areas = {area.kind: area for area in found}
    home = areas.get(Area.Kind.STREET) or areas.get(Area.Kind.DISTRICT) or (found[0] if areas else None)
    if home is None:
        raise ValidationError(_("No street has been set up yet."), code="no_street")
    return home


def _home(report: Report, by: Any) -> Area:
    """The area whose triage looks after a report outside every grid; asked for only then."""
    if report.home is not None:
        return report.home
    if not report.street:
        return home_of(by)
    found = Area.objects.standing().filter(kind=Area.Kind.STREET, code=report.street).first()
    if found is None:
        raise ValidationError(_("This street does not take reports online yet. Please call it."))
    return found


def _check_length(field: str, text: str, most: int) -> None:
    if len(text) > most:
        words = _("Please keep it to %(most)s characters; it has %(has)s.")
        raise ValidationError({field: words % {"most": most, "has": len(text)}})


def _check(report: Report) -> None:
    _check_length("description", report.description, LONGEST)
    _check_length("place", report.place, LONGEST_PLACE)
    if report.category.major_id is None or not report.category.is_active:
        raise ValidationError({"category": _("Choose what it is about.")}, code="category")
    if not (report.description.strip() or report.house or report.where or report.place.strip() or report.thing):
        raise ValidationError({"description": _("Say where it is or what is the matter.")}, code="empty")


NUMBER = """
INSERT INTO incidents_casenumber (number, incident_id)
VALUES (%s || '-' || %s || '-' || lpad((nextval('incidents_number') %% 100000)::text, 5, '0'), %s)
RETURNING number
"""


def _number(incident: Incident, now: datetime) -> str:
    """县6-yyyymmdd-5 digits (docs/domain.md §1.3); no promise that the digits have no gaps."""
    district = (incident.area.code + "000000")[:6]
    with connection.cursor() as cursor:
        cursor.execute(NUMBER, [district, timezone.localtime(now).strftime("%Y%m%d"), incident.pk])
        return cursor.fetchone()[0]


def _new(report: Report, way: Route, *, by: Any, now: datetime) -> Incident:
    incident = Incident(
        area=way.area,
        area_path=way.area.path,
        category=report.category,
        status=Status.UNCONFIRMED if report.channel == Channel.PUBLIC else Status.REPORTED,
        holder=way.first_holder,
        responsible=way.responsible,
        description=report.description.strip(),
        place=report.place.strip(),
        building=report.house,
        asset=report.asset,
        listed_place=report.listed_place,
        point=report.where,
        accuracy=report.accuracy,
        location_source=report.location_source,
        near_boundary=way.near_boundary,
        needs_triage=way.needs_triage,
        channel=report.channel,
        reported_by=by,
        is_confidential=report.is_confidential or report.category.is_confidential,
        follow_code=report.follow_code,
        reported_at=now,
    )
    if report.caller_name:
        incident.caller_name = report.caller_name.strip()
    if report.caller_phone:
        incident.caller_phone = crypto.normalise(report.caller_phone)
        incident.caller_phone_index = crypto.blind_index(report.caller_phone, PHONE_PURPOSE)
    return incident


def _way(what: Report, by: Any, confidential: bool) -> Route:
    return route(
        what.category,
        lambda: _home(what, by),
        building=what.house,
        point=what.point or what.where,
        accuracy=what.accuracy,
        confidential=confidential,
        known=what.thing.area if what.thing else None,
        owner=owner_of(what.asset),
        presume=lambda: presume(by, what.grid) if what.channel == Channel.FIELD else None,
    )


@transaction.atomic
def report(what: Report, *, by: Any, now: datetime, captured: Capture | None = None) -> Incident:
    """Take a report in. Needs REPORT_INCIDENTS somewhere; residents come in as the service user of their door.

    Routes to one area, gives the case to the desk that takes reports there, starts the clocks: at `now`, also where it
    was captured before. ValidationError (by field) when there is nothing to act on; nothing is stored then.
    """
    if not by.is_service:
        require_anywhere(by, Perm.REPORT_INCIDENTS)
    _check(what)
    confidential = what.is_confidential or what.category.is_confidential
    way = _way(what, by, confidential)
    if way.first_holder is None:
        raise ValidationError(_("Nobody takes reports for %(area)s yet.") % {"area": way.area}, code="no_desk")
    incident = _new(what, way, by=by, now=now)
    incident.number = _number(incident, now)
    facts: dict[str, Any] = {"unit_id": way.first_holder.pk, "reasons": list(way.reasons), "captured": captured}
    step = entry(incident, "report", by=by, now=now, **facts)
    running = clocks.prepare(incident, now=now)
    held = custody.begin(incident, way.first_holder, now=now)
    said = {"channel": what.channel, "category": what.category.code}
    logged = audit.prepared("incidents.report", incident, by=by, at=now, **said)
    insert_together(incident, step, held, index(incident), *running, logged)
    incident_changed.send(Incident, incident=incident, move="report", before="", by=by, now=now)
    return incident
