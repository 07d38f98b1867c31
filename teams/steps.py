"""The first steps in an empty installation: what is done is computed, nothing is remembered."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grids.models import Area
from grids.permissions import Perm
from teams.models import Assignment, Unit
from teams.roles import ADMINISTRATORS, Role

Door = tuple[str | Promise, str]


@dataclass(frozen=True)
class Step:
    """One line of the checklist. `done` looks into the database.

    `doors` says where it is done, the best first: (words of the button, its address); who lacks `needs` reads the
    name of the role `keeper` instead of finding a door that is shut.
    """

    order: int
    label: str | Promise
    text: str | Promise
    doors: Callable[[], list[Door]]
    done: Callable[[], bool]
    needs: Perm
    keeper: str


_steps: dict[int, Step] = {}


def register(step: Step) -> None:
    """Add a step; a room above registers its own in AppConfig.ready() (the catalogue is number 60)."""
    _steps[step.order] = step


def all_steps() -> list[Step]:
    """In the order in which they are best taken."""
    return [_steps[order] for order in sorted(_steps)]


def missing_administrators() -> list[str]:
    """The administrators' roles nobody holds today."""
    held = set(
        Assignment.objects.on(timezone.localdate())
        .filter(role__in=ADMINISTRATORS, user__is_active=True)
        .values_list("role", flat=True)
    )
    return [role for role in ADMINISTRATORS if role not in held]


def _there_is(kind: str) -> Callable[[], bool]:
    return lambda: Area.objects.standing().filter(kind=kind).exists()


def _people_in_grids() -> bool:
    posts = Assignment.objects.on(timezone.localdate())
    return posts.filter(role__in=[Role.GRID_HEAD, Role.WORKER]).exists()


def _street_doors() -> list[Door]:
    """Straight to the form of a new area under the district, when there is one district."""
    districts = list(Area.objects.standing().filter(kind=Area.Kind.DISTRICT)[:2])
    added = [(_("Add the street"), reverse("grids:add_area", args=[districts[0].pk]))] if len(districts) == 1 else []
    return [*added, *_imports(areas=_("From boundaries"))]


def _imports(**kinds: str | Promise) -> list[Door]:
    return [(words, f"{reverse('imports:list')}?kind={kind.replace('_', '-')}") for kind, words in kinds.items()]


def _ground() -> tuple[Step, ...]:
    return (
        Step(
            10,
            _("Administrators"),
            _("Four separate accounts, made where the program runs: system, security, audit and office."),
            lambda: [(_("What each may do"), reverse("teams:roles"))],
            lambda: not missing_administrators(),
            Perm.VIEW_AREAS,
            Role.SYSTEM_ADMIN,
        ),
        Step(
            20,
            _("Street"),
            _("The street under the district: its name and, where it has one, its nine-digit code."),
            _street_doors,
            _there_is(Area.Kind.STREET),
            Perm.EDIT_AREAS,
            Role.OFFICE_ADMIN,
        ),
        Step(
            30,
            _("Grids"),
            _("Communities and their grids: by a list with codes and names, or by boundaries. Either can come first."),
            lambda: _imports(area_list=_("By a list"), areas=_("By boundaries")),
            _there_is(Area.Kind.GRID),
            Perm.EDIT_AREAS,
            Role.OFFICE_ADMIN,
        ),
    )


def _teams() -> tuple[Step, ...]:
    return (
        Step(
            40,
            _("Units"),
            _("The desks that take reports, the departments, a team for each grid."),
            lambda: [*_imports(units=_("By a list")), (_("One by one"), reverse("teams:units"))],
            lambda: Unit.objects.standing().filter(is_desk=True).exists(),
            Perm.EDIT_UNITS,
            Role.OFFICE_ADMIN,
        ),
        Step(
            50,
            _("People"),
            _("Grid heads and grid workers with their posts."),
            lambda: [*_imports(people=_("By a list")), (_("One by one"), reverse("teams:create_person"))],
            _people_in_grids,
            Perm.APPOINT,
            Role.SECURITY_ADMIN,
        ),
    )


def register_own() -> None:
    """The steps of this room and of the ground beneath it."""
    for step in (*_ground(), *_teams()):
        register(step)
