"""What API tests start from: two neighbouring grids with ground, a building, a category, an incident in each grid."""

import json
from datetime import UTC, datetime

import pytest
from django.contrib.gis.geos import Point

from gridgov.clock.seed import seed_calendars
from grids.models import BoundaryVersion, Building
from incidents import actions
from incidents.actions.report import Report
from incidents.models import Category
from tests.grids.ground import square

SINCE = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture
def ground(cast):
    """The worker's grid and the next one side by side; nothing else is drawn."""
    for name, west in (("grid", 100.0), ("next_grid", 100.01)):
        area = cast.areas[name]
        BoundaryVersion.objects.create(area=area, kind=area.kind, polygon=square(west, 10.0), since=SINCE)


@pytest.fixture
def category(cast, now):
    seed_calendars(now=now)
    major = Category.objects.create(code="03", name="公共安全隐患", name_en="Safety hazards")
    return Category.objects.create(
        major=major, code="0302", name="楼道堆物", name_en="Things left on stairs", handle_seconds=16 * 3600,
        lead_unit=cast.units["enforcement"],
    )  # fmt: skip


@pytest.fixture
def building(cast):
    grid = cast.areas["grid"]
    return Building.objects.create(area=grid, area_path=grid.path, name="3号楼")


@pytest.fixture
def incident(category, building, worker, now):
    what = Report(
        category=category, building=building, description="三楼堆满纸箱，联系 13800138000",
        caller_name="张三丰", caller_phone="13912345678",
    )  # fmt: skip
    return actions.report(what, by=worker, now=now)


@pytest.fixture
def next_incident(category, ground, neighbour, now):
    return actions.report(Report(category=category, point=Point(100.015, 10.005)), by=neighbour, now=now)


@pytest.fixture
def post():
    """`post(client, address, {…})` with a JSON body."""

    def send(client, address, body=None):
        return client.post(address, json.dumps(body or {}), content_type="application/json")

    return send


@pytest.fixture
def problem():
    """`problem(answer, 422)` → the body, after checking that it is problem details."""

    def check(answer, status):
        assert answer.status_code == status, answer.content.decode()
        assert answer["Content-Type"] == "application/problem+json"
        body = answer.json()
        assert body["status"] == status
        assert body["title"]
        return body

    return check
