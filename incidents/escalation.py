"""Who is told of what when a deadline runs out (facts.md §1.7, "Told"), in batches of one sweep."""

from collections.abc import Mapping, Sequence
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
from incidents.models import Incident, Step, Supervision
from teams.models import Assignment
from teams.roles import Role

# Level → roles at or above the incident's area that hear of it, beside the unit that holds the case.
ABOVE: dict[int, tuple[str, ...]] = {
    Level.WARNING: (),
    Level.LATE: (Role.COMMUNITY_DESK, Role.ADVISER),
    Level.VERY_LATE: (Role.OFFICE, Role.LEADER),
    Level.CRITICAL: (Role.LEADER,),
}
EMERGENCY_ABOVE: tuple[str, ...] = (Role.DUTY_OFFICER, Role.OFFICE, Role.LEADER)
WHOLE_UNIT = Level.WARNING  # the first warning goes to everyone in the unit, later ones to its head
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
        rows, update_conflicts=True, unique_fields=["incident", "stage", "cycle"], update_fields=["level"]
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


def _posts_concerned(incidents: Incidents) -> list[Assignment]:
    """Every post held today that may have to know of one of these incidents; one query."""
    units = {i.holder_id for i in incidents.values()} | {i.handling_unit_id for i in incidents.values()}
    paths = {path for i in incidents.values() for path in i.area.ancestor_paths}
    roles = {role for group in ABOVE.values() for role in group} | set(EMERGENCY_ABOVE)
    wanted = Q(unit__in=units - {None}) | Q(area_path__in=paths, role__in=roles)
    return list(Assignment.objects.on(timezone.localdate()).filter(wanted).select_related("user"))


def _concerns(post: Assignment, incident: Incident, item: Fired) -> bool:
    holder = item.clock.unit_id or incident.holder_id
    if post.unit_id == holder and (item.level == WHOLE_UNIT or post.is_head):
        return True
    if incident.is_confidential and post.role != Role.OFFICE:
        return False
    roles = EMERGENCY_ABOVE if item.clock.ladder == "emergency" and item.level >= Level.LATE else ABOVE[item.level]
    return post.role in roles and incident.area_path.startswith(post.area_path)


def tell_who_must_know(fired: Sequence[Fired], incidents: Incidents, *, now: datetime) -> None:
    """One notice per person and incident, for the highest level of this sweep."""
    posts = _posts_concerned(incidents)
    highest: dict[UUID, Fired] = {}
    for item in fired:
        known = highest.get(item.clock.subject_id)
        if known is None or item.level > known.level:
            highest[item.clock.subject_id] = item
    drafts: list[Notice] = []
    for subject_id, item in highest.items():
        incident = incidents[subject_id]
        facts: dict[str, Any] = {
            "params": {"number": incident.number, "level": item.level, "stage": item.clock.stage},
            "urgent": item.clock.ladder == "emergency",
        }
        people, secret = {post.user for post in posts if _concerns(post, incident, item)}, incident.is_confidential
        drafts += notices.drafted(
            people, "incidents.escalated", subject=incident, now=now, confidential=secret, **facts
        )
        if not secret:
            unit = item.clock.unit_id or incident.holder_id
            notices.tell_groups([unit], "incidents.escalated", subject=incident, now=now, **facts)
    notices.put(drafts, now=now)
