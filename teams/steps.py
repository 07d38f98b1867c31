"""The first steps in an empty installation: what is done is computed, nothing is remembered."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grids.models import Area
from teams.models import Assignment, Unit
from teams.roles import ADMINISTRATORS, Role


@dataclass(frozen=True)
class Step:
    """One line of the checklist. `done` looks into the database; `url_name` is where it is done."""

    order: int
    label: str | Promise
    text: str | Promise
    url_name: str
    done: Callable[[], bool]


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


def register_own() -> None:
    """The steps of this room and of the ground beneath it."""
    for step in (
        Step(
            10,
            _("Administrators"),
            _("Four separate accounts, made where the program runs: system, security, audit and office."),
            "teams:roles",
            lambda: not missing_administrators(),
        ),
        Step(20, _("Street"), _("The street under the district."), "grids:tree", _there_is(Area.Kind.STREET)),
        Step(
            30,
            _("Grids"),
            _("By a list with codes and names, or by boundaries."),
            "grids:tree",
            _there_is(Area.Kind.GRID),
        ),
        Step(
            40,
            _("Units"),
            _("The desks that take reports, the departments, a team for each grid."),
            "teams:units",
            lambda: Unit.objects.standing().filter(is_desk=True).exists(),
        ),
        Step(50, _("People"), _("Grid heads and grid workers with their posts."), "teams:book", _people_in_grids),
    ):
        register(step)
