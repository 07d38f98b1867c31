"""`make bench-escalation`: how fast deadlines fire after an outage, and what an idle look costs, on throw-away servers.

The sweep drains every due clock (level, escalations, supervision, timeline, notices, audit row, counts); the same
writes in one raw SQL statement, of the same run, are what it is measured against.
"""

import os
import statistics
import subprocess
import sys
import time
from functools import cache
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridgov.settings")

import django

django.setup()

from django.contrib.gis.geos import Point
from django.db import connection

from benchmarks import district
from benchmarks.planner import analyze
from gridgov.accounts.models import User
from gridgov.clock import calendars
from gridgov.clock.models import Clock
from gridgov.clock.sweep import sweep
from gridgov.dbtime import database_now
from incidents import actions
from incidents.actions.report import Report
from incidents.models import Category
from teams.models import Assignment, Unit
from teams.roles import Role

IDLE_LOOKS = 200

CASES = """
CREATE TEMP TABLE made AS
SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS clock_id, g.id AS area_id, g.path AS area_path, u.id AS desk_id,
    c.id AS category_id, %(now)s::timestamptz - interval '3600 s' * n / %(count)s AS due
FROM (SELECT n, n %% %(grids)s AS nth FROM generate_series(1, %(count)s) n) x
JOIN (SELECT a.*, row_number() OVER (ORDER BY path) - 1 AS nth FROM grids_area a WHERE kind = 'grid') g USING (nth)
JOIN teams_unit u ON u.is_desk AND u.area_path = left(g.path, 12)
JOIN (SELECT id, row_number() OVER (ORDER BY code) - 1 AS k FROM incidents_category WHERE major_id IS NOT NULL) c
  ON c.k = n %% %(categories)s;
INSERT INTO incidents_incident (id, number, area_id, area_path, category_id, status, cycle, version, level, raised, urged,
    holder_id, responsible_id, description, place, location_source, near_boundary, needs_triage, channel, reported_by_id,
    is_confidential, follow_code, reported_at, due_at, promised_at)
SELECT id, 'E-' || %(series)s || n, area_id, area_path, category_id, 'reported', 1, 1, 0, 0, 0, desk_id, desk_id, '纸箱', '', 'none',
    false, false, 'desk', %(by)s, false, '', due - interval '10 h', due, due + interval '9 days' FROM made;
INSERT INTO incidents_step (incident_id, seq, move, status, at, by_id, words, data)
SELECT id, 1, 'report', 'reported', due - interval '10 h', %(by)s, '', '{}' FROM made;
INSERT INTO clock_clock SELECT (x).* FROM (SELECT jsonb_populate_record(t, jsonb_build_object('id', m.clock_id,
    'subject_id', m.id, 'area_path', m.area_path, 'unit_id', NULL, 'calendar_version_id', %(calendar)s, 'budget', 36000,
    'started_at', due - interval '10 h', 'due_at', due, 'next_at', due - interval '9000 s')) AS x
    FROM clock_clock t, made m WHERE t.id = %(template)s) y;
"""

# The same rows by one statement, written by hand: two escalations, the clock, the case, its supervision and timeline,
# a notice, an audit row (with a constant for its signature), a count.
RAW = """
WITH due AS (
    SELECT c.id, c.subject_id, i.area_path, i.holder_id, c.started_at, c.due_at FROM clock_clock c
    JOIN incidents_incident i ON i.id = c.subject_id
    WHERE c.stopped_at IS NULL AND c.next_at <= clock_timestamp() FOR UPDATE OF c SKIP LOCKED
), fired AS (
    INSERT INTO clock_escalation (clock_id, revision, level, planned_at, fired_at, late_by)
    SELECT id, 1, l, planned, clock_timestamp(), clock_timestamp() - planned
    FROM due, LATERAL (VALUES (1, due_at - interval '9000 s'), (2, due_at)) AS x(l, planned) RETURNING 1
), clocks AS (
    UPDATE clock_clock c SET level = 2, next_level = 3, next_at = d.due_at + interval '5 h' FROM due d WHERE c.id = d.id RETURNING 1
), cases AS (
    UPDATE incidents_incident i SET level = 2, version = version + 1 FROM due d WHERE i.id = d.subject_id RETURNING 1
), supervised AS (
    INSERT INTO incidents_supervision ({supervision}) SELECT {supervised} FROM due RETURNING 1
), told AS (
    INSERT INTO notices_notice (id, user_id, code, subject_kind, subject_id, params, urgent, created_at)
    SELECT gen_random_uuid(), %(user)s, 'incidents.escalated', 'incidents.incident', subject_id::text,
        '{{"level": 2, "stage": "accept", "number": "x"}}', false, clock_timestamp() FROM due RETURNING 1
), recorded AS (
    INSERT INTO audit_auditevent ({audit}) SELECT {audited} FROM due RETURNING 1
), counted AS (
    INSERT INTO assessment_countdelta (id, day, area_path, dimension, key, delta)
    SELECT gen_random_uuid(), current_date, area_path, 'level', '2', 1 FROM due RETURNING 1
)
INSERT INTO incidents_step (incident_id, seq, move, status, at, by_id, words, data)
SELECT subject_id, 2, 'escalated', 'reported', clock_timestamp(), %(by)s, '', '{{"level": 2, "stage": "accept", "missed": 2}}' FROM due
"""

RUNNING = """
INSERT INTO clock_clock SELECT (x).* FROM (SELECT jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(),
    'subject_id', gen_random_uuid(), 'due_at', now() + interval '9 days', 'next_at', now() + interval '8 days' + n * interval '1 ms')) AS x
    FROM clock_clock t, generate_series(1, %s) n WHERE t.id = %s) y;
"""


