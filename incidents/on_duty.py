"""Emergencies go to the people on duty first: 值班员, then 带班领导 (docs/domain.md §1.7)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from gridgov.accounts.models import User
from gridgov.clock.levels import Level
from gridgov.clock.registry import Fired
from grids.permissions import Perm, allows
from incidents.models import Audience, Incident
from teams.duty import on_duty, paths_above
from teams.models import DutyTurn

# Level → who of those on duty is told; below LATE nobody but the unit.
PARTS: dict[int, tuple[str, ...]] = {
    Level.LATE: (DutyTurn.Part.OFFICER,),
    Level.VERY_LATE: (DutyTurn.Part.OFFICER, DutyTurn.Part.LEADER),
    Level.CRITICAL: (DutyTurn.Part.OFFICER, DutyTurn.Part.LEADER),
}


def turns_for(
    fired: Iterable[Fired], incidents: Mapping[UUID, Incident], tables: Mapping[int, Audience], now: datetime
) -> list[DutyTurn]:
    """Who is on duty where an urgent case has run out of time; no query when there is none."""
    late = {
        item.clock.subject_id
        for item in fired
        if tables[item.clock.ladder_version_id].urgent and item.level >= Level.LATE
    }
    paths = {path for subject_id in late for path in paths_above(incidents[subject_id].area_path)}
    return on_duty(paths, now) if paths else []


def first_told(turns: Iterable[DutyTurn], incident: Incident, level: int, audience: Audience) -> list[User]:
    """Those of them who hear of this case at this level; of a confidential one only who may see it."""
    if not audience.urgent:
        return []
    parts = PARTS.get(level, ())
    here = [turn for turn in turns if turn.part in parts and incident.area_path.startswith(turn.area_path)]
    people = {turn.person_id: turn.person for turn in here}
    secret = incident.is_confidential
    return [person for person in people.values() if not secret or allows(person, Perm.VIEW_INCIDENTS, incident)]


def spares_others(first: list[User], level: int) -> bool:
    """Whether those with a role are left alone for now: somebody on duty has it, and not all has been tried."""
    return bool(first) and level < Level.CRITICAL
