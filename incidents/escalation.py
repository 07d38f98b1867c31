"""Who is told of what when a deadline runs out (facts.md §1.7, "Told"), in batches of one sweep."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from gridgov.accounts.models import User
from gridgov.clock.levels import Level
from gridgov.clock.registry import Fired
from gridgov.notices import actions as notices
from gridgov.notices.models import Notice
from incidents.actions.timeline import entry
from incidents.audience import ALL, HEAD, audiences
from incidents.models import Audience, Incident, Step, Supervision
from incidents.on_duty import first_told, spares_others, turns_for
from teams.absence import stand_ins, with_substitutes
from teams.models import Assignment
from teams.roles import Role

Incidents = Mapping[UUID, Incident]


def open_supervisions(fired: Sequence[Fired], incidents: Incidents, *, now: datetime) -> None:
    """督办: one for each stage and cycle from orange on; a higher level raises the one that is open."""
    rows = [
        Supervision(
            incident=incidents[item.clock.subject_id],
            area_path=incidents[item.clock.subject_id].area_path,
            stage=item.clock.stage,
            cycle=item.clock.cycle,
            level=item.level,
            unit_id=item.clock.unit_id or incidents[item.clock.subject_id].holder_id,
            opened_at=now,
        )
        for item in fired
        if item.level >= Level.LATE
    ]
    Supervision.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["incident", "stage", "cycle", "number"], update_fields=["level"]
    )


def write_timeline(fired: Sequence[Fired], incidents: Incidents, *, now: datetime) -> None:
    """One entry per clock: which stage reached which level."""
    sweep = User.objects.service("sweep")
    Step.objects.bulk_create(
        entry(
            incidents[item.clock.subject_id],
            "escalated",
            by=sweep,
            now=now,
            level=item.level,
            stage=item.clock.stage,
            missed=len(item.escalations),
        )
        for item in fired
    )


def _posts_concerned(incidents: Incidents, tables: Iterable[Audience]) -> list[Assignment]:
    """Every post held today that may have to know of one of these incidents; one query."""
    units = {i.holder_id for i in incidents.values()} | {i.handling_unit_id for i in incidents.values()}
    paths = {path for i in incidents.values() for path in i.area.ancestor_paths}
    lines = [line for audience in tables for line in audience.table.values()]
    roles = {role for line in lines for told in line["roles"].values() for role in told}
    wanted = Q(unit__in=units - {None}) | Q(area_path__in=paths, role__in=roles)
    return list(Assignment.objects.on(timezone.localdate()).filter(wanted).select_related("user", "area"))


def _concerns(post: Assignment, incident: Incident, item: Fired, audience: Audience, *, spared: bool) -> bool:
    line, holder = audience.at(item.level), item.clock.unit_id or incident.holder_id
    if post.unit_id == holder and (line["unit"] == ALL or (line["unit"] == HEAD and post.is_head)):
        return True
    if spared or (incident.is_confidential and post.role != Role.OFFICE):
        return False
    return post.role in line["roles"].get(post.area.kind, ()) and incident.area_path.startswith(post.area_path)


def tell_who_must_know(fired: Sequence[Fired], incidents: Incidents, *, now: datetime) -> None:
    """One notice per person and incident, for the highest level of this sweep; who is away is stood in for."""
    highest: dict[UUID, Fired] = {}
    for item in fired:
        known = highest.get(item.clock.subject_id)
        if known is None or item.level > known.level:
            highest[item.clock.subject_id] = item
    tables = audiences(item.clock.ladder_version_id for item in highest.values())
    used = {item.clock.ladder_version_id for item in highest.values()}
    posts = _posts_concerned(incidents, [tables[pk] for pk in used])
    away = stand_ins({post.user_id for post in posts}, on=timezone.localdate(now))
    turns = turns_for(highest.values(), incidents, tables, now)
    drafts: list[Notice] = []
    for subject_id, item in highest.items():
        incident, audience = incidents[subject_id], tables[item.clock.ladder_version_id]
        facts: dict[str, Any] = {
            "params": {"number": incident.number, "level": item.level, "stage": item.clock.stage},
            "urgent": audience.urgent,
        }
        first, secret = first_told(turns, incident, item.level, audience), incident.is_confidential
        spared = spares_others(first, item.level)
        concerned = [p.user for p in posts if _concerns(p, incident, item, audience, spared=spared)]
        people = with_substitutes([*first, *concerned], away, both=audience.urgent)
        drafts += notices.drafted(
            people, "incidents.escalated", subject=incident, now=now, confidential=secret, **facts
        )
        if not secret:
            unit = item.clock.unit_id or incident.holder_id
            notices.tell_groups([unit], "incidents.escalated", subject=incident, now=now, **facts)
    notices.put(drafts, now=now)
