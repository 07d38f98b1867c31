"""The street the faults happen in, and cases whose deadlines fall due while they do; all by plain SQL."""

from tests.faults.world import World

BUDGET = 36_000  # 10 h of natural time: yellow at 27,000 s, orange at the end, red at 54,000 s (facts.md §1.7)
WARNING, LATE = 1, 2

EXPECTED = """
CREATE TABLE faults_expected (batch int, clock_id uuid, subject_id uuid, level int, planned_at timestamptz);
CREATE INDEX ON faults_expected (clock_id, level);
"""

# Each case has two clocks: one that falls due at its moment of the storm (its yellow level was missed long before),
# and the one promised to the resident, which has not begun to matter.
FILL = f"""
BEGIN;
CREATE TEMP TABLE made ON COMMIT DROP AS
SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS clock_id, gen_random_uuid() AS promise_id,
       clock_timestamp() + interval '1 second' * (:from + :spread * n / :count::float) AS due
FROM generate_series(1, :count) n;
INSERT INTO incidents_incident (id, number, area_id, area_path, category_id, status, cycle, version, level, raised, urged,
    holder_id, responsible_id, description, place, location_source, near_boundary, needs_triage, channel, reported_by_id,
    is_confidential, follow_code, reported_at, due_at, promised_at)
SELECT m.id, 'F-' || :batch || '-' || n, a.id, a.path, c.id, 'reported', 1, 1, 0, 0, 0, u.id, u.id, '纸箱', '', 'none',
    false, false, 'desk', p.id, false, '', due - interval '{BUDGET} s', due, due + interval '9 days'
FROM made m, grids_area a, incidents_category c, teams_unit u, accounts_user p
WHERE a.code = '990101001001001' AND u.code = 'SQ-CF' AND p.username = 'worker' AND c.name = '楼道堆物';
INSERT INTO incidents_casenumber (number, incident_id) SELECT 'F-' || :batch || '-' || n, id FROM made;
INSERT INTO incidents_custody (incident_id, seq, previous, unit_id, since, until)
SELECT m.id, 1, NULL, u.id, due - interval '{BUDGET} s', NULL FROM made m, teams_unit u WHERE u.code = 'SQ-CF';
INSERT INTO incidents_step (incident_id, seq, move, status, at, by_id, words, data)
SELECT m.id, 1, 'report', 'reported', due - interval '{BUDGET} s', p.id, '', '{{}}'
FROM made m, accounts_user p WHERE p.username = 'worker';
INSERT INTO clock_clock (id, subject_kind, subject_id, cycle, stage, area_path, calendar_version_id, ladder, budget,
    started_at, outcome, revision, due_at, level, attempts, error, next_at, next_level)
SELECT k.id, 'incidents.incident', m.id, 1, k.stage, '', v.id, 'standard', k.budget, due - interval '{BUDGET} s', '', 1,
    due - interval '{BUDGET} s' + k.budget * interval '1 s', 0, 0, '', k.next_at, 1
FROM made m, clock_calendarversion v JOIN clock_workcalendar w ON w.id = v.calendar_id AND w.code = 'natural',
    LATERAL (VALUES (m.clock_id, 'accept', {BUDGET}, m.due), (m.promise_id, 'promise', 777600, m.due + interval '6 days'))
    AS k(id, stage, budget, next_at);
INSERT INTO faults_expected SELECT :batch, clock_id, id, level, due - (CASE level WHEN 1 THEN 9000 ELSE 0 END) * interval '1 s'
FROM made, (VALUES ({WARNING}), ({LATE})) AS l(level);
COMMIT;
"""


def build(world: World) -> None:
    """A cast, a category, calendars: through the product, before anything is broken."""
    import django

    django.setup()
    from django.db import connections

    from gridgov.accounts.models import User
    from gridgov.clock.seed import seed_calendars
    from gridgov.dbtime import database_now
    from tests import cast, factories

    made = cast.build()
    seed_calendars(now=database_now())
    factories.make_category(lead=made.units["enforcement"])
    factories.make_building(made.areas["grid"], "3号楼")
    User.objects.service("sweep")
    connections.close_all()
    world.own.query(EXPECTED)


def fill(world: World, batch: int, *, count: int, spread: float, begin: float = 1.0) -> None:
    """`count` cases whose deadlines fall due evenly over `spread` seconds, from `begin` seconds from now on."""
    facts = {":count": str(count), ":batch": str(batch), ":from": str(begin), ":spread": str(spread)}
    sql = FILL
    for name, value in facts.items():
        sql = sql.replace(name, value)
    world.own.query(sql)
