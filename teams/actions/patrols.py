"""What a phone hands in of a patrol, in any order and any number of times, and what the walker says of it.

Each piece is stored once under the number the phone gave it; times, gaps and line are derived from all pieces that are
there, so the order in which they came does not matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from gridgov.ids import uuid7
from grids.permissions import Perm, require
from teams import tracks
from teams.models import (
    Checkpoint,
    CheckpointMark,
    Patrol,
    PatrolFact,
    PatrolKey,
    PatrolPlan,
    PatrolRoute,
    PatrolTrack,
    TrackChunk,
)


@dataclass(frozen=True, slots=True)
class Walk:
    """Which patrol a piece belongs to: the phone's number, and what is walked. Every piece says it."""

    key: UUID
    route: PatrolRoute
    plan: PatrolPlan | None = None


def _patrol(walk: Walk, *, by: User, at: datetime, now: datetime) -> Patrol:
    """The patrol, locked; begun by whichever piece of it comes first."""
    require(by, Perm.WALK_PATROLS, walk.route)
    try:
        with transaction.atomic():
            number = PatrolKey.objects.create(key=walk.key, walker=by, patrol_id=uuid7())
            patrol = Patrol.objects.create(
                id=number.patrol_id, key=walk.key, route=walk.route, plan=walk.plan, walker=by,
                area=walk.route.area, area_path=walk.route.area_path, started_at=at,
            )  # fmt: skip
            audit.record("teams.start_patrol", patrol, by=by, at=now)
    except IntegrityError:
        number = PatrolKey.objects.get(key=walk.key)
    if number.walker_id != by.pk:
        raise ValidationError({"patrol": _("This patrol is somebody else’s.")}, code="other")
    return Patrol.objects.select_for_update(of=("self",)).select_related("route").get(pk=number.patrol_id)


@transaction.atomic
def take_fact(walk: Walk, kind: str, *, seq: int, at: datetime, offset: float, by: User, now: datetime) -> Patrol:
    """Start, pause, resume or end, by the walker alone."""
    if kind not in PatrolFact.Kind.values:
        raise ValidationError({"fact": _("This is not a step of a patrol.")})
    patrol = _patrol(walk, by=by, at=at, now=now)
    PatrolFact.objects.get_or_create(patrol=patrol, seq=seq, defaults={"kind": kind, "at": at, "offset": offset})
    if kind == PatrolFact.Kind.END:
        audit.record("teams.end_patrol", patrol, by=by, at=now)
    return _derive(patrol, now=now)


@transaction.atomic
def take_chunk(
    walk: Walk, points: Sequence[Sequence[float | None]], *, seq: int, offset: float, by: User, now: datetime
) -> Patrol:
    """A stretch of the track, at most 60 points."""
    if len(points) > tracks.MOST_POINTS:
        raise ValidationError({"points": _("There are too many points in this piece.")})
    try:
        found = tracks.read(points)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ValidationError({"points": _("These are not positions.")}) from error
    if not found:
        raise ValidationError({"points": _("There is no position in it.")})
    first = datetime.fromtimestamp(min(point.at for point in found), UTC)
    patrol = _patrol(walk, by=by, at=first, now=now)
    rows = [[p.lon, p.lat, p.at, p.accuracy] for p in found]
    TrackChunk.objects.get_or_create(patrol=patrol, seq=seq, defaults={"points": rows, "offset": offset})
    return _derive(patrol, now=now)


@dataclass(frozen=True, slots=True)
class Mark:
    """What is said of a checkpoint; `why` empty when it is confirmed."""

    why: str = ""
    words: str = ""
    how: str = CheckpointMark.How.HAND


@transaction.atomic
def take_mark(walk: Walk, checkpoint: Checkpoint, mark: Mark, *, at: datetime, by: User, now: datetime) -> Patrol:
    """Confirm a checkpoint, or say why it could not be. Said again, the latest counts."""
    if checkpoint.route_id != walk.route.pk:
        raise ValidationError({"checkpoint": _("This checkpoint is on another route.")})
    if mark.why and mark.why not in CheckpointMark.Why.values:
        raise ValidationError({"why": _("This reason is not known.")})
    patrol = _patrol(walk, by=by, at=at, now=now)
    said = {
        "is_confirmed": not mark.why,
        "why": mark.why,
        "words": mark.words.strip()[:200],
        "how": mark.how if mark.how in CheckpointMark.How.values else CheckpointMark.How.HAND,
        "at": at,
    }
    row, is_new = CheckpointMark.objects.get_or_create(patrol=patrol, checkpoint=checkpoint, defaults=said)
    if not is_new and _rank(said) > _rank(vars(row)):
        CheckpointMark.objects.filter(patrol=patrol, checkpoint=checkpoint).update(**said)
    return _derive(patrol, now=now)


def _rank(said: dict[str, Any]) -> tuple[Any, ...]:
    """Later counts; at the same instant any fixed order will do, as long as it is the same whichever came first."""
    return said["at"], said["is_confirmed"], said["why"], said["words"], said["how"]


def _derive(patrol: Patrol, *, now: datetime) -> Patrol:
    """Times, gaps and line from all the pieces that are there."""
    facts = list(PatrolFact.objects.filter(patrol=patrol).order_by("seq"))
    chunks = list(TrackChunk.objects.filter(patrol=patrol).order_by("seq"))
    points = [point for chunk in chunks for point in tracks.read(chunk.points)]
    shift = (facts or chunks or [PatrolFact(offset=0)])[0].offset  # one clock for the whole patrol
    line = tracks.line_of(points, tracks.recording_of((fact.kind, fact.at.timestamp()) for fact in facts))
    patrol.started_at = _started(patrol, facts, points) + timedelta(seconds=shift)
    ends = [fact.at for fact in facts if fact.kind == PatrolFact.Kind.END]
    patrol.ended_at = max(min(ends) + timedelta(seconds=shift), patrol.started_at) if ends else None
    patrol.gaps = min(line.gaps, 32_000)
    patrol.save(update_fields=["started_at", "ended_at", "gaps"])
    if chunks:
        moved = [[(x, y, m + shift) for x, y, m in part] for part in line.segments]
        PatrolTrack.objects.update_or_create(patrol=patrol, defaults={"line": moved, "changed_at": now})
    return patrol


def _started(patrol: Patrol, facts: Sequence[PatrolFact], points: Sequence[tracks.Point]) -> datetime:
    starts = [fact.at for fact in facts if fact.kind == PatrolFact.Kind.START]
    if starts:
        return min(starts)
    known = [fact.at for fact in facts] + [datetime.fromtimestamp(point.at, UTC) for point in points]
    known += list(CheckpointMark.objects.filter(patrol=patrol).values_list("at", flat=True))
    return min(known) if known else patrol.started_at


@transaction.atomic
def hand_in(patrol: Patrol, comment: str, *, by: User, now: datetime) -> Patrol:
    """The walker has seen the summary, says what there is to say, and lets the office see it."""
    locked = _own(patrol, by)
    if locked.ended_at is None:
        raise ValidationError(_("This patrol has not ended yet."), code="running")
    locked.comment = comment.strip()[:500]
    locked.handed_in_at = locked.handed_in_at or now
    locked.save(update_fields=["comment", "handed_in_at"])
    audit.record("teams.hand_in_patrol", locked, by=by, at=now)
    return locked


def _own(patrol: Patrol, by: User) -> Patrol:
    locked = Patrol.objects.select_for_update(of=("self",)).select_related("route").get(pk=patrol.pk)
    if locked.walker_id != by.pk:
        raise PermissionDenied(_("Only the person who walked a patrol may do this."))
    return locked
