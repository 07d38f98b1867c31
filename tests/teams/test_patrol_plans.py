"""Plans of patrols: when one is due and for whom, how it ends, and whom its form offers."""

from datetime import date
from uuid import uuid4

import pytest
from django.utils import timezone

from teams import patrols as reads
from teams.actions import patrol_plans as plans
from teams.actions import patrols as actions
from teams.models import PatrolPlan
from teams.patrol_forms import PlanForm
from tests import factories as f


@pytest.fixture
def route(cast, now):
    return f.make_route(cast.areas["grid"], by=cast.people["lead"], now=now)


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        ({"rhythm": "weekdays", "weekdays": [1, 3]}, [2, 4, 9, 11]),
        ({"rhythm": "every", "every": 3}, [1, 4, 7, 10]),
        ({"rhythm": "once"}, [1]),
        ({"rhythm": "every", "every": 1, "until": date(2026, 11, 3)}, [1, 2]),
    ],
    ids=["weekdays", "every third day", "once", "until"],
)
def test_when_a_plan_is_due(rule, due):
    plan = PatrolPlan(since=date(2026, 11, 1), **rule)  # a Sunday
    assert [day for day in range(1, 12) if plan.is_due(date(2026, 11, day))] == due


def test_due_for_the_unit_until_somebody_of_it_has_begun(cast, route, now, today):
    plan = f.make_patrol_plan(route, by=cast.people["lead"], now=now, unit=cast.units["team"])

    def due():
        return {name: len(reads.due_on(cast.people[name], today)) for name in ("worker", "lead", "neighbour", "office")}

    assert due() == {"worker": 1, "lead": 1, "neighbour": 0, "office": 0}
    walk = actions.Walk(uuid4(), route, plan)
    actions.take_fact(walk, "start", seq=0, at=now, offset=0.0, by=cast.people["worker"], now=now)
    assert due() == {"worker": 1, "lead": 0, "neighbour": 0, "office": 0}


def test_a_plan_can_be_ended_and_taken_up_again(cast, route, now):
    lead = cast.people["lead"]
    plan = f.make_patrol_plan(route, by=lead, now=now, person=cast.people["worker"])
    plans.end_plan(plan, by=lead, now=now)
    assert reads.due_on(cast.people["worker"], date(2026, 11, 25)) == []
    plans.resume_plan(plan, by=lead, now=now)
    assert len(reads.due_on(cast.people["worker"], date(2026, 11, 25))) == 1


def test_of_too_many_people_a_plan_offers_those_of_the_area_and_the_one_it_has(cast, route, now, monkeypatch):
    office, day = cast.people["office"], timezone.localdate(now)
    chosen = {"person": cast.people["neighbour"].pk, "unit": cast.units["next_team"].pk, "since": day}

    def offered(**more):
        form = PlanForm(by=office, route=route, **more)
        return [set(form.fields[name].queryset.values_list("pk", flat=True)) for name in ("person", "unit")]

    people, units = offered()
    assert cast.people["far_worker"].pk in people
    assert cast.units["far_team"].pk in units
    monkeypatch.setattr("teams.patrol_forms.MOST_OFFERED", 3)
    near, teams = offered()
    assert {cast.people["worker"].pk, office.pk} < near < people
    assert {cast.units["team"].pk, cast.units["office"].pk} < teams < units
    assert cast.people["far_worker"].pk not in near
    assert offered(initial=chosen) == [near | {chosen["person"]}, teams | {chosen["unit"]}]
