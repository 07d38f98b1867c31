"""The life of an incident as a table: which step leads from where to where, who may take it, what it asks for.

Steps and names follow docs/domain.md §1.4 (上报 受理 立案 派单 签收 处置 反馈 核查 结案). Buttons, the API, the docs'
diagram and the truth-table tests all read `MOVES`; nothing else knows which step is possible when.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gridgov.labels.words import named
from grids.permissions import Perm

TAKE_BACK = timedelta(minutes=30)  # how long a reporter may take a report back


class Status(models.TextChoices):
    """Where an incident stands."""

    UNCONFIRMED = "unconfirmed", named("status.unconfirmed", _("To be confirmed"))
    REPORTED = "reported", named("status.reported", _("Reported"))
    ACCEPTED = "accepted", named("status.accepted", _("Accepted"))
    FILED = "filed", named("status.filed", _("Filed"))
    DISPATCHED = "dispatched", named("status.dispatched", _("Dispatched"))
    IN_PROGRESS = "in_progress", named("status.in_progress", _("In progress"))
    RESOLVED = "resolved", named("status.resolved", _("To be verified"))
    VERIFIED = "verified", named("status.verified", _("Verified"))
    CLOSED = "closed", named("status.closed", _("Closed"))
    SELF_RESOLVED = "self_resolved", named("status.self_resolved", _("Resolved on the spot"))
    REJECTED = "rejected", named("status.rejected", _("Not accepted"))
    VOID = "void", named("status.void", _("Void"))


S = Status
WAITING_FOR_DESK = frozenset({S.UNCONFIRMED, S.REPORTED, S.ACCEPTED, S.FILED})
WITH_UNIT = frozenset({S.DISPATCHED, S.IN_PROGRESS})
BEING_VERIFIED = frozenset({S.RESOLVED, S.VERIFIED})
OPEN = WAITING_FOR_DESK | WITH_UNIT | BEING_VERIFIED
ENDED = frozenset(S) - OPEN


class Stage(models.TextChoices):
    """A stretch of the way with a clock of its own; PROMISE is the one given to the resident and spans all."""

    ACCEPT = "accept", named("stage.accept", _("Acceptance"))
    DISPATCH = "dispatch", named("stage.dispatch", _("Dispatch"))
    SIGN = "sign", named("stage.sign", _("Signing"))
    HANDLE = "handle", named("stage.handle", _("Handling"))
    VERIFY = "verify", named("stage.verify", _("Verification"))
    PROMISE = "promise", named("stage.promise", _("Promised to the resident"))


STAGE_OF: dict[str, Stage] = {
    S.UNCONFIRMED: Stage.ACCEPT,
    S.REPORTED: Stage.ACCEPT,
    S.ACCEPTED: Stage.DISPATCH,
    S.FILED: Stage.DISPATCH,
    S.DISPATCHED: Stage.SIGN,
    S.IN_PROGRESS: Stage.HANDLE,
    S.RESOLVED: Stage.VERIFY,
    S.VERIFIED: Stage.VERIFY,
}


class Holder(models.TextChoices):
    """Who holds the case after a step (custody)."""

    STAYS = "stays", _("unchanged")
    DESK = "desk", _("the desk that takes reports in the area")
    UNIT = "unit", _("the unit it was dispatched to")
    VERIFIER = "verifier", _("the grid team, or the desk where there is none")


class Fact(models.TextChoices):
    """What a step may ask for beside words."""

    UNIT = "unit", _("Unit")
    AREA = "area", _("Grid")
    CATEGORY = "category", _("Category")


@dataclass(frozen=True)
class Move:
    """One step: from any of `froms` to `to` (None: stays), by someone holding all of `needs`."""

    froms: frozenset[str]
    to: Status | None
    needs: tuple[Perm, ...]
    label: str | Promise
    holder: Holder = Holder.STAYS
    facts: tuple[Fact, ...] = ()
    words_required: bool = False
    new_cycle: bool = False  # the clocks of the stage start anew; what was overdue stays on record
    icon: str = "arrow-right"
    own: bool = False  # the reporter may, without any of `needs`


def _from(*statuses: str) -> frozenset[str]:
    return frozenset(statuses)


MOVES: dict[str, Move] = {
    "confirm": Move(_from(S.UNCONFIRMED), S.REPORTED, (Perm.CONFIRM_INCIDENTS,), _("Confirm"), icon="check"),
    "take_in": Move(
        _from(S.REPORTED, S.ACCEPTED, S.FILED),
        S.DISPATCHED,
        (Perm.ACCEPT_INCIDENTS, Perm.FILE_INCIDENTS, Perm.DISPATCH_INCIDENTS),
        _("Accept and dispatch"),
        facts=(Fact.UNIT,),
        icon="send",
    ),
    "accept": Move(_from(S.REPORTED), S.ACCEPTED, (Perm.ACCEPT_INCIDENTS,), _("Accept"), Holder.DESK, icon="check"),
    "file": Move(_from(S.ACCEPTED), S.FILED, (Perm.FILE_INCIDENTS,), _("File"), icon="folder"),
    "dispatch": Move(
        _from(S.FILED), S.DISPATCHED, (Perm.DISPATCH_INCIDENTS,), _("Dispatch"), facts=(Fact.UNIT,), icon="send"
    ),
    "redispatch": Move(
        _from(S.DISPATCHED),
        S.DISPATCHED,
        (Perm.DISPATCH_INCIDENTS,),
        _("Dispatch to another unit"),
        facts=(Fact.UNIT,),
        words_required=True,
        icon="send",
    ),
    "place": Move(
        WAITING_FOR_DESK,
        None,
        (Perm.ACCEPT_INCIDENTS,),
        _("Put into a grid"),
        Holder.DESK,
        (Fact.AREA,),
        icon="map-pin",
    ),
    "recategorise": Move(
        WAITING_FOR_DESK, None, (Perm.ACCEPT_INCIDENTS,), _("Change category"), facts=(Fact.CATEGORY,), icon="tag"
    ),
    "self_resolve": Move(
        _from(S.REPORTED, S.ACCEPTED, S.FILED),
        S.SELF_RESOLVED,
        (Perm.SELF_RESOLVE_INCIDENTS,),
        _("Resolved on the spot"),
        words_required=True,
        icon="circle-check",
    ),
    "sign": Move(_from(S.DISPATCHED), S.IN_PROGRESS, (Perm.SIGN_INCIDENTS,), _("Sign"), Holder.UNIT, icon="pencil"),
    "note": Move(
        _from(S.IN_PROGRESS), None, (Perm.HANDLE_INCIDENTS,), _("Add progress"), words_required=True, icon="note"
    ),
    "pass_on": Move(
        _from(S.IN_PROGRESS),
        None,
        (Perm.DISPATCH_INCIDENTS,),
        _("Pass on to another unit"),
        Holder.UNIT,
        (Fact.UNIT,),
        words_required=True,
        icon="transfer",
    ),
    "resolve": Move(
        _from(S.IN_PROGRESS),
        S.RESOLVED,
        (Perm.HANDLE_INCIDENTS,),
        _("Report the result"),
        Holder.VERIFIER,
        words_required=True,
        icon="circle-check",
    ),
    "verify": Move(
        _from(S.RESOLVED), S.VERIFIED, (Perm.VERIFY_INCIDENTS,), _("Verified: solved"), Holder.DESK, icon="check"
    ),
    "verify_and_close": Move(
        _from(S.RESOLVED),
        S.CLOSED,
        (Perm.VERIFY_INCIDENTS, Perm.CLOSE_INCIDENTS),
        _("Verified: close"),
        Holder.DESK,
        icon="circle-check",
    ),
    "rework": Move(
        BEING_VERIFIED,
        S.IN_PROGRESS,
        (Perm.VERIFY_INCIDENTS,),
        _("Not solved: rework"),
        Holder.UNIT,
        words_required=True,
        new_cycle=True,
        icon="refresh",
    ),
    "close": Move(_from(S.VERIFIED), S.CLOSED, (Perm.CLOSE_INCIDENTS,), _("Close"), Holder.DESK, icon="circle-check"),
    "urge": Move(OPEN, None, (Perm.URGE_INCIDENTS,), _("Urge"), icon="bell"),
    "raise": Move(OPEN, None, (Perm.RAISE_INCIDENTS,), _("Raise one level"), words_required=True, icon="arrow-up"),
    "instruct": Move(
        OPEN, None, (Perm.INSTRUCT_INCIDENTS,), _("Give an instruction"), words_required=True, icon="message"
    ),
    "reject": Move(
        _from(S.UNCONFIRMED, S.REPORTED, S.ACCEPTED),
        S.REJECTED,
        (Perm.ACCEPT_INCIDENTS,),
        _("Do not accept"),
        Holder.DESK,
        words_required=True,
        icon="x",
    ),
    "withdraw": Move(
        _from(S.UNCONFIRMED, S.REPORTED), S.VOID, (), _("Take back"), words_required=False, icon="arrow-left", own=True
    ),
    "reopen": Move(
        _from(S.CLOSED, S.SELF_RESOLVED, S.REJECTED, S.VOID),
        S.REPORTED,
        (Perm.CLOSE_INCIDENTS,),
        _("Open again"),
        Holder.DESK,
        words_required=True,
        new_cycle=True,
        icon="refresh",
    ),
}
MOVES = {name: replace(move, label=named(f"step.{name}", move.label)) for name, move in MOVES.items()}


class Ask(models.TextChoices):
    """What needs somebody's approval; a request is a row of its own, never a status."""

    RETURN = "return", named("request.return", _("Return"))
    EXTENSION = "extension", named("request.extension", _("Extension"))
    SUSPENSION = "suspension", named("request.suspension", _("Suspension"))
    VOID = "void", named("request.void", _("Voiding"))


@dataclass(frozen=True)
class AskSpec:
    """Who may ask for it and while the incident stands where; approval always needs APPROVE_INCIDENTS."""

    froms: frozenset[str]
    needs: Perm
    label: str | Promise


ASKS: dict[str, AskSpec] = {
    Ask.RETURN: AskSpec(WITH_UNIT, Perm.HANDLE_INCIDENTS, _("Ask to return it")),
    Ask.EXTENSION: AskSpec(_from(S.IN_PROGRESS), Perm.HANDLE_INCIDENTS, _("Ask for more time")),
    Ask.SUSPENSION: AskSpec(_from(S.IN_PROGRESS), Perm.HANDLE_INCIDENTS, _("Ask to suspend it")),
    Ask.VOID: AskSpec(OPEN, Perm.VOID_INCIDENTS, _("Ask to void it")),
}
ASKS = {kind: replace(spec, label=named(f"step.ask_{kind}", spec.label)) for kind, spec in ASKS.items()}


RUN_ON = named("step.run_on", _("Let the deadline run on"))  # before the end that was approved


def possible(status: str) -> dict[str, Move]:
    """The steps that lead on from `status`, in the order of the table, whoever looks."""
    return {name: move for name, move in MOVES.items() if status in move.froms}
