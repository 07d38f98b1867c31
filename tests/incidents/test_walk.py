"""A walk through the whole workflow against a model that knows nothing of it but this file.

Whoever tries whatever at any moment: the case is held by exactly one unit, takes only the steps of the table below,
and its clocks, level, timeline, audit and counts say the same.
"""

import json
import sys
from collections import Counter
from datetime import timedelta
from typing import ClassVar

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from assessment.actions import fold_counts
from assessment.models import CountDelta, DayCount, Dimension
from gridgov.audit.actions import signature
from gridgov.audit.models import AuditEvent
from gridgov.clock.sweep import sweep
from incidents import actions
from incidents.actions.report import Report
from incidents.models import Category
from tests.examples import NIGHTLY, examples

# status → step → status, written down anew from docs/domain.md §1.4
WAY: dict[str, dict[str, str]] = {
    "reported": {
        "take_in": "dispatched", "accept": "accepted", "self_resolve": "self_resolved", "reject": "rejected",
        "recategorise": "reported",
    },
    "accepted": {
        "take_in": "dispatched", "file": "filed", "self_resolve": "self_resolved", "reject": "rejected",
        "recategorise": "accepted",
    },
    "filed": {
        "take_in": "dispatched", "dispatch": "dispatched", "self_resolve": "self_resolved", "recategorise": "filed",
    },
    "dispatched": {"redispatch": "dispatched", "sign": "in_progress"},
    "in_progress": {"note": "in_progress", "resolve": "resolved"},
    "resolved": {"verify": "verified", "verify_and_close": "closed", "rework": "in_progress"},
    "verified": {"rework": "in_progress", "close": "closed"},
    "closed": {"reopen": "reported"},
    "self_resolved": {"reopen": "reported"},
    "rejected": {"reopen": "reported"},
    "void": {"reopen": "reported"},
}  # fmt: skip
ENDED = {"closed", "self_resolved", "rejected", "void"}
ANYWHERE = {"urge", "instruct", "raise"}  # wherever it has not ended
STEPS = sorted({name for steps in WAY.values() for name in steps} | ANYWHERE)
STAGE = {
    "reported": "accept", "accepted": "dispatch", "filed": "dispatch", "dispatched": "sign",
    "in_progress": "handle", "resolved": "verify", "verified": "verify",
}  # fmt: skip
UNITS = st.sampled_from(["enforcement", "sanitation", "police"])
BY = {"sign": "handler", "note": "handler", "resolve": "handler", "self_resolve": "worker", "instruct": "leader"}
SEEN = """
SELECT jsonb_build_object(
    'case', (SELECT to_jsonb(x) FROM (SELECT status, cycle, urged, holder_id, ended_at, reported_at, version, level,
        due_at FROM incidents_incident WHERE id = %(case)s) x),
    'custody', (SELECT jsonb_agg(jsonb_build_array(unit_id, since, until) ORDER BY seq)
        FROM incidents_custody WHERE incident_id = %(case)s),
    'clocks', (SELECT jsonb_agg(jsonb_build_object('stage', stage, 'level', level, 'due_at', due_at, 'cycle', cycle))
        FROM clock_clock WHERE subject_id = %(case)s AND stopped_at IS NULL),
    'escalations', (SELECT jsonb_agg(jsonb_build_array(e.clock_id, e.revision, e.level, c.stage, c.cycle))
        FROM clock_escalation e JOIN clock_clock c ON c.id = e.clock_id WHERE c.subject_id = %(case)s),
    'supervisions', (SELECT jsonb_agg(jsonb_build_array(stage, cycle))
        FROM incidents_supervision WHERE incident_id = %(case)s),
    'steps', (SELECT jsonb_agg(jsonb_build_array(seq, move) ORDER BY seq)
        FROM incidents_step WHERE incident_id = %(case)s))::text
"""
TAKEN: Counter[str] = Counter()  # steps of this process, so that the long form can say how many
# By night so many walks, each on a street and in a transaction of its own: what is rolled back stays on disk as dead
# rows until it ends, and every step reads past them.
WALKS, STEPS_EACH = examples(1, 25), examples(100, 2_000)


