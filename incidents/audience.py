"""Who is told of what when a deadline runs out: roles at each level of the area tree, a table per ladder.

The tables here are the project's defaults (docs/domain.md §1.7); what the office says stands in `Audience` rows.
"""

from collections.abc import Iterable
from typing import Any

from gridgov.clock.ladders import EMERGENCY
from gridgov.clock.levels import Level
from gridgov.clock.models import LadderVersion
from grids.models import Area
from grids.permissions import Perm, Reach
from incidents.models import Audience
from teams.roles import ROLES, Role

ALL, HEAD, NOBODY = "all", "head", ""
LEVELS = (Level.WARNING, Level.LATE, Level.VERY_LATE, Level.CRITICAL)
KINDS = (Area.Kind.GRID, Area.Kind.COMMUNITY, Area.Kind.STREET, Area.Kind.DISTRICT)
RETURNED = 3  # docs/domain.md §1.7: sent back so often, a case is critical


def _line(unit: str, *, street: Iterable[str] = (), **roles: Iterable[str]) -> dict[str, Any]:
    told = {kind: [str(role) for role in found] for kind, found in roles.items()}
    above = [str(role) for role in street]
    return {"unit": unit, "roles": told | ({"street": above, "district": above} if above else {})}


STANDARD_TABLE: dict[str, dict[str, Any]] = {
    "1": _line(ALL),
    "2": _line(HEAD, grid=[Role.ADVISER], community=[Role.COMMUNITY_DESK, Role.ADVISER]),
    "3": _line(HEAD, street=[Role.OFFICE, Role.LEADER]),
    "4": _line(HEAD, street=[Role.LEADER]),
}
_ON_DUTY = [Role.DUTY_OFFICER, Role.OFFICE, Role.LEADER]
EMERGENCY_TABLE: dict[str, dict[str, Any]] = {
    "1": _line(ALL),
    **{level: _line(HEAD, street=_ON_DUTY) for level in ("2", "3", "4")},
}
_known: dict[int, Audience] = {}  # a version never changes; what a process has read it may keep


def default_for(version: LadderVersion, code: str) -> Audience:
    """The project's own table for a ladder whose audience nobody has edited."""
    urgent = code == EMERGENCY
    table = EMERGENCY_TABLE if urgent else STANDARD_TABLE
    return Audience(version=version, table=table, returned=RETURNED, urgent=urgent)


def audiences(versions: Iterable[int]) -> dict[int, Audience]:
    """Ladder version → who is told; one statement for those this process has not read yet."""
    missing = set(versions) - _known.keys()
    if missing:
        kept = Audience.objects.in_bulk(missing)
        for version in LadderVersion.objects.filter(pk__in=missing).select_related("ladder"):
            _known[version.pk] = kept.get(version.pk) or default_for(version, version.ladder.code)
    return _known


def roles_of(kind: str) -> list[Role]:
    """The roles held at this level of the tree that see incidents by area; units are told as units."""
    seen = [
        Role(role) for role, spec in ROLES.items() if spec.perms.get(Perm.VIEW_INCIDENTS) in (Reach.AREA, Reach.DESK)
    ]
    return [role for role in seen if kind in ROLES[role].levels]
