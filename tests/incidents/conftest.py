"""What incident tests start from: calendars, two categories, a building, a report, and a running campaign."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gridgov.clock.seed import seed_calendars
from grids.models import Building
from incidents import actions
from incidents.actions import campaigns
from incidents.actions.campaigns import Asked
from incidents.actions.report import Report
from incidents.models import Category
from teams import actions as teams
from tests import factories
from tests.incidents.asked import item


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


@pytest.fixture
def at_work(incident, cast, office, unit_staff, now):
    """Signed for by the city management team."""
    actions.move(incident, "take_in", by=office, now=now, unit=cast.units["enforcement"])
    actions.move(incident, "sign", by=unit_staff, now=now)
    incident.refresh_from_db()
    return incident


@pytest.fixture
def task(street, leader, now):
    return teams.decide_task(street, code="0201", name="消防隐患排查", admitted=True, reason="履职", by=leader, now=now)


@pytest.fixture
def asked(task, category, building, cast, now):
    other = factories.make_building(cast.areas["next_grid"], "8号楼")
    due = timezone.localdate(now) + timedelta(days=7)
    return Asked("电动车充电安全排查", task, [item(), item("数量", "number", ("3",))], due, buildings=[building, other])


@pytest.fixture
def running(asked, street, office, now):
    made = campaigns.draft_campaign(street, asked, by=office, now=now)
    return campaigns.publish_campaign(made, by=office, now=now)


@pytest.fixture
def target(running, building):
    return running.targets.get(building=building)
