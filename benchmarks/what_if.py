"""`make bench-what-if`: what an edit of a ladder, a limit or a calendar would move, asked of everything that runs.

Beside each stands what merely reading the same columns costs, in the same run: the arithmetic is what lies between.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridgov.settings")

import django

django.setup()

from django.db import connection

from benchmarks import escalation
from gridgov.clock import calendars
from gridgov.clock.calendar_actions import impact as calendar_impact
from gridgov.clock.ladder import STANDARD, Rung
from gridgov.clock.ladders import current
from gridgov.clock.levels import Level
from gridgov.clock.models import Clock
from gridgov.clock.proposals import Proposal
from gridgov.dbtime import database_now
from incidents.limits import Amount, todays
from incidents.what_if import impact, ladder_impact
from incidents.workflow import Stage

ROUNDS = 5
SPREAD = """
UPDATE clock_clock c SET calendar_version_id = %(office)s, budget = 28800, level = 0,
    started_at = %(now)s::timestamptz - (('x' || substr(c.id::text, 1, 6))::bit(24)::int %% 5400) * interval '1 s',
    next_at = %(now)s::timestamptz + interval '1 day', due_at = %(now)s::timestamptz + interval '2 days'
WHERE stopped_at IS NULL;
ANALYZE;
"""
READ = """
SELECT id, subject_id, stage, unit_id, calendar_version_id, ladder_version_id, started_at, budget, level, legs
FROM clock_clock WHERE stopped_at IS NULL
"""


def fill(count: int) -> None:
    """Cases whose deadlines run by the office's hours, begun at different seconds of the last hour and a half."""
    escalation.build()
    escalation.fill(count, "w")
    with connection.cursor() as cursor:
        cursor.execute(SPREAD, {"office": calendars.default().pk, "now": database_now()})


def median(what: Callable[[], Any]) -> float:
    """Seconds, of several times; the first, which fills what a process keeps, is left out."""
    times = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        what()
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:])


def read() -> None:
    """The columns, and nothing else."""
    with connection.cursor() as cursor:
        cursor.execute(READ)
        cursor.fetchall()


def questions() -> dict[str, Callable[[], int]]:
    """What the three editors ask: everything moves."""
    now, rules, version = database_now(), todays().rules, calendars.default()
    line = {**rules.lines["ordinary"], Stage.ACCEPT: Amount(12)}
    day = (now + timedelta(days=1)).date()
    early = {**STANDARD, Level.WARNING: Rung(10)}
    return {
        "a ladder's thresholds": lambda: ladder_impact(current().ladder, early, now=now).climbing,
        "a limit of ordinary cases": lambda: impact(rules.with_line("ordinary", line, ""), now=now).moved,
        "a calendar's day closed": lambda: calendar_impact(
            version.calendar, Proposal.of(version).with_day(day, []), now=now
        ).running,
    }  # fmt: skip


def main(count: int) -> None:
    """Build, ask, print."""
    fill(count)
    total, base = Clock.objects.running().count(), median(read)
    print(f"{total:,} running deadlines\n{'reading the columns':<34}{base:>8.3f} s{1:>8.1f} ×")
    for name, ask in questions().items():
        print(f"{name:<34}{(took := median(ask)):>8.3f} s{took / base:>8.1f} × reading{ask():>10,} looked at")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
