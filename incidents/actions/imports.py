"""Taking other systems' tickets in: routed like any report, at their own times, each once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from gridgov.clock.arithmetic import EPOCH
from grids.models import Area
from incidents.actions.move import move
from incidents.actions.report import LONGEST_PLACE, Report, report
from incidents.models import Category, ExternalId, Incident
from incidents.models.incident import Channel, LocationSource
from incidents.permissions import IMPORT_SERVICES as SERVICES
from incidents.tickets import Ticket, Unreadable


@dataclass
class Tally:
    """What became of the tickets. `refused` and `kept_open` are (number or row, reason)."""

    routed: int = 0
    near_boundary: int = 0
    coarse: int = 0
    outside: int = 0
    no_place: int = 0
    known: int = 0
    closed: int = 0
    closed_early: list[str] = field(default_factory=list)
    kept_open: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    compared: int = 0
    agreed: int = 0
    differ: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def added(self) -> int:
        """How many became incidents."""
        return self.routed + self.outside + self.no_place

    @property
    def agreement(self) -> float | None:
        """Per cent of what was routed and says where it belongs; None when nothing does."""
        return 100 * self.agreed / self.compared if self.compared else None


@dataclass
class _Run:
    """What one import needs at hand."""

    source: str
    home: Area
    by: Any
    now: datetime
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        offered = Category.objects.offered().select_related("lead_unit", "major")
        self.categories = {row.code: row for row in offered}
        self.known = set(ExternalId.objects.filter(source=self.source).values_list("external_id", flat=True))
        self.taker, self.checker = (User.objects.service(name) for name in SERVICES)


def import_tickets(
    tickets: Iterable[Ticket | Unreadable], *, source: str, home: Area, by: Any, now: datetime, dry_run: bool = False
) -> Tally:
    """Take in every ticket, each in its own transaction, so that a second run goes on where the first one stopped.

    With `dry_run` nothing stays. Who closes is a named service: that another system closed it is no decision of
    the person who imports.
    """
    run = _Run(source, home, by, now)
    if dry_run:
        with transaction.atomic():
            _take_all(run, tickets)
            transaction.set_rollback(True)
        return run.tally
    _take_all(run, tickets)
    audit.record("incidents.import", home, by=by, at=now, source=source, added=run.tally.added)
    return run.tally


def _take_all(run: _Run, tickets: Iterable[Ticket | Unreadable]) -> None:
    for ticket in tickets:
        if isinstance(ticket, Unreadable):
            run.tally.refused.append((_("row %(row)s") % {"row": ticket.row}, ticket.reason))
        elif ticket.external_id in run.known:
            run.tally.known += 1
        else:
            run.known.add(ticket.external_id)
            _take(run, ticket)


def _take(run: _Run, ticket: Ticket) -> None:
    try:
        with transaction.atomic():
            incident = _report(run, ticket)
            row = {"source": run.source, "external_id": ticket.external_id, "incident_id": incident.pk}
            ExternalId.objects.create(**row)
            if ticket.closed_at is not None:
                _close(run, ticket, incident)
    except ValidationError as error:
        run.tally.refused.append((ticket.external_id, error.messages[0]))
    except IntegrityError:  # another import was faster
        run.tally.known += 1
    else:
        _count(run.tally, ticket, incident)


def _report(run: _Run, ticket: Ticket) -> Incident:
    category = run.categories.get(ticket.category)
    if category is None:
        raise ValidationError(_("The catalogue does not offer %(code)s.") % {"code": ticket.category})
    if ticket.reported_at > run.now:
        raise ValidationError(_("It lies in the future."))
    if ticket.reported_at.year <= EPOCH.year:
        raise ValidationError(_("It is from before %(year)s.") % {"year": EPOCH.year + 1})
    what = Report(
        category=category,
        description=ticket.text,
        point=ticket.point,
        location_source=LocationSource.IMPORT if ticket.point else LocationSource.NONE,
        place=ticket.place[:LONGEST_PLACE],
        channel=Channel.IMPORT,
        home=run.home,
    )
    return report(what, by=run.by, now=ticket.reported_at)


def _count(tally: Tally, ticket: Ticket, incident: Incident) -> None:
    reason = incident.steps.values_list("data", flat=True).get(seq=1)["reasons"][0]
    if reason == "no_place":
        tally.no_place += 1
        return
    if reason == "outside":
        tally.outside += 1
        return
    tally.routed += 1
    tally.near_boundary += incident.near_boundary
    tally.coarse += reason == "coarse"
    if ticket.expected:
        _compare(tally, ticket, incident)


def _compare(tally: Tally, ticket: Ticket, incident: Incident) -> None:
    """Whether the area, or one above it, is what the other system says by name or code."""
    above = Area.objects.filter(path__in=incident.area.ancestor_paths).values_list("name", "code")
    tally.compared += 1
    if ticket.expected.casefold() in {word.casefold() for pair in above for word in pair}:
        tally.agreed += 1
    else:
        tally.differ.append((ticket.external_id, ticket.expected, incident.area.name))


def _close(run: _Run, ticket: Ticket, incident: Incident) -> None:
    """Walk it to its end at the times it had. What was closed before it was reported ends when it was reported."""
    closed_at = ticket.closed_at or run.now
    if closed_at > run.now:
        run.tally.kept_open.append((ticket.external_id, _("It is said to be closed in the future.")))
        return
    if closed_at < ticket.reported_at:
        run.tally.closed_early.append(ticket.external_id)
        closed_at = ticket.reported_at
    try:
        with transaction.atomic():
            _walk(run, incident, at=ticket.reported_at, closed_at=closed_at)
    except (ValidationError, PermissionDenied) as error:
        reason = error.messages[0] if isinstance(error, ValidationError) else str(error)
        run.tally.kept_open.append((ticket.external_id, reason))
        return
    run.tally.closed += 1


def _walk(run: _Run, incident: Incident, *, at: datetime, closed_at: datetime) -> None:
    """Two services, because nobody verifies what they handled themselves."""
    incident = move(incident, "take_in", by=run.taker, now=at, unit=incident.responsible or incident.holder)
    incident = move(incident, "sign", by=run.taker, now=at)
    words = _("Closed in the other system.")
    incident = move(incident, "resolve", by=run.taker, now=closed_at, words=words)
    move(incident, "verify_and_close", by=run.checker, now=closed_at)
