"""Counts, in SQL of its own, what is lost, doubled or out of joint; it imports nothing of the product but its chain."""

from dataclasses import dataclass, field

from tests.faults.world import World

OF_BATCH = "SELECT DISTINCT subject_id FROM faults_expected WHERE batch = {batch}"
TOLD = "notices_notice WHERE code = 'incidents.escalated' AND subject_id::uuid IN (" + OF_BATCH + ")"

LOST = {
    "level without its escalation": """SELECT count(*) FROM faults_expected e WHERE batch = {batch} AND NOT EXISTS
        (SELECT 1 FROM clock_escalation x WHERE x.clock_id = e.clock_id AND x.level = e.level
            AND least(abs(extract(epoch FROM x.planned_at - e.planned_at)),
                abs(extract(epoch FROM x.planned_at - e.planned_at + e.stuck))) < 0.002)""",
    "case without supervision": f"""SELECT count(*) FROM ({OF_BATCH}) c WHERE NOT EXISTS
        (SELECT 1 FROM incidents_supervision s WHERE s.incident_id = c.subject_id AND s.level = 2)""",
    "case without its entry in the timeline": f"""SELECT count(*) FROM ({OF_BATCH}) c WHERE NOT EXISTS
        (SELECT 1 FROM incidents_step s WHERE s.incident_id = c.subject_id AND s.move = 'escalated')""",
    "case whose people were not all told": f"""SELECT count(*) FROM ({OF_BATCH}) c WHERE
        (SELECT count(*) FROM notices_notice n WHERE n.subject_id = c.subject_id::text) <
        (SELECT max(k) FROM (SELECT count(*) AS k FROM {TOLD} GROUP BY subject_id UNION ALL SELECT 1) m)""",
    "escalation without its audit row": """SELECT count(DISTINCT e.clock_id) FROM faults_expected e WHERE batch = {batch}
        AND NOT EXISTS (SELECT 1 FROM audit_auditevent a WHERE a.action = 'clock.escalated'
            AND a.subject_id = e.clock_id::text)""",
    "notice without its message": f"""SELECT count(*) FROM (SELECT id, user_id FROM {TOLD}) n WHERE NOT EXISTS
        (SELECT 1 FROM notices_outbox o WHERE o.payload ->> 'notice' = n.id::text)
        AND n.user_id = (SELECT id FROM accounts_user WHERE username = 'desk')""",
    "message, for there is none": f"""SELECT (count(*) = 0)::int FROM notices_outbox WHERE payload ->> 'subject_id' IN
        (SELECT subject_id::text FROM ({OF_BATCH}) c)""",
    "message that has not left": "SELECT count(*) FROM notices_outbox WHERE state <> 'sent'",
}
DOUBLED = {
    "escalation": """SELECT count(*) - count(DISTINCT (clock_id, level)) FROM clock_escalation""",
    "escalation nobody expected": """SELECT count(*) FROM clock_escalation x JOIN faults_expected k USING (clock_id)
        WHERE NOT EXISTS (SELECT 1 FROM faults_expected e WHERE e.clock_id = x.clock_id AND e.level = x.level)""",
    "supervision": "SELECT count(*) - count(DISTINCT (incident_id, stage, cycle)) FROM incidents_supervision",
    "entry in the timeline": f"""SELECT count(*) - count(DISTINCT incident_id) FROM incidents_step
        WHERE move = 'escalated' AND incident_id IN ({OF_BATCH})""",
    "notice": f"SELECT count(*) - count(DISTINCT (user_id, subject_id)) FROM {TOLD}",
    "message": "SELECT count(*) - count(DISTINCT key) FROM notices_outbox",
    "audit row": """SELECT count(*) - count(DISTINCT subject_id) FROM audit_auditevent WHERE action = 'clock.escalated'
        AND subject_id::uuid IN (SELECT clock_id FROM faults_expected WHERE batch = {batch})""",
}
WRONG = {
    "gap in custody": """SELECT count(*) FROM incidents_custody b LEFT JOIN incidents_custody a
        ON a.incident_id = b.incident_id AND a.seq = b.seq - 1 WHERE b.seq > 1 AND a.until IS DISTINCT FROM b.since""",
    "case without exactly one holder": """SELECT count(*) FROM incidents_incident i WHERE 1 <>
        (SELECT count(*) FROM incidents_custody c WHERE c.incident_id = i.id AND c.until IS NULL)""",
    "gap in a timeline": """SELECT count(*) FROM (SELECT incident_id, count(*) AS n, max(seq) AS top FROM incidents_step
        GROUP BY 1) s JOIN incidents_incident i ON i.id = s.incident_id WHERE s.n <> s.top OR i.version <> s.top""",
    "level that is not the highest of its clocks": """SELECT count(*) FROM incidents_incident i WHERE i.level <>
        (SELECT max(level) FROM clock_clock c WHERE c.subject_id = i.id AND c.stopped_at IS NULL)""",
    "counts of the boards": """SELECT abs((SELECT coalesce(sum(count), 0) FROM assessment_daycount WHERE dimension = 'level')
        + (SELECT coalesce(sum(delta), 0) FROM assessment_countdelta WHERE dimension = 'level')
        - (SELECT count(*) FROM incidents_step WHERE move = 'escalated'))""",
}
LATENESS = """SELECT coalesce(round(extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY late_by))::numeric, 1), -1),
    coalesce(round(extract(epoch FROM percentile_cont(0.99) WITHIN GROUP (ORDER BY late_by))::numeric, 1), -1),
    coalesce(round(extract(epoch FROM max(late_by))::numeric, 1), -1)
    FROM clock_escalation x JOIN faults_expected e USING (clock_id, level) WHERE e.batch = {batch} AND level = 2"""


