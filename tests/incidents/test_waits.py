"""Who waited for whom: written when a stage ends, split where the case changed hands, in step with the custody."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gridgov.clock.models import Clock
from incidents import actions, waits
from incidents.actions.report import Report
from incidents.models import Custody, Incident, Wait
from incidents.workflow import Stage
from teams.models import Unit


def stage_waits(incident: Incident, now) -> list[Wait]:
    """Every stretch but the promise's, what still runs included, in order of time."""
    clocks = Clock.objects.of(waits.SUBJECT, incident.pk).select_related("calendar_version__calendar")
    found = waits.of_case(list(clocks.prefetch_related("pauses", "extensions", "hand_overs")), now=now)
    return [one["row"] for one in found]


def agree(incident: Incident, now) -> None:
    """Waits and custody tell the same story: no gap while the case is open, and the same holder.

    While a unit has not signed, the desk still holds the case and waits for the unit.
    """
    rows = [row for row in stage_waits(incident, now) if row.until > row.since]
    kept = {(w.clock_id, w.part): w for w in Wait.objects.filter(incident=incident).of_stages()}
    for row in rows:
        same = kept.get((row.clock_id, row.part))
        if same is not None:  # what was written down is what the clock says
            for name in ("unit_id", "since", "until", "used", "limit", "late", "paused"):
                assert getattr(same, name) == getattr(row, name), name
    closed = set(Clock.objects.of(waits.SUBJECT, incident.pk).exclude(stopped_at=None).values_list("pk", flat=True))
    assert {key[0] for key in kept} == closed - set(
        Clock.objects.of(waits.SUBJECT, incident.pk).filter(stage=Stage.PROMISE).values_list("pk", flat=True)
    )
    ends = set(
        incident.steps.filter(status__in=["closed", "self_resolved", "rejected", "void"]).values_list("at", flat=True)
    )
    for first, second in pairwise(rows):
        assert first.until == second.since or first.until in ends
    chain = list(Custody.objects.filter(incident=incident).order_by("seq"))
    for row in rows:
        if row.stage == Stage.SIGN:
            continue
        for held in chain:
            overlap = max(held.since, row.since) < min(held.until or now, row.until)
            assert not overlap or held.unit_id == row.unit_id, (row.stage, held.seq)
    assert all(row.late <= row.used and row.paused >= 0 for row in rows)


def test_each_ended_stage_leaves_one_line(cast, incident, desk, unit_staff, now):
    at = now + timedelta(minutes=30)
    actions.move(incident, "take_in", by=desk, now=at, unit=cast.units["enforcement"])
    later = at + timedelta(days=14)
    actions.move(incident, "sign", by=unit_staff, now=later)
    first, second = Wait.objects.filter(incident=incident).order_by("since")
    assert (first.stage, first.unit, first.since, first.until) == (Stage.ACCEPT, cast.units["spring"], now, at)
    assert (second.stage, second.unit, second.until) == (Stage.SIGN, cast.units["enforcement"], later)
    assert second.late == second.used - second.limit > 0
    assert second.level == 4
    agree(Incident.objects.get(pk=incident.pk), later)


def test_a_stage_that_changes_hands_is_split_and_its_time_adds_up(cast, incident, desk, office, now):
    Unit.objects.filter(pk=cast.units["spring"].pk).update(is_desk=False)  # the street's desk takes over meanwhile
    at = now + timedelta(days=3)
    actions.move(incident, "place", by=desk, now=at, area=cast.areas["next_grid"])
    end = at + timedelta(days=2)
    actions.move(incident, "accept", by=office, now=end)
    clock = Clock.objects.get(subject_id=incident.pk, stage=Stage.ACCEPT)
    first, second = Wait.objects.filter(incident=incident, stage=Stage.ACCEPT).order_by("part")
    assert (first.unit, second.unit) == (cast.units["spring"], cast.units["office"])
    assert (first.since, first.until, second.until) == (now, at, end)
    assert clock.unit_id == cast.units["office"].pk
    assert first.late + second.late == max(0, first.used + second.used - clock.budget)
    agree(Incident.objects.get(pk=incident.pk), end)


def test_reporting_writes_no_wait(category, building, worker, now, calendars):
    with CaptureQueriesContext(connection) as seen:
        actions.report(Report(category=category, building=building, description="x"), by=worker, now=now)
    assert not [q for q in seen.captured_queries if "incidents_wait" in q["sql"]]


def test_case_shows_with_whom_each_stage_lay(cast, sign_in, incident, desk, now):
    actions.move(incident, "take_in", by=desk, now=now + timedelta(minutes=5), unit=cast.units["enforcement"])
    page = sign_in(desk, "en").get(reverse("incidents:background", args=[incident.pk])).content.decode()
    assert "Who waited for whom" in page
    assert page.index("春风社区") < page.index("城管执法队")


@pytest.mark.parametrize("who", ["office", "other_office"])
def test_waits_stay_in_reach(cast, incident, desk, who, now):
    actions.move(incident, "take_in", by=desk, now=now + timedelta(minutes=5), unit=cast.units["enforcement"])
    assert Wait.objects.visible_to(cast.people[who]).count() == (1 if who == "office" else 0)
