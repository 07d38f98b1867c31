"""`make bench-what-if`: what an edit of a ladder, a limit or a calendar would move, and saving it, with all that runs.

Beside each stands what merely reading the same columns costs, in the same run: the arithmetic is what lies between.
Asked again where a fifth was paused or handed over: those have a way of their own.
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

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from benchmarks import escalation
from gridgov.accounts.models import User
from gridgov.clock import calendars
from gridgov.clock.calendar_actions import change_calendar
from gridgov.clock.calendar_actions import impact as calendar_impact
from gridgov.clock.ladder import STANDARD, Rung
from gridgov.clock.ladders import current
from gridgov.clock.levels import Level
from gridgov.clock.models import Clock
from gridgov.clock.proposals import Proposal
from gridgov.dbtime import database_now
from grids.models import Area
from incidents.actions.ladders import change_ladder
from incidents.actions.limits import change_limits
from incidents.audience import audiences
from incidents.limits import Amount, todays
from incidents.what_if import impact, ladder_impact
from incidents.workflow import Stage
from teams.models import Assignment
from teams.roles import Role

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
# Every tenth was paused for an hour and handed over, every other tenth is paused now.
UNLIKE = """
CREATE TEMP TABLE odd AS SELECT id, started_at, row_number() OVER (ORDER BY id) %% 10 AS part
FROM clock_clock WHERE stopped_at IS NULL AND revision = 1;
INSERT INTO clock_pause (clock_id, seq, reason, evidence, requested_by_id, approved_by_id, approved_at, begin, at_most, "end")
SELECT id, 1, 'x', '', %(by)s, %(by)s, started_at, started_at, started_at + interval '3 days',
    CASE part WHEN 0 THEN started_at + interval '1 h' END FROM odd WHERE part < 2;
UPDATE clock_clock c SET revision = 2, due_at = CASE part WHEN 0 THEN due_at END,
    legs = CASE part WHEN 0 THEN jsonb_build_array(jsonb_build_array(calendar_version_id, c.started_at + interval '30 min'))
        ELSE '[]' END
FROM odd WHERE odd.id = c.id AND part < 2;
ANALYZE;
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


def keeper() -> User:
    """Who keeps the limits of all streets."""
    made = User.objects.create(username="keeper", name="管理员", password="!")
    whole = {"area": Area.objects.get(kind=Area.Kind.DISTRICT), "since": database_now().date()}
    Assignment.objects.create(user=made, role=Role.OFFICE_ADMIN, area_path=whole["area"].path, **whole)
    return made


def edits() -> dict[str, tuple[Callable[[], int], Callable[[User], Any]]]:
    """What the three editors ask and what they save: everything moves."""
    now, today, version, climbed = database_now(), todays(), calendars.default(), current()
    line = {**today.rules.lines["ordinary"], Stage.ACCEPT: Amount(12)}
    closed = Proposal.of(version).with_day((now + timedelta(days=1)).date(), [])
    early, rules = {**STANDARD, Level.WARNING: Rung(10)}, today.rules.with_line("ordinary", line, "")
    told = audiences([climbed.pk])[climbed.pk]
    rungs = {"rungs": early, "audience": told, "base": climbed.number, "running": True}
    return {
        "a ladder's thresholds": (
            lambda: ladder_impact(climbed.ladder, early, now=now).climbing,
            lambda by: change_ladder(climbed.ladder, **rungs, by=by, now=now),
        ),
        "a limit of ordinary cases": (
            lambda: impact(rules, now=now).moved,
            lambda by: change_limits(rules, base=today.number, by=by, now=now),
        ),
        "a calendar's day closed": (
            lambda: calendar_impact(version.calendar, closed, now=now).running,
            lambda by: change_calendar(version.calendar, proposal=closed, by=by, now=now),
        ),
    }


def asking(base: float) -> None:
    """A line for each question."""
    for name, (ask, _save) in edits().items():
        print(f"{name:<34}{(took := median(ask)):>8.3f} s{took / base:>8.1f} × reading{ask():>10,} looked at")


def saving(base: float, by: User) -> None:
    """A line for each edit, saved and taken back."""
    for name, (_ask, save) in edits().items():
        with transaction.atomic(), CaptureQueriesContext(connection) as asked:
            began = time.perf_counter()
            save(by)
            took = time.perf_counter() - began
            transaction.set_rollback(True)
        print(f"saving {name:<27}{took:>8.3f} s{took / base:>8.1f} × reading{len(asked):>10,} statements")


def main(count: int) -> None:
    """Build, ask, save, print; then again with clocks that are unlike the others."""
    fill(count)
    by, total, base = keeper(), Clock.objects.running().count(), median(read)
    print(f"{total:,} running deadlines\n{'reading the columns':<34}{base:>8.3f} s{1:>8.1f} ×")
    asking(base), saving(base, by)
    with connection.cursor() as cursor:
        cursor.execute(UNLIKE, {"by": by.pk})
    print("a tenth of them paused, a tenth paused before and handed over")
    asking(base), saving(base, by)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
