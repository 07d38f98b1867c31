"""The system's vital signs, read in one statement: for the operator's page, `/healthz`, `/metrics` and the banner.

Every sign is an age or a count that an index answers whatever the tables have grown to; counts stop at MOST.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from redis.exceptions import RedisError

from gridgov.dbtime import database_now
from gridgov.health.models import Heartbeat
from gridgov.health.probes import Reading

COUNTS = "counts"  # the check that compares the boards' counts with the timelines
MOST = 10_000
MINTED = "to_timestamp(('x' || translate(left({}::text, 13), '-', ''))::bit(48)::bigint / 1000.0)"

VITALS = f"""
WITH due AS (
    SELECT next_at FROM clock_clock WHERE stopped_at IS NULL AND next_at <= %(now)s ORDER BY next_at LIMIT {MOST}
), poison AS (
    SELECT 1 FROM clock_clock WHERE attempts > 0 AND stopped_at IS NULL LIMIT {MOST}
), unsent AS (
    SELECT CASE WHEN attempts > 0 THEN {MINTED.format("id")} ELSE next_at END AS since
    FROM notices_outbox WHERE state = 'waiting' LIMIT {MOST}
), unsealed AS (
    SELECT {MINTED.format("id")} AS since FROM audit_auditevent WHERE id > coalesce(
        (SELECT event_id FROM audit_auditlink ORDER BY seq DESC LIMIT 1), '00000000-0000-0000-0000-000000000000')
    ORDER BY id LIMIT {MOST}
), unfolded AS (
    SELECT {MINTED.format("id")} AS since FROM assessment_countdelta ORDER BY id LIMIT {MOST}
)
SELECT (SELECT count(*) FROM due), (SELECT min(next_at) FROM due), (SELECT count(*) FROM poison),
    (SELECT count(*) FROM unsent), (SELECT min(since) FROM unsent WHERE since <= %(now)s),
    (SELECT count(*) FROM unsealed), (SELECT min(since) FROM unsealed),
    (SELECT count(*) FROM unfolded), (SELECT min(since) FROM unfolded), pg_database_size(current_database()),
    (SELECT {MINTED.format("id")} FROM notices_outbox WHERE state <> 'waiting' ORDER BY id LIMIT 1)
"""  # noqa: S608  only constants of this module are put in


@dataclass(frozen=True, slots=True)
class Vitals:
    """How it is at `now`; each `since` is None where nothing waits."""

    now: datetime
    due: int
    due_since: datetime | None
    poison: int
    unsent: int
    unsent_since: datetime | None
    unsealed: int
    unsealed_since: datetime | None
    unfolded: int
    unfolded_since: datetime | None
    size: int
    left_since: datetime | None  # the oldest delivery that has ended and is still in the log

    def seconds(self, since: datetime | None) -> float:
        """How long something has waited; 0 when nothing does."""
        return 0.0 if since is None else max(0.0, round((self.now - since).total_seconds(), 1))

    @property
    def late(self) -> float:
        """Lateness of the sweep: since when the oldest deadline has been due without being fired, in seconds."""
        return self.seconds(self.due_since)


def vitals(now: datetime) -> Vitals:
    """Read them all; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(VITALS, {"now": now})
        return Vitals(now, *cursor.fetchone())


def readings(found: Vitals) -> Iterator[Reading]:
    """Each part against its threshold (settings.WATCH)."""
    most = settings.WATCH
    clock = found.late <= most["sweep"] and found.poison <= most["poison"]
    yield Reading("clock", clock, {"late": found.late, "due": found.due, "poison": found.poison})
    for name, limit, waiting, since in (
        ("outbox", "outbox", found.unsent, found.unsent_since),
        ("audit", "seal", found.unsealed, found.unsealed_since),
        ("counts", "fold", found.unfolded, found.unfolded_since),
    ):
        late = found.seconds(since)
        yield Reading(name, late <= most[limit], {"late": late, "waiting": waiting})


def probe(now: datetime) -> Iterator[Reading]:
    """For `gridgov.health`."""
    return readings(vitals(now))


# ── The banner: when deadlines run late, whoever works with them is told so ─────────────────────────────────

SWEEP = "clock.sweep"
ALARM_KEPT = 10  # seconds; however many pages ask


@dataclass(frozen=True, slots=True)
class Alarm:
    """Deadlines run late: some are due and wait (since the oldest was), or nobody looks at them (since then)."""

    unwatched: bool
    since: datetime | None


def alarm() -> Alarm | None:
    """What the banner says, at most ten seconds old; None while deadlines are looked after in time."""
    try:
        kept = cache.get("watch.alarm")
        if kept is None:
            kept = (_alarm(),)
            cache.set("watch.alarm", kept, ALARM_KEPT)
    except (RedisError, OSError):
        return _alarm()
    return kept[0]


def _alarm() -> Alarm | None:
    now = database_now()
    found, longest = vitals(now), settings.WATCH["sweep"]
    if found.late > longest:
        return Alarm(unwatched=False, since=found.due_since)
    seen_at = Heartbeat.objects.filter(process=SWEEP).values_list("seen_at", flat=True).first()
    if seen_at is None or found.seconds(seen_at) > longest:
        return Alarm(unwatched=True, since=seen_at)
    return None
