"""Who is told of what when a deadline runs out (docs/domain.md §1.7), in batches of one sweep."""

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
from gridgov.notices.actions import Telling
from gridgov.rows import insert_rows
from incidents.audience import ALL, HEAD, audiences
from incidents.models import Audience, Incident, Step, Supervision
from incidents.on_duty import first_told, spares_others, turns_for
from teams.absence import stand_ins, with_substitutes
from teams.duty import paths_above
from teams.models import Assignment
from teams.roles import Role

Incidents = Mapping[UUID, Incident]


def open_supervisions(fired: Sequence[Fired], incidents: Incidents, *, now: datetime) -> None:
    """督办: one for each stage and cycle from orange on; a higher level raises the open one, never a lifted one."""
    names = ["incident", "area_path", "stage", "cycle", "level", "unit"]
    rows = []
    for clock, level in ((item.clock, item.level) for item in fired if item.level >= Level.LATE):
        incident = incidents[clock.subject_id]
        unit = clock.unit_id or incident.holder_id
        rows.append((incident.pk, incident.area_path, clock.stage, clock.cycle, level, unit))
    raised = (
        "ON CONFLICT (incident_id, stage, cycle) WHERE number = 0 AND lifted_at IS NULL"
        " DO UPDATE SET level = excluded.level"
    )
    insert_rows(Supervision, names, rows, same={"opened_at": now}, after=raised)


def write_timeline(fired: Sequence[Fired], incidents: Incidents, *, now: datetime) -> None:
    """One entry per clock: which stage reached which level."""
    rows = []
    for item in fired:
        incident = incidents[item.clock.subject_id]
        incident.version += 1
        data = {"level": item.level, "stage": item.clock.stage, "missed": len(item.escalations)}
        rows.append((incident.pk, incident.version, incident.status, data))
    same = {"move": "escalated", "at": now, "by": User.objects.service("sweep").pk, "words": ""}
    insert_rows(Step, ["incident", "seq", "status", "data"], rows, same=same)


class Hearers:
    """Who hears of which case: the posts of today, absences and duty turns, read once for all cases of a sweep."""

    def __init__(self, highest: Mapping[UUID, Fired], incidents: Incidents, now: datetime) -> None:
        versions = {item.clock.ladder_version_id for item in highest.values()}
        self.tables = audiences(versions)
        self.by_unit: dict[int, list[Assignment]] = {}
        self.by_path: dict[str, list[Assignment]] = {}
        self.known: dict[tuple[Any, ...], list[User]] = {}
        people = set()
        for post in _posts_concerned(incidents, [self.tables[pk] for pk in versions], now):
            people.add(post.user_id)
            self.by_path.setdefault(post.area_path, []).append(post)
            if post.unit_id is not None:
                self.by_unit.setdefault(post.unit_id, []).append(post)
        self.away = stand_ins(people, on=timezone.localdate(now))
        self.turns = turns_for(highest.values(), incidents, self.tables, now)

    def of(self, incident: Incident, item: Fired) -> list[User]:
        """The people to tell, substitutes in place of who is away; cases alike are worked out once."""
        audience = self.tables[item.clock.ladder_version_id]
        holder = item.clock.unit_id or incident.holder_id
        alike = (holder, incident.area_path, item.level, audience.pk)
        if incident.is_confidential:  # who on duty may see it depends on the case
            return self._of(incident, item.level, holder, audience)
        if alike not in self.known:
            self.known[alike] = self._of(incident, item.level, holder, audience)
        return self.known[alike]

    def _of(self, incident: Incident, level: int, holder: int | None, audience: Audience) -> list[User]:
        line, first = audience.at(level), first_told(self.turns, incident, level, audience)
        told = self.by_unit.get(holder, []) if holder is not None else []
        found = [post for post in told if line["unit"] == ALL or (line["unit"] == HEAD and post.is_head)]
        if not spares_others(first, level):
            secret = incident.is_confidential
            for path in paths_above(incident.area_path):
                for post in self.by_path.get(path, ()):
                    if post.role in line["roles"].get(post.area.kind, ()) and (not secret or post.role == Role.OFFICE):
                        found.append(post)
        return with_substitutes([*first, *(post.user for post in found)], self.away, both=audience.urgent)


def _posts_concerned(incidents: Incidents, tables: Iterable[Audience], now: datetime) -> list[Assignment]:
    """Every post held on this day that may have to know of one of these incidents; one query."""
    units = {i.holder_id for i in incidents.values()} | {i.handling_unit_id for i in incidents.values()}
    paths = {path for i in {i.area_path for i in incidents.values()} for path in paths_above(i)}
    lines = [line for audience in tables for line in audience.table.values()]
    roles = {role for line in lines for told in line["roles"].values() for role in told}
    wanted = Q(unit__in=units - {None}) | Q(area_path__in=paths, role__in=roles)
    return list(Assignment.objects.on(timezone.localdate(now)).filter(wanted).select_related("user", "area"))


def tell_who_must_know(fired: Sequence[Fired], incidents: Incidents, *, now: datetime) -> None:
    """One notice per person and incident, for the highest level of this sweep; who is away is stood in for."""
    highest: dict[UUID, Fired] = {}
    for item in fired:
        known = highest.get(item.clock.subject_id)
        if known is None or item.level > known.level:
            highest[item.clock.subject_id] = item
    hearers = Hearers(highest, incidents, now)
    tellings = [
        Telling(
            hearers.of(incidents[subject_id], item),
            incidents[subject_id],
            {"number": incidents[subject_id].number, "level": item.level, "stage": item.clock.stage},
            urgent=hearers.tables[item.clock.ladder_version_id].urgent,
            confidential=incidents[subject_id].is_confidential,
            unit_id=item.clock.unit_id or incidents[subject_id].holder_id,
        )
        for subject_id, item in highest.items()
    ]
    notices.tell_each("incidents.escalated", tellings, now=now, printed=["number"])