def build() -> None:
    """Ten streets with a head at each desk, who is told of what runs late."""
    district.build_areas()
    now = database_now()
    district.build_people(now)
    for desk in Unit.objects.filter(is_desk=True).select_related("area"):
        head = User.objects.create(username=f"head-{desk.code}", name="负责人", password="!")
        Assignment.objects.create(
            user=head,
            role=Role.OFFICE,
            area=desk.area,
            area_path=desk.area_path,
            unit=desk,
            is_head=True,
            since=now.date(),
        )


@cache
def template() -> UUID:
    """The first clock of a case that the product has made: every other is a copy of it, whatever columns there are."""
    office = User.objects.get(username="office")
    lon, lat = district.middle(0)
    what = Report(category=district.first_category(), point=Point(lon, lat, srid=4326), description="纸箱")
    case = actions.report(what, by=office, now=database_now())
    return Clock.objects.get(subject_id=case.pk, stage="accept").pk


def fill(count: int, series: str) -> None:
    """`count` cases whose deadlines fell due during the last hour."""
    facts = {
        "now": database_now(),
        "count": count,
        "series": series,
        "grids": 1000,
        "categories": Category.objects.filter(major__isnull=False).count(),
        "by": User.objects.service("import").pk,
        "calendar": calendars.always().pk,
        "template": template(),
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS made")
        cursor.execute(CASES, facts)
    analyze()


def columns(table: str, known: dict[str, str]) -> tuple[str, str]:
    """Every column of a table, with what is known of it or a value of its type."""
    blank = {"boolean": "false", "bytea": "'\\x00'::bytea", "jsonb": "'{}'::jsonb", "uuid": "gen_random_uuid()"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_name = %s", [table]
        )
        found = [(name, kind, null == "YES") for name, kind, null in cursor.fetchall()]
    values = {}
    for name, kind, nullable in found:
        usual = blank.get(kind, "clock_timestamp()" if "timestamp" in kind else "0" if "int" in kind else "''")
        values[name] = known.get(name, "NULL" if nullable else usual)
    return ", ".join(values), ", ".join(v.replace("%", "%%") for v in values.values())


def raw() -> float:
    """Seconds of the hand-written statement over everything that is due."""
    supervision = {
        "incident_id": "subject_id",
        "area_path": "area_path",
        "stage": "'accept'",
        "cycle": "1",
        "level": "2",
    }
    supervision |= {"unit_id": "holder_id", "opened_at": "clock_timestamp()"}
    event = {
        "action": "'clock.escalated'",
        "subject_id": "id::text",
        "area_path": "area_path",
        "at": "clock_timestamp()",
    }
    names, values = columns("incidents_supervision", supervision)
    audit, audited = columns("audit_auditevent", event | {"id": "gen_random_uuid()", "signature": "sha256('x')"})
    facts = {"user": User.objects.get(username="office").pk, "by": User.objects.service("sweep").pk}
    sql = RAW.format(supervision=names, supervised=values, audit=audit, audited=audited)
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(sql, facts)
    return time.perf_counter() - began


SCANNER = """
import sys, django; django.setup()
from gridgov.clock.sweep import sweep
sweep(limit=0), print("ready", flush=True), sys.stdin.readline()
print(sweep(limit=10**9), flush=True)
"""


def swept(scanners: int) -> float:
    """Seconds until so many processes have drained everything that is due, from the moment all of them stand."""
    talk = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
    processes = [subprocess.Popen([sys.executable, "-c", SCANNER], **talk) for _ in range(scanners)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    began = time.perf_counter()
    for process in processes:
        process.stdin.write("go\n")
    shares = [int(process.stdout.readline()) for process in processes]
    took = time.perf_counter() - began
    assert [process.wait() for process in processes] == [0] * scanners
    if scanners > 1:
        print(f"    shares: {' + '.join(f'{share:,}' for share in shares)}")
    return took


def idle() -> float:
    """Median of a look at which nothing is due, in milliseconds."""
    times = []
    for _ in range(IDLE_LOOKS):
        began = time.perf_counter()
        assert sweep() == 0
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def draining(count: int) -> None:
    """One statement, one scanner, two scanners."""
    fill(count, "r")
    base = raw()
    print(f"{'raw: one statement':<40}{base:>9.1f} s{count / base:>10,.0f} a second{1:>8.1f} × raw")
    for scanners in (1, 2):
        fill(count, f"s{scanners}-")
        took = swept(scanners)
        assert not Clock.objects.filter(next_at__lte=database_now()).exists()
        name = f"sweep, {scanners} process{'es' if scanners > 1 else ''}"
        print(f"{name:<40}{took:>9.1f} s{count / took:>10,.0f} a second{took / base:>8.1f} × raw")


def idling() -> None:
    """At 10,000 and at 1,000,000 running clocks."""
    first = made = 0
    for total in (10_000, 1_000_000):
        with connection.cursor() as cursor:
            cursor.execute(RUNNING, [total - made, template()])
        analyze("clock_clock")
        found, made = idle(), total
        first = first or found
        print(f"{f'idle sweep, {total:,} running clocks':<40}{found:>9.2f} ms{found / first:>26.2f} × at 10,000")


def main(count: int) -> None:
    """Build, measure, print."""
    build()
    idling()
    print(f"\n{count:,} due clocks, each with a missed level before it, beside a million that run")
    draining(count)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
