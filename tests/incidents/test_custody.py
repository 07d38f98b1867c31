"""Whatever happens to a case, in whatever order: one holder at every moment, one timeline, clocks that fit."""

import random
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridgov.clock.actions import Refused
from gridgov.clock.models import Clock
from gridgov.clock.sweep import sweep
from incidents import actions
from incidents.models import Custody, Incident, Step
from incidents.workflow import ASKS, MOVES, STAGE_OF
from tests.incidents.test_waits import agree


def whole(incident: Incident, now) -> None:
    """What must hold at every moment."""
    chain = list(Custody.objects.filter(incident=incident).order_by("seq"))
    assert [c.seq for c in chain] == list(range(1, len(chain) + 1))
    assert all(a.until == b.since for a, b in pairwise(chain))
    assert [c.until for c in chain].count(None) == 1
    assert chain[-1].until is None
    assert chain[-1].unit_id == incident.holder_id
    steps = list(Step.objects.filter(incident=incident).order_by("seq"))
    assert [s.seq for s in steps] == list(range(1, incident.version + 1))
    running = set(Clock.objects.of("incidents.incident", incident.pk).running().values_list("stage", flat=True))
    stage = STAGE_OF.get(incident.status)
    assert running == ({stage, "promise"} if stage else set())
    assert (incident.ended_at is None) == incident.is_open
    agree(incident, now)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_any_order_of_steps_keeps_the_case_whole(seed, incident, cast, now):
    dice = random.Random(seed)
    people = [cast.people[n] for n in ("desk", "office", "unit_staff", "worker", "lead", "leader")]
    units = [cast.units[n] for n in ("enforcement", "team", "office", "sanitation")]
    names = [*MOVES, *(f"ask_{kind}" for kind in ASKS), "answer"]
    at = now
    with transaction.atomic():
        for _step in range(14):
            at += timedelta(hours=dice.randint(1, 40))
            by, name = dice.choice(people), dice.choice(names)
            with suppress(ValidationError, PermissionDenied, Refused):  # most steps are not open to most people
                _act(incident, name, by, at, dice, units, cast)
            sweep(now=at)
            whole(Incident.objects.get(pk=incident.pk), at)
        transaction.set_rollback(True)


def _act(incident, name, by, at, dice, units, cast):
    if name.startswith("ask_"):
        actions.ask(incident, name[4:], reason="等配件", seconds=7200, by=by, now=at)
    elif name == "answer":
        for request in incident.requests.filter(answer="open"):
            actions.answer(request, approve=dice.random() < 0.7, words="好", by=by, now=at)
    else:
        facts = {"unit": dice.choice(units), "area": cast.areas["next_grid"], "category": incident.category}
        actions.move(incident, name, by=by, now=at, words="说明", **facts)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: Custody.objects.create(incident_id=c.incident_id, seq=2, previous=1, unit=c.unit, since=c.since),
        lambda c: Custody.objects.create(
            incident_id=c.incident_id, seq=3, previous=2, unit=c.unit, since=c.since, until=c.since
        ),
        lambda c: Custody.objects.filter(incident_id=c.incident_id).update(previous=5),
    ],
)
def test_database_refuses_a_broken_chain(incident, spoil):
    def broken():
        spoil(Custody.objects.get(incident=incident))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError), transaction.atomic():
        broken()
