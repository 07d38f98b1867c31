"""Sharing the wall view by link, keeping the counts behind the boards true, and what the operator may set going."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from assessment.models import WallLink
from gridgov.audit import actions as audit
from gridgov.clock import actions as clocks
from gridgov.clock import checks
from gridgov.clock.models import CheckRun, Clock
from grids.models import Area
from grids.permissions import Perm, require, require_anywhere

FOLDING = 7_201_001  # advisory lock: one folder at a time


def token_hash(token: str) -> str:
    """What is stored of a wall token."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def share_wall(area: Area, *, label: str, by: Any, now: datetime) -> tuple[WallLink, str]:
    """Make a read-only link to the wall of `area`. The token is returned here and never again."""
    require(by, Perm.SHARE_BOARD, area)
    token = secrets.token_urlsafe(24)
    link = WallLink.objects.create(
        area=area, area_path=area.path, label=label, token_hash=token_hash(token), created_at=now, created_by=by
    )
    audit.record("assessment.share_wall", link, by=by, area=area.code)
    return link, token


@transaction.atomic
def revoke_wall(link: WallLink, *, by: Any, now: datetime) -> WallLink:
    """End a link: the next refresh of whatever screen shows it is refused. Revoking twice changes nothing."""
    require(by, Perm.SHARE_BOARD, link)
    locked = WallLink.objects.select_for_update().get(pk=link.pk)
    if locked.revoked_at is None:
        locked.revoked_at, locked.revoked_by = now, by
        locked.save(update_fields=["revoked_at", "revoked_by"])
        audit.record("assessment.revoke_wall", locked, by=by)
    return locked


@transaction.atomic
def retry_clock(clock: Clock, *, by: Any, now: datetime) -> Clock:
    """Let the sweep try a stuck deadline again at once. Needs OPERATE_SYSTEM somewhere; Refused when it has ended."""
    require_anywhere(by, Perm.OPERATE_SYSTEM)
    return clocks.retry(clock, by=by, now=now)


@transaction.atomic
def check_clocks(*, by: Any, now: datetime) -> int:
    """Compare incidents, deadlines and escalations at once, as the hourly check does. How many things do not add up."""
    require_anywhere(by, Perm.OPERATE_SYSTEM)
    found = len(checks.check(now=now))
    audit.record("assessment.check_clocks", CheckRun.objects.get(pk=checks.CLOCK), by=by, at=now, found=found)
    return found


FOLD = """
WITH taken AS (
    DELETE FROM assessment_countdelta
    WHERE id IN (SELECT id FROM assessment_countdelta ORDER BY id LIMIT %s)
    RETURNING day, area_path, dimension, key, delta
)
INSERT INTO assessment_daycount (day, area_path, dimension, key, count)
SELECT day, area_path, dimension, key, sum(delta) FROM taken GROUP BY 1, 2, 3, 4
ON CONFLICT (day, area_path, dimension, key) DO UPDATE SET count = assessment_daycount.count + excluded.count
"""


def fold_counts(*, limit: int = 20_000) -> bool:
    """Add waiting deltas to the day counts; False when somebody else is folding. Safe to run at any time."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [FOLDING])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(FOLD, [limit])
    return True
