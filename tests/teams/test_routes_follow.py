"""Patrol routes and a plan of boundaries: the preview names them, its effect hangs them from the heir."""

from datetime import timedelta

import pytest
from django.utils import timezone

from grids.actions import plans
from grids.division import change, preview
from grids.models import Area
from teams.actions.patrol_plans import Stop
from teams.patrols import due_on
from tests import factories
from tests.grids.divided import CELL, SOUTH, WEST, divide
from tests.grids.planning import go, split_first


@pytest.fixture
def draft(cast, spring, office_admin, now):
    divide(cast)
    return plans.create_plan(spring, kind="grid", name="春风重划", by=office_admin, now=now)


@pytest.fixture
def route(draft, cast, grid, lead, now):
    """Three checkpoints: in the western half, in the eastern half, without a place."""
    north = SOUTH + 1.5 * CELL
    stops = [Stop("西门", WEST + 0.25 * CELL, north), Stop("东门", WEST + 0.75 * CELL, north), Stop("传达室")]
    made = factories.make_route(grid, by=lead, now=now, stops=stops, name="春风日巡")
    factories.make_patrol_plan(made, by=lead, now=now, unit=cast.units["team"])
    return made


def test_the_preview_names_the_routes_that_go(draft, route, cast, office_admin, now):
    saved = split_first(draft, cast, office_admin, now)
    shown = preview.collect(change.change_of(saved), by=office_admin)
    rows = [row for found in shown for row in found.rows if row.more == "春风日巡"]
    assert [(row.old, row.count) for row in rows] == [("春风第一网格", 1)]
    assert rows[0].new in ("春风西", "春风东")


def test_the_effect_hangs_them_from_the_heir_and_leaves_checkpoints_where_they_lie(
    draft, route, cast, grid, lead, worker, office_admin, leader, now
):
    later = now + timedelta(milliseconds=1)
    go(split_first(draft, cast, office_admin, now), office_admin, leader, later)
    route.refresh_from_db()
    west, east = (Area.objects.get(name=name, retired_at=None) for name in ("春风西", "春风东"))
    assert route.area in (west, east)
    assert route.area_path == route.area.path
    assert {plan.area_path for plan in route.plans.all()} == {route.area.path}
    places = {stop.name: stop.area for stop in route.checkpoints.select_related("area")}
    assert places == {"西门": west, "东门": east, "传达室": route.area}
    assert [due.plan.route for due in due_on(worker, timezone.localdate(later))] == [route]
