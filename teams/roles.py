"""Role → permissions, each with its reach: a table to read, with a plain line for each role (docs/domain.md §2.1)."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grids.models import Area
from grids.permissions import Perm, Reach


class Role(models.TextChoices):
    """What a post can be."""

    GRID_HEAD = "grid_head", _("Grid head")
    WORKER = "worker", _("Full-time grid worker")
    PART_TIME = "part_time", _("Part-time grid worker")
    ADVISER = "adviser", _("Grid adviser")
    BUILDING_HEAD = "building_head", _("Building head")
    SPECIALIST = "specialist", _("Specialist in the grid team")
    COMMUNITY_DESK = "community_desk", _("Community desk")
    OFFICE = "office", _("Street grid office")
    LEADER = "leader", _("Leader in charge")
    SECTION_HEAD = "section_head", _("Head of an office section")
    UNIT_STAFF = "unit_staff", _("Department staff")
    UNIT_HEAD = "unit_head", _("Head of a department")
    DUTY_OFFICER = "duty_officer", _("Officer on duty")
    SYSTEM_ADMIN = "system_admin", _("System administrator")
    SECURITY_ADMIN = "security_admin", _("Security administrator")
    AUDIT_ADMIN = "audit_admin", _("Audit administrator")
    OFFICE_ADMIN = "office_admin", _("Office administrator")


@dataclass(frozen=True)
class RoleSpec:
    """What a role may do and in which words its holder is told."""

    summary: str | Promise
    perms: dict[str, Reach]
    levels: frozenset[str]  # kinds of area on which the post can be held
    needs_unit: bool = False
    second_factor: bool = False
    alone: bool = False  # whoever holds it holds nothing else (separation of duties, 等保 2.0)

    def grants(self) -> Iterator[tuple[str, Reach]]:
        """Permission and reach, one by one. Who sees incidents at all also sees their own, and those of the unit."""
        yield from self.perms.items()
        if Perm.VIEW_INCIDENTS in self.perms:
            yield Perm.VIEW_INCIDENTS, Reach.OWN
            if self.needs_unit:
                yield Perm.VIEW_INCIDENTS, Reach.UNIT


GRID = frozenset({Area.Kind.GRID})
COMMUNITY = frozenset({Area.Kind.COMMUNITY})
OFFICE_LEVELS = frozenset({Area.Kind.DISTRICT, Area.Kind.STREET})
ANY = frozenset(Area.Kind.values)


def _area(*perms: Perm) -> dict[str, Reach]:
    return dict.fromkeys(perms, Reach.AREA)


def _unit(*perms: Perm) -> dict[str, Reach]:
    return dict.fromkeys(perms, Reach.UNIT)


def _confidential(perms: dict[str, Reach]) -> dict[str, Reach]:
    """The same, also for confidential records wherever it reaches by area."""
    return {perm: Reach.DESK if reach == Reach.AREA else reach for perm, reach in perms.items()}


_SEE = _area(Perm.VIEW_AREAS, Perm.VIEW_PEOPLE, Perm.VIEW_INCIDENTS, Perm.REPORT_INCIDENTS)
_FIELD = (
    _SEE
    | _area(
        Perm.VIEW_RESIDENTS,
        Perm.EDIT_RESIDENTS,
        Perm.REVEAL_RESIDENTS,
        Perm.SELF_RESOLVE_INCIDENTS,
        Perm.CONFIRM_INCIDENTS,
        Perm.VERIFY_INCIDENTS,
        Perm.RAISE_INCIDENTS,
        Perm.URGE_INCIDENTS,
        Perm.WALK_PATROLS,
        Perm.WORK_CAMPAIGNS,
        Perm.KEEP_THINGS,
        Perm.REVEAL_CONTACTS,
    )
    | _unit(Perm.SIGN_INCIDENTS, Perm.HANDLE_INCIDENTS)
)
_DESK = (
    _SEE
    | _area(
        Perm.VIEW_RESIDENTS,
        Perm.CONFIRM_INCIDENTS,
        Perm.ACCEPT_INCIDENTS,
        Perm.FILE_INCIDENTS,
        Perm.DISPATCH_INCIDENTS,
        Perm.VERIFY_INCIDENTS,
        Perm.CLOSE_INCIDENTS,
        Perm.URGE_INCIDENTS,
        Perm.RAISE_INCIDENTS,
        Perm.VOID_INCIDENTS,
        Perm.REVEAL_REPORTERS,
        Perm.EXPORT_INCIDENTS,
        Perm.VIEW_BOARD,
        Perm.KEEP_THINGS,
        Perm.REVEAL_CONTACTS,
    )
    | _unit(Perm.SIGN_INCIDENTS, Perm.HANDLE_INCIDENTS)
)
_UNIT = _area(Perm.VIEW_AREAS, Perm.VIEW_PEOPLE) | _unit(
    Perm.VIEW_INCIDENTS, Perm.SIGN_INCIDENTS, Perm.HANDLE_INCIDENTS
)

ROLES: dict[str, RoleSpec] = {
    Role.GRID_HEAD: RoleSpec(
        _("Leads one grid: assigns inside it, decides what is resolved on the spot, knows its people."),
        _FIELD | _area(Perm.VIEW_BOARD, Perm.PLAN_PATROLS),
        GRID,
        needs_unit=True,
        second_factor=True,
    ),
    Role.WORKER: RoleSpec(
        _("Walks the grid: reports, handles, verifies, visits."),
        _FIELD,
        GRID,
        needs_unit=True,
        second_factor=True,
    ),
    Role.PART_TIME: RoleSpec(
        _("Helps in a grid: reports and follows their own reports. Sees no resident's file."),
        _area(Perm.VIEW_AREAS, Perm.REPORT_INCIDENTS) | {Perm.VIEW_INCIDENTS: Reach.OWN},
        GRID,
        needs_unit=True,
    ),
    Role.ADVISER: RoleSpec(
        _("Street staff who guide several grids: read, guide, countersign."),
        _SEE | _area(Perm.URGE_INCIDENTS, Perm.RAISE_INCIDENTS, Perm.VIEW_BOARD),
        GRID | COMMUNITY,
    ),
    Role.BUILDING_HEAD: RoleSpec(
        _("A resident who speaks for a building: reports and follows their own reports."),
        _area(Perm.VIEW_AREAS, Perm.REPORT_INCIDENTS) | {Perm.VIEW_INCIDENTS: Reach.OWN},
        GRID,
    ),
    Role.SPECIALIST: RoleSpec(
        _("Police, city management, fire, health or justice in the grid team: does the tasks of their own department."),
        _UNIT | _area(Perm.REPORT_INCIDENTS),
        ANY,
        needs_unit=True,
    ),
    Role.COMMUNITY_DESK: RoleSpec(
        _("Takes what is reported in a community, files it and passes it on."),
        _DESK | _area(Perm.EDIT_RESIDENTS, Perm.REVEAL_RESIDENTS, Perm.PLAN_PATROLS, Perm.PLAN_CAMPAIGNS),
        COMMUNITY,
        needs_unit=True,
        second_factor=True,
    ),
    Role.OFFICE: RoleSpec(
        _("The street's grid office: accepts, dispatches, supervises, closes; also what is confidential."),
        _confidential(_DESK | _area(Perm.SUPERVISE_INCIDENTS, Perm.APPROVE_INCIDENTS, Perm.SELF_RESOLVE_INCIDENTS))
        | _area(
            Perm.SHARE_BOARD,
            Perm.REVEAL_RESIDENTS,
            Perm.PLAN_ROSTER,
            Perm.KEEP_DUTY_LOG,
            Perm.VIEW_DELIVERIES,
            Perm.PLAN_PATROLS,
            Perm.VIEW_TRACKS,
            Perm.PLAN_CAMPAIGNS,
        ),
        OFFICE_LEVELS,
        needs_unit=True,
        second_factor=True,
    ),
    Role.LEADER: RoleSpec(
        _("Leads the street or one line of duty: reads, gives instructions, approves."),
        _SEE
        | _area(
            Perm.VIEW_BOARD,
            Perm.INSTRUCT_INCIDENTS,
            Perm.APPROVE_INCIDENTS,
            Perm.SUPERVISE_INCIDENTS,
            Perm.URGE_INCIDENTS,
            Perm.EXPORT_INCIDENTS,
            Perm.APPROVE_BOUNDARIES,
            Perm.KEEP_DUTY_LOG,
            Perm.ADMIT_TASKS,
        ),
        OFFICE_LEVELS,
        second_factor=True,
    ),
    Role.SECTION_HEAD: RoleSpec(
        _("Heads a section of the street office: signs, assigns, answers."),
        _UNIT | _area(Perm.REPORT_INCIDENTS, Perm.VIEW_BOARD),
        OFFICE_LEVELS,
        needs_unit=True,
    ),
    Role.UNIT_STAFF: RoleSpec(_("Works for a department: signs, handles, reports back."), _UNIT, ANY, needs_unit=True),
    Role.UNIT_HEAD: RoleSpec(_("Heads a department: the same for all of it."), _UNIT, ANY, needs_unit=True),
    Role.DUTY_OFFICER: RoleSpec(
        _("On duty for a shift: takes what comes, dispatches, logs, hands over."),
        _DESK | _area(Perm.KEEP_DUTY_LOG),
        OFFICE_LEVELS,
        needs_unit=True,
        second_factor=True,
    ),
    Role.SYSTEM_ADMIN: RoleSpec(
        _("Keeps the system running. Reads no residents' and no reporters' data."),
        _area(Perm.OPERATE_SYSTEM),
        OFFICE_LEVELS,
        second_factor=True,
        alone=True,
    ),
    Role.SECURITY_ADMIN: RoleSpec(
        _("Creates sign-ins, appoints and ends posts. Reads no residents' and no reporters' data."),
        _area(Perm.VIEW_AREAS, Perm.VIEW_PEOPLE, Perm.APPOINT, Perm.EDIT_UNITS, Perm.MANAGE_ACCOUNTS),
        OFFICE_LEVELS,
        second_factor=True,
        alone=True,
    ),
    Role.AUDIT_ADMIN: RoleSpec(
        _("Reads the logs. Changes nothing."),
        _area(Perm.VIEW_AUDIT),
        OFFICE_LEVELS,
        second_factor=True,
        alone=True,
    ),
    Role.OFFICE_ADMIN: RoleSpec(
        _("Keeps boundaries, buildings, units, the catalogue and the deadlines right."),
        _area(
            Perm.VIEW_AREAS,
            Perm.VIEW_PEOPLE,
            Perm.EDIT_AREAS,
            Perm.KEEP_THINGS,
            Perm.PLAN_BOUNDARIES,
            Perm.EDIT_UNITS,
            Perm.EDIT_CATALOGUE,
            Perm.EDIT_CALENDARS,
            Perm.VIEW_BOARD,
        ),
        OFFICE_LEVELS,
        second_factor=True,
    ),
}

# Separate accounts from the first day; `manage.py create_admin` makes them.
ADMINISTRATORS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.OFFICE_ADMIN)
