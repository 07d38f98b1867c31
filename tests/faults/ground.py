"""The street the faults happen in, and cases whose deadlines fall due while they do; all by plain SQL."""

from tests.faults.world import World

BUDGET = 36_000  # 10 h of natural time: yellow at 27,000 s, orange at the end, red at 54,000 s (docs/domain.md §1.7)
WARNING, LATE = 1, 2

EXPECTED = """
CREATE TABLE faults_expected (batch int, clock_id uuid, subject_id uuid, level int, planned_at timestamptz, stuck interval);
CREATE INDEX ON faults_expected (clock_id, level);
"""

# Every case is a copy of one that the product has made, whatever columns it has; only what is named here differs.
# Each has two clocks: one of which two levels fall due at its moment of the storm, as when an edit has made the yellow
# one due in the past (late counts from when it was saved, which is what `next_at` says); and the one promised to the
# resident, which has not begun to matter. `stuck`: a row that could not fire has lost its `next_at`, so its yellow level
# counts from so much earlier, as the plan has it.
COPY = "jsonb_populate_record(t, jsonb_build_object({}))"
FILL = f"""
BEGIN;
CREATE TEMP TABLE made ON COMMIT DROP AS
SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS clock_id, gen_random_uuid() AS promise_id,
       clock_timestamp() + interval '1 second' * (:from + :spread * n / :count::float) AS due
FROM generate_series(1, :count) n;
INSERT INTO incidents_incident SELECT (x).* FROM (SELECT {
    COPY.format(
        "'id', id2, 'number', 'F-' || :batch || '-' || n, 'reported_at', due - interval '10 h', 'due_at', due, 'promised_at', due + interval '9 days'"
    )
} AS x FROM incidents_incident t, (SELECT *, id AS id2 FROM made) m WHERE t.number = :template) y;
INSERT INTO incidents_casenumber (number, incident_id) SELECT 'F-' || :batch || '-' || n, id FROM made;
INSERT INTO incidents_custody SELECT (x).* FROM (SELECT {
    COPY.format("'incident_id', m.id, 'since', due - interval '10 h'")
} AS x FROM incidents_custody t, made m WHERE t.incident_id = :case) y;
INSERT INTO incidents_step SELECT (x).* FROM (SELECT {
    COPY.format("'incident_id', m.id, 'at', due - interval '10 h'")
} AS x FROM incidents_step t, made m WHERE t.incident_id = :case) y;
INSERT INTO clock_clock SELECT (x).* FROM (SELECT {
    COPY.format(
        "'id', CASE t.stage WHEN 'accept' THEN m.clock_id ELSE m.promise_id END, 'subject_id', m.id,"
        " 'calendar_version_id', v.id, 'started_at', due - interval '10 h', 'budget', k.budget,"
        " 'due_at', due - interval '10 h' + k.budget * interval '1 s', 'next_at', due + k.after"
    )
} AS x FROM clock_clock t JOIN (VALUES ('accept', {BUDGET}, interval '0'), ('promise', 777600, interval '6 days'))
    AS k(stage, budget, after) ON k.stage = t.stage, made m,
    clock_calendarversion v JOIN clock_workcalendar w ON w.id = v.calendar_id AND w.code = 'natural'
WHERE t.subject_id = :case) y;
INSERT INTO faults_expected SELECT :batch, clock_id, id, level, due, (CASE level WHEN {
    WARNING
} THEN 9000 ELSE 0 END) * interval '1 s'
FROM made, (VALUES ({WARNING}), ({LATE})) AS l(level);
COMMIT;
"""
TEMPLATE = "SELECT id FROM incidents_incident WHERE number NOT LIKE 'F-%' ORDER BY id LIMIT 1"


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
    category = factories.make_category(lead=made.units["enforcement"])
    building = factories.make_building(made.areas["grid"], "3号楼")
    factories.make_incident(building, by=made.people["worker"], now=database_now(), category=category)
    User.objects.service("sweep")
    connections.close_all()
    world.own.query(EXPECTED)


def fill(world: World, batch: int, *, count: int, spread: float, begin: float = 1.0) -> None:
    """`count` cases whose deadlines fall due evenly over `spread` seconds, from `begin` seconds from now on."""
    number, case = world.own.query(f"SELECT number, id FROM incidents_incident WHERE id = ({TEMPLATE})").split("|")
    facts = {":count": str(count), ":batch": str(batch), ":from": str(begin), ":spread": str(spread)}
    facts |= {":template": f"'{number}'", ":case": f"'{case}'"}
    sql = FILL
    for name, value in facts.items():
        sql = sql.replace(name, value)
    world.own.query(sql)
