"""Two people at once, on two real connections: what they save, approve or let take effect never breaks a parent."""

import threading
from datetime import timedelta

import pytest
import shapely
from django.core.exceptions import ValidationError
from django.db import close_old_connections, connection
from django.utils import timezone

from gridgov.dbtime import database_now
from grids.actions import plans
from grids.division import ground
from grids.division.document import shapes_of
from grids.models import BoundaryPlan
from grids.workflow import PlanStatus
from tests.cast import build
from tests.grids.divided import cell, divide

pytestmark = pytest.mark.django_db(transaction=True)


def _at_once(*acts):
    """Run each on its own connection at the same moment; what each answered or raised."""
    start, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(nth, act):
        try:
            start.wait(timeout=20)
            answers[nth] = act()
        except Exception as error:  # noqa: BLE001 - the test looks at what came
            answers[nth] = error
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=(nth, act)) for nth, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


@pytest.fixture
def world(transactional_db):
    return divide(build())


def _plan(world, name, now, give):
    """A plan in which one grid of a pair gives its whole ground to the other."""
    spring, by = world.areas["spring"], world.people["office_admin"]
    plan = plans.create_plan(spring, kind="grid", name=name, by=by, now=now)
    one, other = give
    shapes = {shape.area_id: shape for shape in shapes_of(plan)}
    gone = shapes.pop(world.grids[one].pk)
    heir = shapes[world.grids[other].pk]
    joined = shapely.coverage_union_all([gone.geometry, heir.geometry])
    geometry = joined if joined.geom_type == "MultiPolygon" else shapely.MultiPolygon([joined])
    shapes[world.grids[other].pk] = heir.but(geometry=geometry, sources=(world.grids[one].pk,))
    return plans.save_draft(plan, list(shapes.values()), [], revision=plan.revision, by=by, now=now)


def _approved(world, plan, now):
    plans.submit(plan, effective_on=timezone.localdate(now), words="好", by=world.people["office_admin"], now=now)
    return plans.approve(plan, by=world.people["leader"], now=now)


def test_of_two_plans_that_take_effect_at_once_one_must_be_brought_up_to_date(world):
    now = database_now()
    made = [_approved(world, _plan(world, name, now, give), now) for name, give in (("甲", (0, 1)), ("乙", (0, 3)))]
    later, by = now + timedelta(minutes=1), world.people["office_admin"]
    answers = _at_once(*[lambda plan=plan: plans.take_effect(plan, by=by, now=later) for plan in made])
    refused = [answer for answer in answers if isinstance(answer, ValidationError)]
    assert [error.code for error in refused] == ["rebase"]
    assert BoundaryPlan.objects.filter(status=PlanStatus.EFFECTIVE).count() == 1
    polygons = [v.drawing for v in ground.current_of(ground.children_of(world.areas["spring"], "grid")).values()]
    assert shapely.coverage_is_valid(polygons)
    assert shapely.union_all(polygons).equals(shapely.union_all([cell(nth) for nth in range(6)]))


def test_one_plan_takes_effect_once_though_two_beats_knock(world):
    now = database_now()
    _approved(world, _plan(world, "甲", now, (0, 1)), now)
    answers = _at_once(*[lambda: plans.take_effect_today(now=now + timedelta(minutes=1))] * 2)
    assert sorted(answers) == [0, 1]


def test_of_two_saves_of_one_draft_one_is_told(world):
    now, by = database_now(), world.people["office_admin"]
    plan = _plan(world, "甲", now, (0, 1))
    shapes = shapes_of(plan)
    save = lambda: plans.save_draft(plan, shapes, [], revision=plan.revision, by=by, now=now)  # noqa: E731
    answers = _at_once(save, save)
    assert sorted(type(answer).__name__ for answer in answers) == ["BoundaryPlan", "Meanwhile"]
