"""A division proposed, taken, checked, approved and in effect by mouse and keyboard; and what the report suggests."""

import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry
from playwright.sync_api import Page, expect

from gridgov.dbtime import database_now
from grids.actions import plans
from grids.actions.ways import replace_ways
from grids.division.document import shapes_of
from grids.models import BoundaryPlan, BoundaryVersion, Building
from tests import cast as people_of_the_tests
from tests.e2e.test_plan_editor import EDITOR, FIRST, choose, opened, saved, shot, spot
from tests.factories import make_building
from tests.grids.divided import CELL, SOUTH, WEST, cell, divide

MIDDLE = SOUTH + CELL  # the border between the two rows


@pytest.fixture
def street(transactional_db):
    return divide(people_of_the_tests.build())


@pytest.fixture
def office(page: Page, live_server, come_in, street, complaints):
    come_in(page.context, street.people["office_admin"])
    yield page
    assert [said for said in complaints if "Failed to load resource" not in said] == []


def _more_buildings(street) -> None:
    """Four in each grid, a hundred households each: enough to be divided in more than one way."""
    Building.objects.update(households=100, persons=200)
    for nth in range(6):
        middle = cell(nth).centroid
        for side in (-1, 1):
            point = GEOSGeometry(f"SRID=4326;POINT({middle.x} {middle.y + side * CELL / 4})")
            make_building(street.grids[nth], f"{nth}{side}号楼", point=point, households=100, persons=200)


def _draw_a_wall_and_keep_the_first(page: Page, plan: BoundaryPlan) -> None:
    choose(page, FIRST)
    page.keyboard.press("l")
    page.keyboard.press("w")
    for lon in (WEST, WEST + 3 * CELL):
        page.mouse.click(*spot(page, (lon, MIDDLE)))
    page.keyboard.press("Enter")
    expect(page.locator("#plan-status")).to_have_text("隔线已画好")
    saved(page)
    plan.refresh_from_db()


def test_a_proposal_goes_all_the_way_to_a_division_in_effect(office: Page, live_server, come_in, street):
    by, spring = street.people["office_admin"], street.areas["spring"]
    _more_buildings(street)
    plan = plans.create_plan(spring, kind="grid", name="春风社区重划", by=by, now=database_now())
    kept = BoundaryVersion.objects.get(area=street.grids[0], until=None)
    _draw_a_wall_and_keep_the_first(opened(office, live_server, plan), plan)
    office.locator("#plan-back").click()
    office.get_by_role("link", name="生成划分方案").click()
    office.get_by_role("button", name="生成方案", exact=True).click()
    ways = office.locator("section:has(figure)")
    expect(ways).to_have_count(3)
    figures = office.get_by_role("table").last
    expect(figures.get_by_role("row", name="被切开的楼栋")).to_contain_text("0")
    shot(office, "proposal")
    ways.first.get_by_role("button", name="采用到草稿").click()
    expect(office.get_by_role("heading", level=1)).to_have_text("春风社区重划")
    plan.refresh_from_db()
    shapes = shapes_of(plan)
    same = next(shape for shape in shapes if shape.area_id == street.grids[0].pk)
    assert same.locked
    for shape in shapes:
        _west, south, _east, north = shape.geometry.bounds
        assert north <= MIDDLE + 1e-7 or south >= MIDDLE - 1e-7
    office.get_by_role("link", name="画边界").click()
    office.wait_for_selector("#plan-editor[data-ready]")
    assert office.evaluate(f"{EDITOR}.draft.walls.length") == 1
    office.get_by_role("button", name="去审批").click()  # the editor checks by itself when it opens
    office.get_by_label("理由（有警告时必填）").fill("代表会议已讨论通过。")
    office.get_by_role("button", name="提交审批").click()
    expect(office.locator(".tag.plan-checked")).to_be_visible()
    _approve(office, live_server, come_in, street, plan)
    office.reload()
    office.get_by_role("button", name="立即生效").click()
    office.get_by_role("dialog").get_by_role("button", name="立即生效").click()
    expect(office.locator(".tag.plan-effective")).to_be_visible()
    _in_effect(spring, kept)


