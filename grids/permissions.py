"""The permission vocabulary, and the one rule that turns a person's posts into what may be read and done.

A post gives permissions, each with a reach (teams.roles). This module knows neither posts nor roles: `teams`
registers a provider, and the exceptional grant on a single area comes from django-guardian's tables. The same
rule is read twice, as a query (`readable`) and as a test of one object (`allows`); an oracle test holds them
together.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

ABOVE = "~"  # sorts after every base-36 character: a subtree is path ≤ x < path + "~"


class Perm(models.TextChoices):
    """What a role may do, in the words of the work."""

    VIEW_AREAS = "view_areas", _("See areas, grids and buildings")
    EDIT_AREAS = "edit_areas", _("Change areas, boundaries and buildings")
    KEEP_THINGS = "keep_things", _("Add, correct and close places and city assets")
    REVEAL_CONTACTS = "reveal_contacts", _("See the phone of a place's contact, with a reason")
    PLAN_BOUNDARIES = "plan_boundaries", _("Draft and check boundary plans")
    APPROVE_BOUNDARIES = "approve_boundaries", _("Approve boundary plans")
    VIEW_PEOPLE = "view_people", _("See the address book")
    APPOINT = "appoint", _("Appoint people and end posts")
    EDIT_UNITS = "edit_units", _("Change units")
    MANAGE_ACCOUNTS = "manage_accounts", _("Create sign-ins and reset passwords")
    PLAN_ROSTER = "plan_roster", _("Plan the duty roster")
    KEEP_DUTY_LOG = "keep_duty_log", _("Keep the duty log and hand over shifts")
    PLAN_PATROLS = "plan_patrols", _("Plan patrols and see what was not looked at")
    WALK_PATROLS = "walk_patrols", _("Walk patrols")
    VIEW_TRACKS = "view_tracks", _("Look at the track of a patrol, with a reason")
    PLAN_CAMPAIGNS = "plan_campaigns", _("Plan campaigns")
    WORK_CAMPAIGNS = "work_campaigns", _("Work on campaigns")
    ADMIT_TASKS = "admit_tasks", _("Decide which tasks a grid may be asked for")
    VIEW_RESIDENTS = "view_residents", _("See residents, masked")
    EDIT_RESIDENTS = "edit_residents", _("Add, change and move residents")
    REVEAL_RESIDENTS = "reveal_residents", _("See full data of a resident, with a reason")
    VIEW_INCIDENTS = "view_incidents", _("See incidents")
    REPORT_INCIDENTS = "report_incidents", _("Report incidents")
    CONFIRM_INCIDENTS = "confirm_incidents", _("Confirm public reports")
    ACCEPT_INCIDENTS = "accept_incidents", _("Accept or refuse reports")
    FILE_INCIDENTS = "file_incidents", _("File incidents")
    DISPATCH_INCIDENTS = "dispatch_incidents", _("Dispatch incidents")
    SIGN_INCIDENTS = "sign_incidents", _("Sign for incidents")
    HANDLE_INCIDENTS = "handle_incidents", _("Handle incidents")
    SELF_RESOLVE_INCIDENTS = "self_resolve_incidents", _("Resolve on the spot")
    VERIFY_INCIDENTS = "verify_incidents", _("Verify results")
    CLOSE_INCIDENTS = "close_incidents", _("Close incidents")
    URGE_INCIDENTS = "urge_incidents", _("Urge")
    RAISE_INCIDENTS = "raise_incidents", _("Raise one level")
    INSTRUCT_INCIDENTS = "instruct_incidents", _("Give instructions")
    VOID_INCIDENTS = "void_incidents", _("Ask to void incidents")
    APPROVE_INCIDENTS = "approve_incidents", _("Approve returns, extensions, suspensions and voiding")
    REVEAL_REPORTERS = "reveal_reporters", _("See a reporter's name and phone, with a reason")
    EXPORT_INCIDENTS = "export_incidents", _("Export ledgers")
    SUPERVISE_INCIDENTS = "supervise_incidents", _("Supervise what is late")
    VIEW_DELIVERIES = "view_deliveries", _("See messages sent beyond the inbox and send them again")
    VIEW_BOARD = "view_board", _("See the street board")
    SHARE_BOARD = "share_board", _("Share the wall view by link")
    EDIT_CATALOGUE = "edit_catalogue", _("Change the catalogue and its limits")
    EDIT_CALENDARS = "edit_calendars", _("Change working calendars")
    VIEW_AUDIT = "view_audit", _("Read the operation and sign-in logs")
    OPERATE_SYSTEM = "operate_system", _("Watch and operate the system")


class Reach(models.TextChoices):
    """How far a permission of a post goes."""

    AREA = "area", _("everything in the area and below")
    UNIT = "unit", _("what the unit holds or helps with")
    OWN = "own", _("what the person reported or is assigned")
    DESK = "desk", _("also what is confidential, at this desk")


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission of one post: where, how far, for which unit."""

    path: str
    reach: Reach
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReachFields:
    """Which columns of a model the rule looks at; a model says it once, as `reach_fields`.

    What is `confidential` is not reached by area but at named desks, by the unit that holds it, and by its owner.
    """

    area: str = "area_path"
    units: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    confidential: str = ""


