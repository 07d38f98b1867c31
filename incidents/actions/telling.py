"""Who is told that a case has come to them. The desk's queue needs no telling: it is on the desk's screen."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from gridgov.accounts.models import User
from gridgov.notices import actions as notices
from incidents.models import Incident, Request, Supervision
from incidents.models.incident import Channel
from incidents.workflow import Ask
from teams.absence import stand_ins, with_substitutes
from teams.models import Assignment
from teams.roles import Role

# step → who is told: the unit it went to, the unit that now holds it, its reporter, the leaders' instruction
TO_UNIT = {"take_in", "dispatch", "redispatch", "pass_on", "rework", "urge", "instruct"}
TO_HOLDER = {"resolve", "raise", "run_on"}
TO_REPORTER = {"close", "verify_and_close", "reject", "self_resolve"}


def _people_of(unit_id: int | None, now: datetime) -> list[User]:
    """Everyone with a post in a unit on this day."""
    if unit_id is None:
        return []
    posts = Assignment.objects.on(timezone.localdate(now)).filter(unit=unit_id).select_related("user")
    return [post.user for post in posts]


def _above(incident: Incident, now: datetime, *roles: Role) -> list[User]:
    """Who holds one of these roles where the incident is, or above it."""
    posts = Assignment.objects.on(timezone.localdate(now)).filter(role__in=roles)
    return [post.user for post in posts.filter(area_path__in=incident.area.ancestor_paths).select_related("user")]


def _audience(incident: Incident, name: str, now: datetime) -> list[User]:
    if name in TO_UNIT:
        return _people_of(incident.handling_unit_id or incident.holder_id, now)
    if name == "raise":
        return _above(incident, now, Role.OFFICE, Role.LEADER)
    if name in TO_HOLDER:
        return _people_of(incident.holder_id, now)
    return [incident.reported_by] if name in TO_REPORTER else []


def _tell(
    audience: list[User], code: str, incident: Incident, params: dict[str, Any], *, by: Any, now: datetime
) -> None:
    """One notice to each of them, and to who stands in for those on leave."""
    if audience:
        audience = with_substitutes(audience, stand_ins({one.pk for one in audience}, on=timezone.localdate(now)))
        params = {"number": incident.number, "category": incident.category.name, **params}
        secret = incident.is_confidential
        notices.tell(audience, code, subject=incident, params=params, by=by, now=now, confidential=secret)


def after_move(incident: Incident, name: str, *, left: int | None = None, by: Any, now: datetime) -> None:
    """Put a notice into the inbox of each person the step concerns; `left`: the unit it was dispatched to before.

    What an import walks to its end is no news.
    """
    if by.is_service and incident.channel == Channel.IMPORT:
        return
    audience = _audience(incident, name, now)
    _tell(audience, "incidents.moved", incident, {"move": name}, by=by, now=now)
    if audience and name in TO_UNIT and not incident.is_confidential:
        unit = incident.handling_unit_id or incident.holder_id
        params = {"number": incident.number, "category": incident.category.name, "move": name}
        notices.tell_groups([unit], "incidents.moved", subject=incident, params=params, now=now)
    if left not in (None, incident.handling_unit_id):
        _tell(_people_of(left, now), "incidents.left", incident, {}, by=by, now=now)


def after_ask(request: Request, *, leader_only: bool, by: Any, now: datetime) -> None:
    """Who may approve it hears that it waits: the office; the leader in charge where only that rank may, or nobody
    else is left.
    """
    incident = request.incident
    rank = [] if leader_only else _above(incident, now, Role.OFFICE)
    others = [one for one in rank if one.pk != by.pk]
    audience = others or ([] if incident.is_confidential else _above(incident, now, Role.LEADER))
    _tell(audience, "incidents.asked", incident, {"what": request.kind}, by=by, now=now)


def after_answer(request: Request, *, had_it: int | None, by: Any, now: datetime) -> None:
    """Who asked hears the answer; of an approved voiding also who reported it and the unit that `had_it`."""
    incident, approved = request.incident, request.answer == Request.Answer.APPROVED
    audience = [request.asked_by]
    if approved and request.kind == Ask.VOID:
        audience += [incident.reported_by, *_people_of(had_it, now)]
    elif approved and request.kind == Ask.RETURN:
        audience += _people_of(had_it, now)
    _tell(audience, "incidents.answered", incident, {"what": request.kind, "answer": request.answer}, by=by, now=now)


def after_supervision(incident: Incident, supervision: Supervision, name: str, *, by: Any, now: datetime) -> None:
    """Of one that was opened or lifted the unit hears; of an answer whoever opened it by hand."""
    if name == "supervision_answered":
        audience = [supervision.opened_by] if supervision.opened_by else []
    else:
        audience = _people_of(supervision.unit_id, now)
    _tell(audience, f"incidents.{name}", incident, {}, by=by, now=now)
