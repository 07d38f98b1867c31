"""Which steps lie open to a person: the one answer that buttons, forms and API share."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from grids.permissions import Grant, Perm, Reach, allows, scope
from incidents.models import Incident
from incidents.workflow import ASKS, TAKE_BACK, Ask, AskSpec, Move, Status, possible

# Steps beside the way: offered after the one that leads on.
BESIDE = (
    "urge",
    "raise",
    "instruct",
    "redispatch",
    "pass_on",
    "place",
    "recategorise",
    "note",
    "reject",
    "withdraw",
    "reopen",
)
OF_THE_UNIT = (Perm.SIGN_INCIDENTS, Perm.HANDLE_INCIDENTS)
# Who may take the whole stretch in one form is not offered its parts.
WHOLE = {"take_in": {"accept", "file", "dispatch"}, "verify_and_close": {"verify"}}


def reaches(user: Any, perm: str, incident: Incident) -> bool:
    """`allows`; but the desk, which holds a case until the unit has signed, does not sign or give it back for it."""
    own = scope(user).units(perm) if perm in OF_THE_UNIT and incident.status == Status.DISPATCHED else frozenset()
    if incident.holder_id in own and incident.handling_unit_id not in own:
        return False
    return allows(user, perm, incident)


def require(user: Any, perm: str, incident: Incident) -> None:
    """Raise PermissionDenied unless it `reaches`."""
    if not reaches(user, perm, incident):
        raise PermissionDenied(_("Your posts do not include this: %(what)s.") % {"what": Perm(perm).label})


def may(user: Any, move: Move, incident: Incident, *, now: datetime) -> bool:
    """Whether the person holds every right a step needs here; `own` steps are the reporter's, for a while."""
    if move.own:
        return incident.reported_by_id == user.pk and now <= own_until(incident)
    return all(reaches(user, perm, incident) for perm in move.needs)


def own_until(incident: Incident) -> datetime:
    """Until when its reporter may take it back."""
    return incident.reported_at + TAKE_BACK


def steps_open(user: Any, incident: Incident, *, now: datetime) -> dict[str, Move]:
    """Name → step that the person may take now, the one that leads on first."""
    found = {name: move for name, move in possible(incident.status).items() if may(user, move, incident, now=now)}
    hidden = set().union(*(parts for whole, parts in WHOLE.items() if whole in found)) if found else set()
    if not incident.category.on_the_spot:
        hidden.add("self_resolve")
    names = [name for name in found if name not in hidden]
    return {name: found[name] for name in sorted(names, key=lambda name: name in BESIDE)}


def leading(steps: Iterable[str]) -> str:
    """The step that leads on; "" when there are only steps beside the way."""
    return next((name for name in steps if name not in BESIDE), "")


def asks_open(user: Any, incident: Incident, waiting: Collection[str] = ()) -> dict[str, AskSpec]:
    """What the person may ask for now; what is `waiting` for its answer cannot be asked for again."""
    return {
        kind: spec
        for kind, spec in ASKS.items()
        if kind not in waiting and incident.status in spec.froms and reaches(user, spec.needs, incident)
    }


def may_run_on(user: Any, incident: Incident) -> bool:
    """Whether the person may end a suspension of this incident before its time."""
    asks = incident.status in ASKS[Ask.SUSPENSION].froms and reaches(user, ASKS[Ask.SUSPENSION].needs, incident)
    return asks or may_answer(user, incident)


def may_answer(user: Any, incident: Incident) -> bool:
    """Whether the person answers requests about this incident."""
    return allows(user, Perm.APPROVE_INCIDENTS, incident)


IMPORT_SERVICES = ("import", "import_check")  # the second verifies what the first is said to have handled
_IMPORT_PERMS = (
    *(Perm.ACCEPT_INCIDENTS, Perm.FILE_INCIDENTS, Perm.DISPATCH_INCIDENTS, Perm.SIGN_INCIDENTS),
    *(Perm.HANDLE_INCIDENTS, Perm.VERIFY_INCIDENTS, Perm.CLOSE_INCIDENTS),
)


def grants_of_import(user: Any) -> Mapping[str, tuple[Grant, ...]]:
    """What the import's services may do, everywhere: walk a ticket that another system closed to its end.

    Nobody can sign in as a service.
    """
    if not (user.is_service and user.username.removeprefix("service:") in IMPORT_SERVICES):
        return {}
    return dict.fromkeys(_IMPORT_PERMS, (Grant("", Reach.DESK),))
