"""What a clock was counted by before stays written down: the inputs it was started with can always be shown."""

from itertools import pairwise

import pytest
from django.utils import timezone

from gridgov.audit.models import AuditEvent
from gridgov.clock import actions, calendars
from gridgov.clock.ladder import STANDARD, Rung, as_json
from gridgov.clock.levels import Level
from gridgov.clock.models import Clock, Ladder, LadderVersion, Replan
from gridgov.clock.seed import OFFICE
from gridgov.clock.sweep import sweep
from tests.clock.conftest import HOUR
from tests.clock.test_clock_actions import hours, next_version

EARLY = {**STANDARD, Level.WARNING: Rung(10)}


@pytest.fixture
def early(db, now):
    """A ladder that warns after a tenth of the limit."""
    ladder = Ladder.objects.create(code="early", name="从早")
    return LadderVersion.objects.create(ladder=ladder, number=1, steps=as_json(EARLY), created_at=now)


def audited(verb="replanned"):
    return [row.data for row in AuditEvent.objects.filter(action=f"clock.{verb}").order_by("id")]


def inputs(row: Clock | Replan, which: str = "new") -> tuple[int, int, int]:
    if isinstance(row, Clock):
        return row.calendar_version_id, row.ladder_version_id, row.budget
    return tuple(getattr(row, f"{which}_{name}") for name in ("calendar_id", "ladder_id", "budget"))


def test_every_change_keeps_what_was_before_it_and_the_chain_leads_back_to_the_start(begin, office, early, now):
    clock = begin(now, calendar=OFFICE, budget=4 * HOUR)
    started, due = inputs(clock), clock.due_at
    version = next_version({timezone.localdate(now).isoformat(): {"segments": [[600, 660]]}}, now)
    actions.replan([clock], calendar=version, by=office, now=now)
    actions.replan([clock], budget=6 * HOUR, by=office, now=now)
    actions.extend(clock, seconds=HOUR, reason="等料", by=office, now=now)
    terms = actions.Terms(calendar=calendars.always(), ladder=early)
    actions.hand_over(clock, unit_id=2, terms=terms, by=office, now=now + hours(1))
    clock.refresh_from_db()
    rows = list(Replan.objects.filter(clock=clock).order_by("revision"))
    assert [row.verb for row in rows] == ["replanned", "replanned", "handed_over"]
    assert (inputs(rows[0], "old"), rows[0].old_due_at) == (started, due)
    for one, other in pairwise(rows):
        assert inputs(one) == inputs(other, "old")
    assert inputs(rows[-1]) == inputs(clock)
    assert (rows[-1].new_due_at, rows[-1].revision, rows[-1].by) == (clock.due_at, clock.revision, office)
    assert clock.legs == [[version.pk, (now + hours(1)).isoformat()]]


def test_the_audit_row_names_the_old_and_the_new(begin, office, early, now):
    clock = begin(now, calendar=OFFICE, budget=4 * HOUR)
    terms = actions.Terms(budget=8 * HOUR, ladder=early, ladder_basis="ordinary:street@3")
    actions.replan_each({clock.pk: terms}, by=office, now=now)
    (data,) = audited()
    assert (data["budget"], data["ladder"]) == ([4 * HOUR, 8 * HOUR], ["standard#1", "early#1"])
    after = Clock.objects.get(pk=clock.pk)
    assert (data["due"], "calendar" in data) == ([clock.due_at.isoformat(), after.due_at.isoformat()], False)
    assert after.ladder_basis == "ordinary:street@3"


def test_the_same_again_and_a_mere_change_of_hands_write_no_history(begin, office, now):
    clock = begin(now, calendar=OFFICE)
    actions.replan([clock], budget=clock.budget, by=office, now=now)
    actions.hand_over(clock, unit_id=7, by=office, now=now)
    assert (Replan.objects.count(), audited()) == (0, [])
    assert audited("handed_over") == [{"stage": "handle", "unit": 7}]


def test_whoever_takes_over_climbs_another_ladder_and_keeps_what_was_reached(begin, office, early, now):
    clock = begin(now, ladder=early)
    sweep(now=now + hours(1))
    standard = actions.Terms(ladder=LadderVersion.objects.get(ladder__code="standard"))
    handed = actions.hand_over(clock, unit_id=2, terms=standard, by=office, now=now + hours(2))
    assert (handed.level, handed.next_level, handed.due_at) == (Level.WARNING, Level.LATE, now + hours(10))
    assert audited("handed_over")[-1]["ladder"] == ["early#1", "standard#1"]


def test_an_edit_between_the_limit_and_the_sweep_hides_no_lateness(begin, office, early, now):
    clock = begin(now)
    actions.replan_each({clock.pk: actions.Terms(ladder=early, holds=True)}, by=office, now=now + hours(11))
    sweep(now=now + hours(11))
    late = {row.level: row.planned_at for row in clock.escalations.all()}
    assert late[Level.LATE] == now + hours(10)