@dataclass
class Verdict:
    """What was found of one fault."""

    lost: dict[str, int] = field(default_factory=dict)
    doubled: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)
    late: tuple[float, float, float] = (-1, -1, -1)  # median, 99 %, latest, in seconds

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.wrong)


def _count(world: World, questions: dict[str, str], batch: int) -> dict[str, int]:
    answers = world.own.query(";\n".join(sql.format(batch=batch) for sql in questions.values()) + ";").splitlines()
    found = {name: int(n) for name, n in zip(questions, answers, strict=True)}
    return {name: n for name, n in found.items() if n}


def drained(world: World, batch: int) -> bool:
    """Whether nothing is due any more and every message has left."""
    due = "SELECT count(*) FROM clock_clock c JOIN faults_expected e ON e.clock_id = c.id WHERE batch = {batch} AND c.level < 2"
    return not _count(world, {"due": due, "messages": LOST["message that has not left"]}, batch)


def judge(world: World, batch: int) -> Verdict:
    """Everything, once the storm is over."""
    verdict = Verdict(*(_count(world, questions, batch) for questions in (LOST, DOUBLED, WRONG)))
    keys = set(world.own.query("SELECT key FROM notices_outbox WHERE state = 'sent'").splitlines())
    if missing := keys - set(world.gateway.taken):
        verdict.lost["message the gateway never got"] = len(missing)
    if faults := chain(world):
        verdict.wrong["audit chain"] = faults
    p50, p99, latest = (float(part) for part in world.own.query(LATENESS.format(batch=batch)).split("|"))
    verdict.late = p50, p99, latest
    return verdict


def chain(world: World) -> int:
    """Seal what is left, then recompute every signature and link of the audit trail."""
    from django.db import connections

    from gridgov.audit import checks, sealing
    from gridgov.dbtime import database_now

    try:
        while sealing.seal():
            pass
        unsealed = int(
            world.own.query("SELECT (SELECT count(*) FROM audit_auditevent) - (SELECT count(*) FROM audit_auditlink)")
        )
        return unsealed + sum(1 for _ in checks.verify(now=database_now()))
    finally:
        connections.close_all()


SPOILT = """
DELETE FROM clock_escalation WHERE (clock_id, level) =
    (SELECT clock_id, level FROM faults_expected WHERE batch = {batch} ORDER BY clock_id LIMIT 1);
INSERT INTO notices_notice (id, user_id, code, subject_kind, subject_id, params, urgent, created_at)
SELECT gen_random_uuid(), user_id, code, subject_kind, subject_id, params, urgent, created_at FROM notices_notice
WHERE code = 'incidents.escalated' AND subject_id::uuid IN (SELECT subject_id FROM faults_expected WHERE batch = {batch}) LIMIT 1;
UPDATE incidents_incident SET level = 4 WHERE id =
    (SELECT subject_id FROM faults_expected WHERE batch = {batch} ORDER BY subject_id DESC LIMIT 1);
"""


def sees(world: World, batch: int) -> bool:
    """Whether a loss, a double and a wrong level that are put in by hand are found: the last thing a run does."""
    world.own.query(SPOILT.format(batch=batch))
    found = judge(world, batch)
    return (
        found.lost.get("level without its escalation") == 1
        and found.doubled.get("notice") == 1
        and found.wrong.get("level that is not the highest of its clocks") == 1
    )