class Walk(RuleBasedStateMachine):
    """One case from its report on; rolled back at the end of each example."""

    street: ClassVar[dict] = {}

    @initialize()
    def report(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        here = self.street
        self.now = here["now"]
        what = Report(category=here["category"], building=here["building"], description="三楼堆满纸箱")
        self.case = actions.report(what, by=here["worker"], now=self.now)
        self.status, self.cycle, self.unit, self.category = "reported", 1, None, here["category"]
        self.holders = [here["desk_unit"].pk]
        self.entered = Counter({"reported": 1})
        self.acts = Counter({"report": 1})
        self.urged = 0
        self.open_request = None

    def teardown(self):
        if not hasattr(self, "atomic"):
            return
        try:
            self.audit_holds()
            self.counts_fold_without_drift()
        finally:
            self.atomic.__exit__(ValueError, ValueError(), None)  # roll back

    # ── What may be tried ──

    @rule(pick=st.integers(0, 999), unit=UNITS)
    def go_on(self, pick, unit):
        """By somebody with the right, a step of the table: without this rule few cases would come far."""
        ahead = sorted(WAY[self.status])
        self.step(ahead[pick % len(ahead)], unit)

    @rule(name=st.sampled_from(STEPS), unit=UNITS)
    def step(self, name, unit):
        """By somebody with the right: it goes as the table says, and otherwise nothing changes."""
        here = self.street
        TAKEN["step"] += 1
        allowed = WAY[self.status].get(name) or (self.status if name in ANYWHERE and self.status not in ENDED else None)
        chosen = here["units"][unit]
        facts = {"words": "说明"}
        if name in ("take_in", "dispatch", "redispatch"):
            facts["unit"] = chosen
        if name == "recategorise":
            facts["category"] = next(one for one in here["categories"] if one != self.category)
        if allowed is None:
            with pytest.raises((ValidationError, PermissionDenied)), transaction.atomic():
                actions.move(self.case, name, by=self.who(name), now=self.now, **facts)
            return
        actions.move(self.case, name, by=self.who(name), now=self.now, **facts)
        self.category = facts.get("category", self.category)
        self.model_takes(name, allowed, chosen)

    @rule(name=st.sampled_from(STEPS), who=st.sampled_from(["outsider", "other_office", "audit_admin"]))
    def stranger(self, name, who):
        """By somebody without any right here: refused, whatever it is."""
        TAKEN["stranger"] += 1
        person = self.street["people"][who]
        facts = {"unit": self.street["units"]["police"], "category": self.street["category"], "words": "说明"}
        with pytest.raises((PermissionDenied, ValidationError)), transaction.atomic():
            actions.move(self.case, name, by=person, now=self.now, **facts)

    @rule(hours=st.sampled_from([0.1, 1, 5, 12, 30, 100, 400]))
    def time_passes(self, hours):
        """And the sweep comes by, twice: the second time there is nothing to do."""
        TAKEN["time"] += 1
        self.now += timedelta(hours=hours)
        sweep(now=self.now)
        assert sweep(now=self.now) == 0

    @precondition(lambda self: self.status == "in_progress" and self.open_request is None)
    @rule(kind=st.sampled_from(["extension", "suspension", "return"]), days=st.integers(1, 20))
    def ask(self, kind, days):
        """The unit asks for time, a pause, or to give it back."""
        TAKEN["ask"] += 1
        try:
            with transaction.atomic():
                self.open_request = actions.ask(
                    self.case, kind, reason="等材料", by=self.handler(), now=self.now, seconds=days * 28_800
                )
        except ValidationError:  # asked for too often, or paused already
            return
        self.acts[f"ask_{kind}"] += 1

    @precondition(lambda self: self.open_request is not None)
    @rule(approve=st.booleans())
    def answer(self, approve):
        """The office says yes or no; what was asked may no longer be possible."""
        TAKEN["answer"] += 1
        request, self.open_request = self.open_request, None
        possible = self.status == "in_progress" or (request.kind == "return" and self.status == "dispatched")
        if approve and not possible:
            approve = False
        try:
            with transaction.atomic():
                actions.answer(request, approve=approve, by=self.street["office"], now=self.now, words="已阅")
        except Exception as error:
            if type(error).__name__ not in ("Refused", "Impossible"):
                raise
            actions.answer(request, approve=False, by=self.street["office"], now=self.now, words="已阅")
            approve = False
        self.acts[f"{'approve' if approve else 'refuse'}_{request.kind}"] += 1
        if approve and request.kind == "return":
            self.unit = None
            self.enter("filed")
            self.hand_to(self.street["desk_unit"])

    @rule()
    def fold(self):
        """The counts are folded at any moment."""
        TAKEN["fold"] += 1
        fold_counts()

    # ── The model ──

    def who(self, name):
        return self.handler() if BY.get(name) == "handler" else self.street[BY.get(name, "office")]

    def handler(self):
        return self.street["staff"][self.unit.pk if self.unit else self.street["units"]["enforcement"].pk]

    def enter(self, status):
        if status != self.status:
            self.entered[status] += 1
        self.status = status

    def hand_to(self, unit):
        if unit is not None and self.holders[-1] != unit.pk:
            self.holders.append(unit.pk)

    def model_takes(self, name, status, chosen):
        """What the step means, in the words of the facts."""
        self.acts[name] += 1
        self.urged += name == "urge"
        if name in ("take_in", "dispatch", "redispatch"):
            self.unit = chosen
        if name in ("reopen", "rework"):
            self.cycle += 1
        self.enter(status)
        if name in ("sign", "rework"):
            self.hand_to(self.unit)
        if name == "resolve":
            self.hand_to(self.street["verifier"])
        if name in ("accept", "verify", "verify_and_close", "close", "reject", "reopen"):
            self.hand_to(self.street["desk_unit"])

    # ── What must hold after every step ──

    @invariant()
    def everything_agrees(self):
        """All that is written of the case, read at once."""
        if not hasattr(self, "case"):
            return
        with connection.cursor() as cursor:
            cursor.execute(SEEN, {"case": self.case.pk})
            seen = {name: rows or [] for name, rows in json.loads(cursor.fetchone()[0]).items()}
        self.case_is_as_the_model_says(**seen["case"])
        self.exactly_one_unit_holds_it_at_every_moment(seen["custody"], seen["case"]["reported_at"])
        self.clocks_run_for_the_stage_and_the_promise_alone(seen["clocks"], seen["case"])
        self.levels_are_recorded_once_and_supervised_once(seen["escalations"], seen["supervisions"])
        self.timeline_has_no_gap(seen["steps"], seen["case"]["version"])

    def case_is_as_the_model_says(self, *, status, cycle, urged, holder_id, ended_at, **_more):
        assert (status, cycle, urged, holder_id) == (self.status, self.cycle, self.urged, self.holders[-1])
        assert (ended_at is None) is (status not in ENDED)

    def exactly_one_unit_holds_it_at_every_moment(self, chain, reported_at):
        assert [unit for unit, _since, _until in chain] == self.holders
        assert chain[0][1] == reported_at
        assert [until for _unit, _since, until in chain[:-1]] == [since for _unit, since, _until in chain[1:]]
        assert chain[-1][2] is None

    def clocks_run_for_the_stage_and_the_promise_alone(self, clocks, case):
        running = {clock["stage"]: clock for clock in clocks}
        wanted = set() if self.status in ENDED else {STAGE[self.status], "promise"}
        assert (set(running), len(clocks)) == (wanted, len(wanted))
        if wanted:
            assert case["level"] == max(clock["level"] for clock in clocks)
            assert case["due_at"] == running[STAGE[self.status]]["due_at"]
            assert {clock["cycle"] for clock in clocks} <= set(range(1, self.cycle + 1))

    def levels_are_recorded_once_and_supervised_once(self, escalations, supervisions):
        fired = [(clock, revision, level) for clock, revision, level, _stage, _cycle in escalations]
        assert len(set(fired)) == len(fired)
        late = {(stage, cycle) for _clock, _revision, level, stage, cycle in escalations if level >= 2}
        assert sorted(map(tuple, supervisions)) == sorted(late)

    def timeline_has_no_gap(self, steps, version):
        assert [seq for seq, _move in steps] == list(range(1, version + 1))
        assert Counter(move for _seq, move in steps if move != "escalated") == self.acts

    # ── What must hold at the end ──

    def audit_holds(self):
        """Every act has its signed row, and nothing else has one."""
        rows = list(AuditEvent.objects.filter(subject_id=str(self.case.pk), action__startswith="incidents."))
        assert Counter(row.action.removeprefix("incidents.") for row in rows) == self.acts
        assert all(bytes(row.signature) == signature(row) for row in rows)

    def counts_fold_without_drift(self):
        """Folded or not, the statuses entered are counted as they were entered."""
        fold_counts()
        assert not CountDelta.objects.exists()
        kept = DayCount.objects.filter(dimension=Dimension.STATUS)
        counted = Counter(dict.fromkeys(self.entered, 0))
        for key, count in kept.values_list("key", "count"):
            counted[key] += count
        assert counted == self.entered


@pytest.fixture(autouse=True)
def clean_disk(request):
    """Nothing of the walks before is left on disk."""
    if NIGHTLY:
        request.getfixturevalue("swept")


@pytest.fixture
def street(cast, category, building, now):
    """Who acts in the walk, by the part they play."""
    units = {name: cast.units[name] for name in ("enforcement", "sanitation", "police")}
    another = {"name": "消防通道堵塞", "handle_seconds": 8 * 3600, "lead_unit": cast.units["police"]}
    other = Category.objects.create(major=category.major, code="0303", **another)
    return {
        "now": now,
        "category": category,
        "categories": [category, other],
        "building": building,
        "units": units,
        "people": cast.people,
        "desk_unit": cast.units["spring"],
        "verifier": cast.units["team"],
        "staff": {},
        **{name: cast.people[name] for name in ("worker", "office", "leader")},
    }


def walk(street, cast, *, count, length):
    """Run it, each example in a savepoint of its own."""
    from teams.roles import Role
    from tests import factories

    for name, unit in street["units"].items():
        street["staff"][unit.pk] = person = factories.make_person(name)
        factories.make_post(person, Role.UNIT_STAFF, cast.areas["street"], unit)
    Walk.street = street
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=count, stateful_step_count=length, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.nightly
@pytest.mark.parametrize("number", range(1, WALKS + 1))
def test_a_walk_through_the_workflow(number, street, cast, capsys):
    """A few hundred steps of every kind; by night 25 walks of at least 2,000, which makes 50,000."""
    before = TAKEN.copy()
    walk(street, cast, count=examples(12, 60), length=examples(30, 50))
    if NIGHTLY:
        with capsys.disabled():
            sys.stdout.write(f"\n{sum(TAKEN.values()):,} steps of the workflow in {number} walks: {dict(TAKEN)}\n")
    taken = TAKEN - before
    assert {"step", "stranger", "time", "fold"} <= set(taken)
    assert sum(taken.values()) >= STEPS_EACH
