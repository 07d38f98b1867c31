"""Who is told that a case has come to them. The desk's queue needs no telling: it is on the desk's screen."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from gridgov.accounts.models import User
from gridgov.notices import actions as notices
from incidents.models import Incident
from incidents.models.incident import Channel
from teams.absence import stand_ins, with_substitutes
from teams.models import Assignment
from teams.roles import Role

# step → who is told: the unit it went to, the unit that now holds it, its reporter, the leaders' instruction
TO_UNIT = {"take_in", "dispatch", "redispatch", "pass_on", "rework", "urge", "instruct"}
TO_HOLDER = {"resolve", "raise"}
TO_REPORTER = {"close", "verify_and_close", "reject", "self_resolve"}


def people_of(unit_id: int | None) -> list[User]:
    """Everyone with a post in a unit today."""
    if unit_id is None:
        return []
    posts = Assignment.objects.on(timezone.localdate()).filter(unit=unit_id).select_related("user")
    return [post.user for post in posts]


def _audience(incident: Incident, name: str) -> list[User]:
    if name in TO_UNIT:
        return people_of(incident.handling_unit_id or incident.holder_id)
    if name == "raise":
        roles = Q(role__in=[Role.OFFICE, Role.LEADER], area_path__in=incident.area.ancestor_paths)
        posts = Assignment.objects.on(timezone.localdate()).filter(roles).select_related("user")
        return [post.user for post in posts]
    if name in TO_HOLDER:
        return people_of(incident.holder_id)
    return [incident.reported_by] if name in TO_REPORTER else []


def after_move(incident: Incident, name: str, *, by: Any, now: datetime) -> None:
    """Put a notice into the inbox of each person the step concerns. What an import walks to its end is no news."""
    if by.is_service and incident.channel == Channel.IMPORT:
        return
    audience = _audience(incident, name)
    if audience:
        audience = with_substitutes(audience, stand_ins({one.pk for one in audience}, on=timezone.localdate(now)))
        params = {"number": incident.number, "category": incident.category.name, "move": name}
        secret = incident.is_confidential
        notices.tell(audience, "incidents.moved", subject=incident, params=params, by=by, now=now, confidential=secret)
        if name in TO_UNIT and not secret:
            unit = incident.handling_unit_id or incident.holder_id
            notices.tell_groups([unit], "incidents.moved", subject=incident, params=params, now=now)
