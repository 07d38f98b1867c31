"""How pieces of a patrol come in through the one idempotent door. Whatever a piece says of the patrol, all say."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gridgov.dbtime import database_now
from gridgov.sync import Result
from teams import tracks
from teams.actions import patrols as actions
from teams.models import Checkpoint, Patrol, PatrolPlan, PatrolRoute


def _walk(payload: dict[str, Any]) -> actions.Walk:
    """patrol (the phone's number), route, plan. A route that is gone: PatrolRoute.DoesNotExist, kept for review."""
    try:
        key = UUID(str(payload.get("patrol")))
        route = PatrolRoute.objects.select_related("area").get(pk=int(str(payload.get("route"))))
    except ValueError:
        raise ValidationError({"patrol": _("This does not say which patrol it belongs to.")}) from None
    plan = payload.get("plan")
    known = PatrolPlan.objects.filter(pk=plan, route=route).first() if isinstance(plan, int) else None
    return actions.Walk(key, route, known)


def _at(payload: dict[str, Any], envelope: Any, now: datetime) -> datetime:
    """The phone's own time: all pieces of a patrol share one clock, right or wrong."""
    try:
        at = float(payload["at"])
    except (KeyError, TypeError, ValueError, OverflowError):
        at = 0.0
    return datetime.fromtimestamp(at, UTC) if 0 < at < tracks.LATEST else envelope.captured_at or now


def _seq(payload: dict[str, Any]) -> int:
    seq = payload.get("seq")
    if not isinstance(seq, int) or isinstance(seq, bool) or not 0 <= seq < 1_000_000:
        raise ValidationError({"seq": _("This piece has no number.")})
    return seq


def _offset(envelope: Any) -> float:
    return envelope.offset.total_seconds() if envelope.offset is not None else 0.0


def _result(patrol: Patrol) -> Result:
    return Result(Patrol._meta.label_lower, str(patrol.pk), patrol.get_absolute_url())


def fact(envelope: Any, payload: dict[str, Any], *, by: Any, now: datetime) -> Result:
    """Handler of `teams.patrol`: patrol, route, plan, fact (start, pause, resume, end), seq, at."""
    said: dict[str, Any] = {"seq": _seq(payload), "at": _at(payload, envelope, now), "offset": _offset(envelope)}
    return _result(actions.take_fact(_walk(payload), str(payload.get("fact")), **said, by=by, now=now))


def chunk(envelope: Any, payload: dict[str, Any], *, by: Any, now: datetime) -> Result:
    """Handler of `teams.patrol_track`: patrol, route, plan, seq, points [[lon, lat, seconds, accuracy], …]."""
    points = payload.get("points")
    if not isinstance(points, list):
        raise ValidationError({"points": _("These are not positions.")})
    said: dict[str, Any] = {"seq": _seq(payload), "offset": _offset(envelope)}
    return _result(actions.take_chunk(_walk(payload), points, **said, by=by, now=now))


def checkpoint(envelope: Any, payload: dict[str, Any], *, by: Any, now: datetime) -> Result:
    """Handler of `teams.checkpoint`: patrol, route, plan, checkpoint, at, how; why and words when not possible."""
    walk = _walk(payload)
    pk = payload.get("checkpoint")
    found = Checkpoint.objects.get(pk=pk if isinstance(pk, int) else 0)
    mark = actions.Mark(**{name: str(payload.get(name) or "") for name in ("why", "words", "how")})
    at = _at(payload, envelope, now) + (envelope.offset or now - now)
    return _result(actions.take_mark(walk, found, mark, at=at, by=by, now=now))


def may_see_photos(user: Any, subject_id: str) -> bool:
    """The walker, and whoever may see the patrol."""
    return Patrol.objects.visible_to(user, database_now()).filter(pk=subject_id).exists()
