"""What incident tests start from: calendars, two categories, a building, and a report."""

import pytest

from gridgov.clock.seed import seed_calendars
from grids.models import Building
from incidents import actions
from incidents.actions.report import Report
from incidents.models import Category


@pytest.fixture
def calendars(db, now):
    return seed_calendars(now=now)


@pytest.fixture
def category(cast, calendars):
    """楼道堆物: the city management team answers for it, two working days."""
    major = Category.objects.create(code="03", name="公共安全隐患")
    return Category.objects.create(
        major=major, code="0302", name="楼道堆物", handle_seconds=16 * 3600, lead_unit=cast.units["enforcement"]
    )


@pytest.fixture
def building(cast):
    grid = cast.areas["grid"]
    return Building.objects.create(area=grid, area_path=grid.path, name="3号楼")


@pytest.fixture
def incident(category, building, worker, now):
    """Reported by the grid worker at a building of the grid."""
    return actions.report(Report(category=category, building=building, description="三楼堆满纸箱"), by=worker, now=now)
