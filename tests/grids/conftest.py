"""What tests of the ground start from: grids with polygons, a draft of a plan."""

from datetime import timedelta

import pytest

from grids import actions
from grids.actions import plans
from tests import factories
from tests.grids.divided import divide
from tests.grids.ground import square


@pytest.fixture
def ground(cast, office_admin, now):
    """Three grids in a row, two of them in 春风, with a building in the first."""
    for number, grid in enumerate((cast.grids[0], cast.grids[1], cast.grids[6])):
        actions.set_boundary(
            grid, square(124.0 + number / 100), by=office_admin, now=now - timedelta(days=9), source="测绘院"
        )
    factories.make_building(cast.grids[0], "3号楼", footprint=square(124.001, 29.001, 0.0005), floors=6)
    return cast.areas


@pytest.fixture
def draft(cast, spring, office_admin, now):
    divide(cast)
    return plans.create_plan(spring, kind="grid", name="春风重划", by=office_admin, now=now)


@pytest.fixture
def later(now):
    return now + timedelta(minutes=5)