def shortest(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths of which no other is an ancestor: the fewest ranges that cover the same subtrees."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return tuple(kept)


@dataclass(frozen=True)
class Scope:
    """All that a person may do, worked out once a request."""

    user_id: int | None
    grants: Mapping[str, tuple[Grant, ...]] = field(default_factory=dict)

    def holds(self, perm: str) -> bool:
        """Whether any post gives this permission at all: enough to show a menu entry, never enough to act."""
        return bool(self.grants.get(perm))

    def paths(self, perm: str) -> tuple[str, ...]:
        """The subtrees where the permission reaches by area."""
        return self._by_perm(perm)[0]

    def desks(self, perm: str) -> tuple[str, ...]:
        """The subtrees where confidential records are included."""
        return shortest(g.path for g in self.grants.get(perm, ()) if g.reach == Reach.DESK)

    def units(self, perm: str) -> frozenset[int]:
        """The units for which it reaches what they hold."""
        return self._by_perm(perm)[1]

    def own(self, perm: str) -> bool:
        """Whether it reaches the person's own records."""
        return self._by_perm(perm)[2]

    @cached_property
    def member_of(self) -> frozenset[int]:
        """The units of the person's posts: what these hold is waiting for the person."""
        return frozenset(g.unit_id for grants in self.grants.values() for g in grants if g.unit_id is not None)

    @cached_property
    def _cache(self) -> dict[str, tuple[tuple[str, ...], frozenset[int], bool]]:
        return {}

    def _by_perm(self, perm: str) -> tuple[tuple[str, ...], frozenset[int], bool]:
        if perm not in self._cache:
            grants = self.grants.get(perm, ())
            self._cache[perm] = (
                shortest(g.path for g in grants if g.reach in (Reach.AREA, Reach.DESK)),
                frozenset(g.unit_id for g in grants if g.reach == Reach.UNIT and g.unit_id is not None),
                any(g.reach == Reach.OWN for g in grants),
            )
        return self._cache[perm]


Provider = Callable[[Any], Mapping[str, tuple[Grant, ...]]]
_providers: list[Provider] = []


def register_provider(provider: Provider) -> None:
    """Add a source of grants: called with a user, answers permission → grants. `teams` adds posts."""
    if provider not in _providers:
        _providers.append(provider)


# What named services may do everywhere: they act for whoever runs the machine.
SERVICES: dict[str, tuple[Perm, ...]] = {
    "service:import": (
        Perm.VIEW_AREAS,
        Perm.EDIT_AREAS,
        Perm.KEEP_THINGS,
        Perm.EDIT_UNITS,
        Perm.VIEW_PEOPLE,
        Perm.MANAGE_ACCOUNTS,
        Perm.APPOINT,
        Perm.REPORT_INCIDENTS,
        Perm.EDIT_RESIDENTS,  # dwellings; it reads nobody's data
    ),
}


def grants_of_services(user: Any) -> Mapping[str, tuple[Grant, ...]]:
    """The grants of a service user; none for a person, whatever the staff number."""
    perms = SERVICES.get(user.username, ()) if user.is_service else ()
    return {perm: (Grant("", Reach.AREA),) for perm in perms}


def scope(user: Any) -> Scope:
    """The person's scope, kept on the user object for the length of a request."""
    if getattr(user, "_scope", None) is None:
        merged: dict[str, tuple[Grant, ...]] = {}
        if user.is_authenticated and user.is_active:
            for provider in _providers:
                for perm, grants in provider(user).items():
                    merged[perm] = merged.get(perm, ()) + grants
        user._scope = Scope(user.pk, merged)
    return user._scope


def forget(user: Any) -> None:
    """Work the scope out anew on next use: after a post began or ended in the same request, and in tests."""
    user._scope = None


def within(paths: Iterable[str], column: str) -> Q:
    """Rows whose path lies in one of the subtrees; a b-tree range each."""
    rule = Q(pk__in=[])
    for path in paths:
        rule |= Q(**{f"{column}__gte": path, f"{column}__lt": path + ABOVE})
    return rule


def readable(user: Any, perm: str, fields: ReachFields) -> Q:
    """The rule as a query: what `visible_to` filters by."""
    mine = scope(user)
    rule = within(mine.paths(perm), fields.area)
    if fields.confidential:
        rule &= Q(**{fields.confidential: False}) | within(mine.desks(perm), fields.area)
    for column in fields.units:
        if mine.units(perm):
            rule |= Q(**{f"{column}__in": sorted(mine.units(perm))})
    if mine.own(perm):
        for column in fields.owners:
            rule |= Q(**{column: mine.user_id})
    return rule


def allows(user: Any, perm: str, thing: Any) -> bool:
    """The rule as a test of one object (an area, or anything with `reach_fields`)."""
    mine = scope(user)
    fields: ReachFields = thing.reach_fields
    path: str = getattr(thing, fields.area)

    def inside(paths: tuple[str, ...]) -> bool:
        return any(path.startswith(p) for p in paths)

    if mine.own(perm) and any(getattr(thing, column) == mine.user_id for column in fields.owners):
        return True
    if any(getattr(thing, column) in mine.units(perm) for column in fields.units):
        return True
    secret = bool(fields.confidential) and getattr(thing, fields.confidential)
    return inside(mine.desks(perm) if secret else mine.paths(perm))


def require(user: Any, perm: str, thing: Any) -> None:
    """Raise PermissionDenied unless `allows`. Every action begins with it."""
    if not allows(user, perm, thing):
        raise PermissionDenied(_("Your posts do not include this: %(what)s.") % {"what": Perm(perm).label})


def require_anywhere(user: Any, perm: str) -> None:
    """Raise PermissionDenied unless some post gives `perm`; for pages that are then filtered by area."""
    if not scope(user).holds(perm):
        raise PermissionDenied(_("Your posts do not include this: %(what)s.") % {"what": Perm(perm).label})


def get_perms(user: Any, area: Any) -> list[str]:
    """What `user` may do on `area`, sorted: guardian's question, answered by path.

    guardian's own function of this name reads only its tables and is banned by the linter, and so is the next.
    """
    return sorted(perm for perm in scope(user).grants if allows(user, perm, area))


def get_objects_for_user(user: Any, perm: str, objects: models.QuerySet[Any] | None = None) -> models.QuerySet[Any]:
    """The rows of `objects` (all areas unless told) for which `user` holds `perm` ("grids.view_areas" or bare)."""
    found = apps.get_model("grids", "Area").objects.all() if objects is None else objects
    reach_fields: ReachFields = found.model.reach_fields
    return found.filter(readable(user, perm.rpartition(".")[2], reach_fields))
