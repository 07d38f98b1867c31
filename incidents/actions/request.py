"""Asking for what somebody else must approve: return, extension, suspension, voiding (docs/domain.md §1.4)."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from gridgov.clock import actions as clock
from gridgov.clock.calendars import value_of
from gridgov.clock.models import Clock, Extension
from gridgov.impossible import Impossible
from gridgov.sync import actions as sync
from grids.permissions import Perm, allows, require
from incidents import clocks, permissions
from incidents.actions import custody, ending, telling
from incidents.actions.move import lock
from incidents.actions.timeline import entry
from incidents.models import Incident, Request
from incidents.routing import units_for
from incidents.signals import incident_changed
from incidents.workflow import ASKS, Ask, Stage, Status

MOST_EXTENSIONS = 2  # docs/domain.md §1.7: at most twice
LONGEST_SUSPENSION = timedelta(days=90)
BY_THE_OFFICE = timedelta(days=30)  # a longer suspension is the leader's to approve
LONGEST_EXTENSION_DAYS = 5
MOST_WORDS = 500
WRITTEN = 10  # characters of a reason "in writing"


@transaction.atomic
def ask(
    incident: Incident,
    kind: str,
    *,
    reason: str,
    by: Any,
    now: datetime,
    seconds: int | None = None,
    evidence: str = "",
    photos: Sequence[File] = (),
) -> Request:
    """Ask for a return, more time (`seconds` of the clock), a suspension (`seconds` at most, natural) or voiding.

    What shows the reason may come along, in words and as photos: whoever decides sees it.
    """
    spec = ASKS[kind]
    locked = lock(incident)
    permissions.require(by, spec.needs, locked)
    if locked.status not in spec.froms:
        raise Impossible(_("“%(step)s” is not possible any more.") % {"step": spec.label}, code="impossible")
    _check_words(kind, reason, evidence, seconds)
    _check_amount(locked, kind, reason, seconds or 0)
    if locked.requests.filter(kind=kind, answer=Request.Answer.OPEN).exists():
        raise ValidationError(_("This has been asked for already and waits for an answer."), code="asked_already")
    request = Request.objects.create(
        incident=locked,
        area_path=locked.area_path,
        kind=kind,
        reason=reason.strip(),
        evidence=evidence.strip(),
        seconds=seconds,
        asked_by=by,
        asked_at=now,
    )
    for photo in photos:
        sync.attach(Request._meta.label_lower, request.pk, photo, by=by, now=now)
    _record(locked, f"ask_{kind}", by=by, now=now, words=reason)
    telling.after_ask(request, leader_only=bool(_weighs(request, locked)), by=by, now=now)
    return request


def _check_words(kind: str, reason: str, evidence: str, seconds: int | None) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("A reason is needed, so that it can be approved.")})
    if len(reason.strip()) > MOST_WORDS:
        raise ValidationError({"reason": _("At most %(count)s characters.") % {"count": MOST_WORDS}})
    if len(evidence.strip()) > MOST_WORDS:
        raise ValidationError({"evidence": _("At most %(count)s characters.") % {"count": MOST_WORDS}})
    if kind in (Ask.EXTENSION, Ask.SUSPENSION) and not seconds:
        raise ValidationError({"seconds": _("Say how long.")})


def _check_amount(incident: Incident, kind: str, reason: str, seconds: int) -> None:
    """How much and how often may be asked for at all (docs/domain.md §1.7)."""
    if kind == Ask.SUSPENSION and timedelta(seconds=seconds) > LONGEST_SUSPENSION:
        raise ValidationError({"seconds": _("An incident can be suspended for 90 days at most.")})
    if kind != Ask.EXTENSION:
        return
    given = _extensions(incident)
    if given >= MOST_EXTENSIONS:
        raise ValidationError(_("A deadline can be extended twice at most."), code="extensions")
    if given and len(reason.strip()) < WRITTEN:
        text = _("More time for a second time needs a written reason of at least %(count)s characters.")
        raise ValidationError({"reason": text % {"count": WRITTEN}}, code="in_writing")
    clock = _handling_clock(incident)
    most = max(clock.budget, LONGEST_EXTENSION_DAYS * value_of(clock.calendar_version).day_seconds)
    if seconds > most:
        raise ValidationError(
            {"seconds": _("At most as much again as the limit, or five working days.")}, code="too_much"
        )


def _record(incident: Incident, name: str, *, by: Any, now: datetime, words: str) -> None:
    step = entry(incident, name, by=by, now=now, words=words)
    incident.save(update_fields=["version"])
    step.save(force_insert=True)
    audit.record(f"incidents.{name}", incident, by=by, at=now)


def _open(request: Request) -> tuple[Request, Incident]:
    incident = lock(request.incident)
    locked = Request.objects.select_for_update().get(pk=request.pk)
    if locked.answer != Request.Answer.OPEN:
        raise Impossible(_("This request has been answered already."), code="answered")
    return locked, incident


@transaction.atomic
def answer(request: Request, *, approve: bool, by: Any, now: datetime, words: str = "") -> Request:
    """Approve or refuse. Nobody approves what they asked for; a refusal needs words."""
    locked, incident = _open(request)
    require(by, Perm.APPROVE_INCIDENTS, incident)
    if locked.asked_by_id == by.pk:
        raise PermissionDenied(_("Somebody else must approve what you asked for."))
    if not approve and not words.strip():
        raise ValidationError({"words": _("Please say why it is refused.")})
    if approve:
        _check_rank(locked, incident, by)
    locked.answer = Request.Answer.APPROVED if approve else Request.Answer.REFUSED
    locked.answered_by, locked.answered_at, locked.answer_words = by, now, words.strip()
    locked.save()
    before, had_it = incident.status, incident.handling_unit_id
    if approve:
        with _said_as_impossible():
            _APPROVED[locked.kind](incident, locked, by=by, now=now)
    name = f"{'approve' if approve else 'refuse'}_{locked.kind}"
    _record(incident, name, by=by, now=now, words=words)
    incident_changed.send(Incident, incident=incident, move=name, before=before, by=by, now=now)
    if approve and locked.kind == Ask.RETURN:
        clocks.after_return(incident, by=by, now=now)
    telling.after_answer(locked, had_it=had_it, by=by, now=now)
    return locked


@contextmanager
def _said_as_impossible() -> Iterator[None]:
    """What the clock refuses, every surface answers as any other step that leads on no more."""
    try:
        yield
    except clock.Refused as error:
        raise Impossible(str(error), code="clock") from None


def _weighs(request: Request, incident: Incident) -> str:
    """值班长 → 派遣科 → 分管领导 (docs/domain.md §1.4): why only the leader approves it; "" when the office may."""
    if request.kind == Ask.EXTENSION and _extensions(incident) > 0:
        return _("A second extension is approved by the leader in charge.")
    if request.kind == Ask.SUSPENSION and timedelta(seconds=request.seconds or 0) > BY_THE_OFFICE:
        return _("A suspension of more than 30 days is approved by the leader in charge.")
    return ""


def _check_rank(request: Request, incident: Incident, by: Any) -> None:
    why = _weighs(request, incident)
    if why and not allows(by, Perm.INSTRUCT_INCIDENTS, incident):
        raise ValidationError({"words": why}, code="leader")


def _extensions(incident: Incident) -> int:
    return Extension.objects.filter(clock__subject_id=incident.pk).count()


@transaction.atomic
def run_on(incident: Incident, *, by: Any, now: datetime, words: str = "") -> Incident:
    """End a suspension before its maximum: its reason is gone. For who may ask for one, and for who approves it."""
    locked = lock(incident)
    if not permissions.may_answer(by, locked):
        permissions.require(by, ASKS[Ask.SUSPENSION].needs, locked)
    with _said_as_impossible():
        clock.resume(_handling_clock(locked), by=by, now=now)
    clocks.refresh(locked)
    _record(locked, "run_on", by=by, now=now, words=words.strip())
    incident_changed.send(Incident, incident=locked, move="run_on", before=locked.status, by=by, now=now)
    telling.after_move(locked, "run_on", by=by, now=now)
    return locked


@transaction.atomic
def take_back(request: Request, *, by: Any, now: datetime) -> Request:
    """Who asked no longer wants it."""
    locked, incident = _open(request)
    if locked.asked_by_id != by.pk:
        raise PermissionDenied(_("Only the person who asked for it can take it back."))
    locked.answer, locked.answered_by, locked.answered_at = Request.Answer.WITHDRAWN, by, now
    locked.save()
    _record(incident, f"take_back_{locked.kind}", by=by, now=now, words="")
    return locked


def _handling_clock(incident: Incident) -> Clock:
    found = Clock.objects.of(clocks.SUBJECT, incident.pk).running().filter(stage=Stage.HANDLE).first()
    if found is None:
        raise Impossible(_("The handling time of this incident no longer runs."), code="no_clock")
    return found


def _extend(incident: Incident, request: Request, *, by: Any, now: datetime) -> None:
    clock.extend(_handling_clock(incident), seconds=request.seconds or 0, reason=request.reason, by=by, now=now)
    clocks.refresh(incident)


def _suspend(incident: Incident, request: Request, *, by: Any, now: datetime) -> None:
    at_most = now + timedelta(seconds=request.seconds or 0)
    clock.pause(
        _handling_clock(incident),
        at_most=at_most, reason=request.reason, evidence=request.evidence, asked_in=request.pk,
        requested_by=request.asked_by, by=by, now=now,
    )  # fmt: skip
    clocks.refresh(incident)


def _return(incident: Incident, request: Request, *, by: Any, now: datetime) -> None:
    """Back to the desk, which dispatches it anew; what was used of the promise stays used."""
    incident.handling_unit = None
    _settle(incident, Status.FILED, now=now)


def _void(incident: Incident, request: Request, *, by: Any, now: datetime) -> None:
    _settle(incident, Status.VOID, now=now)


def _settle(incident: Incident, status: Status, *, now: datetime) -> None:
    before, incident.status = incident.status, status
    custody.hand_to(
        incident, units_for(incident.category, incident.area, confidential=incident.is_confidential)[0], now=now
    )
    clocks.follow(incident, before, now=now)
    ending.settle(incident, now=now)
    incident.save()


_APPROVED: dict[str, Callable[..., None]] = {
    Ask.EXTENSION: _extend,
    Ask.SUSPENSION: _suspend,
    Ask.RETURN: _return,
    Ask.VOID: _void,
}
