"""Tracks are short-lived and their walker's own: files come in, points go after a while, each look is written down."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from grids.permissions import Perm, require
from teams import gpx, tracks
from teams.models import Patrol, PatrolKey, PatrolRoute, PatrolTrack, TrackChunk, TrackLook

BATCH = 500


def kept_for() -> timedelta:
    """How long points stay."""
    return timedelta(days=settings.TRACK_DAYS)


@transaction.atomic
def import_track(route: PatrolRoute, data: bytes, *, on: Any, by: User, now: datetime) -> Patrol:
    """A track from another program as one's own patrol. `on` is its day where the file knows no times: noon, or now.

    ValidationError when the file is none, or older than points are kept, or the day has not come.
    """
    require(by, Perm.WALK_PATROLS, route)
    if on > timezone.localdate(now):
        raise ValidationError({"on": _("This day has not come yet.")})
    try:
        found = gpx.read(data, now=now)
    except ValidationError as error:
        raise ValidationError({"file": error.error_list}) from error
    noon = min(timezone.make_aware(datetime.combine(on, time(12))), now)
    if found.timed:
        line = tracks.line_of(found.points)
        begin, end = (datetime.fromtimestamp(pick(p.at for p in found.points), UTC) for pick in (min, max))
    else:
        at = noon.timestamp()
        line = tracks.untimed_line([tracks.Point(at, p.lon, p.lat) for p in found.points])
        begin = end = noon
    if not line.segments:
        raise ValidationError({"file": _("Nothing of this track could have been walked: too few points, or too fast.")})
    if begin < now - kept_for() or begin > now + timedelta(days=1):
        text = _("This track is of %(day)s. Points are kept for %(days)s days, so only newer ones can be taken in.")
        said = {"day": timezone.localtime(begin).date().isoformat(), "days": settings.TRACK_DAYS}
        raise ValidationError({"file": text % said})
    return _store(route, line, begin, end, by=by, now=now)


def _store(route: PatrolRoute, line: tracks.Line, begin: datetime, end: datetime, *, by: User, now: datetime) -> Patrol:
    patrol = Patrol.objects.create(
        key=uuid4(), route=route, walker=by, area=route.area, area_path=route.area_path, source=Patrol.Source.FILE,
        started_at=begin, ended_at=end, gaps=min(line.gaps, 32_000),
    )  # fmt: skip
    PatrolKey.objects.create(key=patrol.key, walker=by, patrol_id=patrol.pk)
    PatrolTrack.objects.create(patrol=patrol, line=line.segments, changed_at=now)
    audit.record("teams.import_track", patrol, by=by, at=now, segments=len(line.segments))
    return patrol


@transaction.atomic
def look_at_track(patrol: Patrol, reason: str, *, by: User, now: datetime) -> PatrolTrack | None:
    """The line of somebody else's patrol, for a reason that the walker reads. None when it has been deleted."""
    require(by, Perm.VIEW_TRACKS, patrol)
    if not Patrol.objects.with_tracks_for(by, now).filter(pk=patrol.pk).exists():
        raise PermissionDenied(_("The walker has not handed this patrol in yet."))
    if len(reason.strip()) < 4:
        raise ValidationError({"reason": _("Say in a few words why you look. The walker reads it.")})
    look = TrackLook.objects.create(patrol=patrol, by=by, reason=reason.strip()[:200], at=now)
    audit.record("teams.look_at_track", patrol, by=by, at=now, look=str(look.pk))
    return PatrolTrack.objects.filter(patrol=patrol).first()


@transaction.atomic
def forget_tracks(*, now: datetime) -> int:
    """Delete points and lines of patrols that began before the retention. Safe at any time, any number of times."""
    old = Patrol.objects.filter(started_at__lt=now - kept_for())
    lines = PatrolTrack.objects.filter(patrol__in=old)
    chunks = TrackChunk.objects.filter(patrol__in=old)
    ids = set(lines.values_list("patrol_id", flat=True)[:BATCH])
    ids |= set(chunks.values_list("patrol_id", flat=True).distinct()[:BATCH])
    if not ids:
        return 0
    locked = list(Patrol.objects.select_for_update(skip_locked=True).filter(pk__in=ids).values_list("pk", flat=True))
    PatrolTrack.objects.filter(patrol__in=locked).delete()
    TrackChunk.objects.filter(patrol__in=locked).delete()
    audit.record("teams.forget_tracks", None, by=None, at=now, patrols=len(locked))
    return len(locked)
