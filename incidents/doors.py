"""How reports come in through the one idempotent door, and who may look at an incident's photos."""

import math
from datetime import datetime
from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

from gridgov.ids import uuid_of
from gridgov.privacy.validators import clean_phone
from gridgov.sync import Result
from gridgov.typed import number
from grids.models import Asset, Building, Place
from grids.permissions import Perm
from incidents.about import find
from incidents.actions.move import move as take_step
from incidents.actions.report import Report
from incidents.actions.report import report as report_incident
from incidents.capture import Capture
from incidents.models import Category, Incident, PatrolFinding, Request
from incidents.models.incident import Channel, LocationSource

PLAIN = ("description", "place", "caller_name", "caller_phone", "follow_code")


def _category(payload: dict[str, Any]) -> Category:
    offered = Category.objects.offered()
    if payload.get("channel") == Channel.PUBLIC:
        offered = offered.for_residents()
    found = offered.select_related("lead_unit").filter(code=payload.get("category", "")).first()
    if found is None:
        raise ValidationError({"category": _("Choose what it is about.")})
    return found


def _building(payload: dict[str, Any]) -> Building | None:
    if not payload.get("building"):
        return None
    number = str(payload["building"])
    rows = Building.objects.select_related("area").filter(retired_at=None)
    found = rows.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None
    if found is None:
        raise ValidationError({"building": _("This building is no longer in the list. Choose another one.")})
    return found


def _number(payload: dict[str, Any], name: str) -> float | None:
    if payload.get(name) in (None, ""):
        return None
    try:
        value = float(payload[name])
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if not math.isfinite(value):
        raise ValidationError({name: _("This must be a number.")})
    return value


def _accuracy(payload: dict[str, Any]) -> float | None:
    value = _number(payload, "accuracy")
    if value is not None and value < 0:
        raise ValidationError({"accuracy": _("This must be a number.")})
    return value


def _point(payload: dict[str, Any]) -> Point | None:
    lon, lat = _number(payload, "lon"), _number(payload, "lat")
    if lon is None or lat is None:
        return None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValidationError({"lon": _("Longitude goes from -180 to 180, latitude from -90 to 90.")})
    return Point(lon, lat, srid=4326)


def _phone(payload: dict[str, Any]) -> str:
    """Where the caller can be called back, or nothing: half a number helps nobody."""
    said = str(payload.get("caller_phone") or "")
    try:
        return clean_phone(said) if said.strip() else ""
    except ValidationError as wrong:
        raise ValidationError({"caller_phone": wrong.messages}) from None


def read(payload: dict[str, Any]) -> Report:
    """What the payload of `incidents.report` says. ValidationError by field for what makes no sense."""
    channel = payload.get("channel", Channel.FIELD)
    if channel not in Channel.values:
        raise ValidationError({"channel": _("This way of reporting is not known.")})
    building, point, thing = _building(payload), _point(payload), find(payload.get("thing") or "")
    source = payload.get("location_source") or (LocationSource.PIN if point else LocationSource.NONE)
    if source not in LocationSource.values:
        raise ValidationError({"location_source": _("This way of reporting is not known.")})
    plain: dict[str, Any] = {name: str(payload.get(name) or "") for name in PLAIN} | {"caller_phone": _phone(payload)}
    return Report(
        category=_category(payload),
        building=building,
        asset=thing if isinstance(thing, Asset) else None,
        listed_place=thing if isinstance(thing, Place) else None,
        point=point,
        accuracy=_accuracy(payload),
        location_source=LocationSource.BUILDING if building else source,
        channel=channel,
        is_confidential=bool(payload.get("is_confidential")),
        street=str(payload.get("street") or ""),
        grid=number(payload.get("grid")),  # what is none is as good as not told
        **plain,
    )


def report(envelope: Any, payload: dict[str, Any], *, by: Any, now: datetime) -> Result:
    """Handler of `incidents.report`: category (code), building (id) or lon/lat/accuracy, place, description, …

    `thing`: the city asset or listed place it is about, as `incidents.about` names it. `grid`: the one a worker of
    several chose, for a report that names no place.
    `patrol`: the number of the walk on which it was found. `resolved`: words of how it was settled on the spot, in the
    same transaction.
    """
    captured = Capture.of(envelope)
    incident = report_incident(read(payload), by=by, now=now, captured=captured)
    _found_on_patrol(incident, payload)
    if payload.get("resolved"):
        take_step(incident, "self_resolve", by=by, now=now, words=str(payload["resolved"]), captured=captured)
    return Result(Incident._meta.label_lower, str(incident.pk), reverse("incidents:detail", args=[incident.pk]))


def _found_on_patrol(incident: Incident, payload: dict[str, Any]) -> None:
    """A number that is none is no reason to lose a report."""
    key = uuid_of(payload.get("patrol"))
    if key is not None:
        PatrolFinding.objects.create(incident=incident, patrol_key=key)


def is_secret(payload: dict[str, Any]) -> bool:
    """Whether a report that is kept for review is confidential: as the case would be that it becomes."""
    code = str(payload.get("category"))
    return bool(payload.get("is_confidential")) or Category.objects.filter(code=code, is_confidential=True).exists()


def is_of_secret(payload: dict[str, Any]) -> bool:
    """Whether what is kept for review speaks of a confidential case."""
    key = uuid_of(payload.get("incident"))
    return key is not None and Incident.objects.filter(pk=key, is_confidential=True).exists()


def may_see_photos(user: Any, subject_id: str) -> bool:
    """Whoever sees the incident sees its photos."""
    return Incident.objects.visible_to(user, Perm.VIEW_INCIDENTS).filter(pk=subject_id).exists()


def may_see_evidence(user: Any, subject_id: str) -> bool:
    """Whoever sees the incident sees what came along with a request about it."""
    asked = Request.objects.filter(pk=subject_id).values("incident")
    return Incident.objects.visible_to(user, Perm.VIEW_INCIDENTS).filter(pk__in=asked).exists()