def _approve(office: Page, live_server, come_in, street, plan: BoundaryPlan) -> None:
    """Somebody else agrees, in a browser of their own."""
    context = office.context.browser.new_context(locale="zh-CN")
    come_in(context, street.people["leader"])
    leader = context.new_page()
    leader.goto(f"{live_server.url}/areas/plans/{plan.pk}/")
    leader.get_by_role("button", name="同意").click()
    expect(leader.locator(".tag.plan-approved")).to_be_visible()
    context.close()


def _in_effect(spring, kept: BoundaryVersion) -> None:
    versions = BoundaryVersion.objects.filter(area__parent=spring, area__retired_at=None, until=None)
    polygons = [shapely.from_wkb(bytes(version.polygon.wkb)) for version in versions]
    assert shapely.coverage_is_valid(polygons)
    same = next(shapely.from_wkb(bytes(v.polygon.wkb)) for v in versions if v.area_id == kept.area_id)
    assert same.symmetric_difference(shapely.from_wkb(bytes(kept.polygon.wkb))).area < 1e-14
    for building in Building.objects.filter(area__parent=spring).select_related("area"):
        assert versions.get(area=building.area).polygon.intersects(building.point)


def _loads(street, *households: int) -> None:
    for grid, number in zip(street.grids, households, strict=False):
        Building.objects.filter(area=grid).update(households=number, persons=number * 2)


def test_the_suggested_merge_opens_done_and_is_undone(office: Page, live_server, street):
    _loads(street, 60, 150)
    office.goto(f"{live_server.url}/areas/plans/standard/{street.areas['spring'].pk}/")
    office.get_by_role("button", name="生成合并草稿").first.click()
    office.wait_for_selector("#plan-editor[data-ready]")
    expect(office.locator("#plan-task-words")).to_contain_text("420")
    expect(office.locator(".plan-row")).to_have_count(5)
    shot(office, "merged")
    office.keyboard.press("Control+z")
    expect(office.locator(".plan-row")).to_have_count(6)
    expect(office.locator("#plan-task")).to_be_hidden()
    saved(office)
    assert len(shapes_of(BoundaryPlan.objects.get())) == 6


def test_the_suggested_border_says_live_what_is_missing(office: Page, live_server, street):
    _loads(street, 260, 100)
    one, other = street.grids[:2]
    office.goto(f"{live_server.url}/areas/plans/standard/{street.areas['spring'].pk}/")
    office.get_by_role("button", name="调整这条边界").first.click()
    office.wait_for_selector("#plan-editor[data-ready]")
    words = office.locator("#plan-task-words")
    expect(words).to_contain_text("20户")
    expect(office.locator("#plan-task-rows tr")).to_have_count(2)
    assert office.evaluate(f"[{EDITOR}.chosen, {EDITOR}.drawing.partner]") == [f"a{one.pk}", f"a{other.pk}"]
    shot(office, "border")
    west, east, south, north = WEST + CELL * 0.6, WEST + CELL * 1.1, SOUTH + CELL * 1.2, SOUTH + CELL * 1.8
    office.evaluate(f"{EDITOR}.choose('a{other.pk}')")
    office.evaluate(f"{EDITOR}.drawing.frame()")
    office.keyboard.press("t")
    for place in ((west, south), (west, north), (east, north), (east, south)):
        office.mouse.click(*spot(office, place))
    office.keyboard.press("Enter")
    expect(words).to_contain_text("两个网格现在都符合标准")


def test_a_plan_with_a_named_road_opens_and_names_it(office: Page, live_server, street):
    by, spring = street.people["office_admin"], street.areas["spring"]
    road = shapely.MultiLineString([[(WEST, MIDDLE), (WEST + 3 * CELL, MIDDLE)]])
    replace_ways(spring, [("main", "学府路", road)], source="", by=by, now=database_now())
    plan = plans.create_plan(spring, kind="grid", name="春风社区重划", by=by, now=database_now())
    expect(opened(office, live_server, plan).locator(".plan-way")).to_have_text("学府路")
