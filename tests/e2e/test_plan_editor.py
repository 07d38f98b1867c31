"""The boundary editor in a real browser: mouse and keyboard, and what the server has afterwards."""

import copy
import json
import os

import pytest
import shapely
from playwright.sync_api import Page, expect

from gridgov.dbtime import database_now
from grids.actions import plans
from grids.division.document import document, shapes_of
from grids.division.shapes import read_shapes
from grids.models import Area, BoundaryPlan
from tests import cast as people_of_the_tests
from tests.grids.divided import CELL, SOUTH, WEST, divide, whole

EDITOR = "document.getElementById('plan-editor').editor"
FIRST, SECOND, FOURTH, FIFTH = (WEST + CELL / 2, SOUTH + CELL * 1.5), (WEST + CELL * 1.5, SOUTH + CELL * 1.5), (
    WEST + CELL / 2, SOUTH + CELL / 2), (WEST + CELL * 1.5, SOUTH + CELL / 2)  # fmt: skip
JOINT = (WEST + CELL, SOUTH + CELL)  # where four grids meet


@pytest.fixture
def street(transactional_db):
    return divide(people_of_the_tests.build())


@pytest.fixture
def plan(street):
    by = street.people["office_admin"]
    return plans.create_plan(street.areas["spring"], kind="grid", name="春风社区重划", by=by, now=database_now())


@pytest.fixture
def editor(page: Page, live_server, come_in, street, plan, complaints):
    come_in(page.context, street.people["office_admin"])
    opened(page, live_server, plan)
    yield page
    quiet = ("409", "ERR_INTERNET_DISCONNECTED", "Failed to load resource")
    assert [said for said in complaints if not any(word in said for word in quiet)] == []


def opened(page: Page, live_server, plan) -> Page:
    page.goto(f"{live_server.url}/areas/plans/{plan.pk}/edit/")
    page.wait_for_selector("#plan-editor[data-ready]")
    return page


def spot(page: Page, place: tuple[float, float]) -> tuple[float, float]:
    """Where a place lies on the screen."""
    x, y = page.evaluate(
        f"""([lon, lat]) => {{ const map = {EDITOR}.drawing.map; const p = map.latLngToContainerPoint([lat, lon]);
        const box = map.getContainer().getBoundingClientRect(); return [box.left + p.x, box.top + p.y]; }}""",
        list(place),
    )
    return x, y


def choose(page: Page, place: tuple[float, float]) -> None:
    page.mouse.click(*spot(page, place))


def drag(page: Page, place: tuple[float, float], by: tuple[int, int]) -> None:
    x, y = spot(page, place)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by[0], y + by[1], steps=6)
    page.mouse.up()


def saved(page: Page) -> None:
    """Until the server has every step."""
    page.wait_for_function(f"() => !{EDITOR}.server.dirty && !{EDITOR}.server.running")


def polygons(plan: BoundaryPlan) -> dict[str, shapely.MultiPolygon]:
    plan.refresh_from_db()
    return {shape.name: shape.geometry for shape in shapes_of(plan)}


def exact(plan: BoundaryPlan) -> dict[str, shapely.MultiPolygon]:
    """What the server has, held to be without gap or overlap."""
    found = polygons(plan)
    assert shapely.coverage_is_valid(list(found.values()))
    assert shapely.union_all(list(found.values())).symmetric_difference(whole()).area < 1e-14
    return found


def shot(page: Page, name: str) -> None:
    if os.environ.get("GRIDGOV_SHOTS"):
        page.screenshot(path=f"{os.environ['GRIDGOV_SHOTS']}/{name}.png")


def test_a_shared_corner_moves_in_every_grid_that_has_it(editor: Page, plan):
    before = exact(plan)
    choose(editor, FOURTH)
    editor.keyboard.press("e")
    assert editor.evaluate(f"() => Object.values({EDITOR}.drawing.map._layers).filter((one) => one.pm).length") == 1
    x, y = spot(editor, JOINT)
    editor.mouse.move(x, y)
    editor.mouse.down()
    editor.mouse.move(x - 120, y + 160, steps=8)  # past the building in the east
    expect(editor.locator("#plan-households-delta")).to_have_text("−200")
    shot(editor, "dragging")
    editor.mouse.up()
    expect(editor.locator("#plan-status")).to_have_text("4个网格一起变动。")
    saved(editor)
    after = exact(plan)
    moved = {name for name in after if after[name].area != pytest.approx(before[name].area, rel=1e-9)}
    assert moved == {"春风第一网格", "春风第二网格", "春风第四网格", "春风第五网格"}
    expect(editor.locator("#plan-depth")).to_have_text("可撤销1步")


def test_the_outer_border_stays_and_borders_do_not_cross(editor: Page, plan):
    choose(editor, FOURTH)
    editor.keyboard.press("e")
    drag(editor, (WEST, SOUTH), (40, -40))
    expect(editor.locator("#plan-status")).to_contain_text("外边界")
    drag(editor, JOINT, (300, 0))
    drag(editor, JOINT, (0, 420))
    expect(editor.locator("#plan-status")).to_contain_text("边界会相交")
    saved(editor)
    exact(plan)


def test_a_check_that_answers_late_does_not_talk_over_a_refusal(page: Page, live_server, come_in, street, plan):
    come_in(page.context, street.people["office_admin"])
    held = []
    page.route("**/check/", lambda route: held.append(route))
    opened(page, live_server, plan)
    choose(page, FOURTH)
    page.keyboard.press("e")
    drag(page, (WEST, SOUTH), (40, -40))
    expect(page.locator("#plan-status")).to_contain_text("外边界")
    for route in held:
        route.continue_()
    expect(page.locator("#plan-faults-count")).to_contain_text("0个错误，")
    expect(page.locator("#plan-status")).to_contain_text("外边界")


def test_a_line_splits_a_grid_and_its_neighbours_get_the_corners(editor: Page, plan):
    choose(editor, FIRST)
    editor.get_by_role("button", name="分割").click()
    for place in ((WEST + CELL * 0.6, SOUTH + CELL * 2.2), (WEST + CELL * 0.6, SOUTH + CELL * 0.9)):
        editor.mouse.click(*spot(editor, place))
    editor.keyboard.press("Enter")
    expect(editor.locator(".plan-row")).to_have_count(7)
    saved(editor)
    found = exact(plan)
    assert {"春风第一网格（西）", "春风第一网格（东）"} < found.keys()
    assert shapely.get_num_coordinates(found["春风第四网格"]) == 6
    old = Area.objects.get(name="春风第一网格").pk
    assert [shape.sources for shape in shapes_of(plan) if "第一" in shape.name] == [(old,), (old,)]
    beside = editor.evaluate(f"(place) => {EDITOR}.draft.snap(place, 1e-5).at", [JOINT[0] + 4e-6, JOINT[1] - 4e-6])
    assert beside == list(JOINT)  # what is drawn near a corner begins at it
    editor.get_by_role("button", name="测量").click()
    for place in (FOURTH, FIFTH):
        editor.mouse.click(*spot(editor, place))
    editor.keyboard.press("Enter")
    expect(editor.locator("#plan-status")).to_contain_text("测得：")
    expect(editor.locator("#plan-status")).to_contain_text("米")
    choose(editor, (WEST + CELL * 0.3, SOUTH + CELL * 1.5))
    editor.keyboard.press("m")
    choose(editor, (WEST + CELL * 0.8, SOUTH + CELL * 1.5))
    expect(editor.locator(".plan-row")).to_have_count(6)
    saved(editor)
    exact(plan)
    assert [shape.area_id for shape in shapes_of(plan) if shape.name == "春风第一网格"] == [old]  # no other grid


def test_two_grids_merge_and_the_step_is_undone_and_done_again(editor: Page, plan):
    editor.locator("#plan-grids").focus()
    editor.keyboard.press("Home")  # by keyboard alone: from the list, with the one below it
    editor.keyboard.press("m")
    editor.locator("#plan-grids").focus()
    editor.keyboard.press("ArrowDown")
    editor.keyboard.press("Enter")
    expect(editor.locator(".plan-row")).to_have_count(5)
    editor.keyboard.press("Control+z")
    expect(editor.locator(".plan-row")).to_have_count(6)
    choose(editor, FIRST)
    editor.keyboard.press("m")
    choose(editor, SECOND)
    expect(editor.locator(".plan-row")).to_have_count(5)
    expect(editor.locator("#plan-households")).to_have_text("800")
    editor.keyboard.press("Control+z")
    expect(editor.locator(".plan-row")).to_have_count(6)
    editor.keyboard.press("Control+Shift+z")
    expect(editor.locator(".plan-row")).to_have_count(5)
    saved(editor)
    assert len(exact(plan)) == 5
    choose(editor, FIRST)
    editor.keyboard.press("m")
    choose(editor, (WEST + CELL * 2.5, SOUTH + CELL * 0.5))
    expect(editor.locator("#plan-status")).to_contain_text("没有共同边界")


def outline(page: Page, key: str, middle: tuple[float, float], half: float) -> None:
    page.keyboard.press(key)
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        page.mouse.click(*spot(page, (middle[0] + x * half, middle[1] + y * half)))
    page.keyboard.press("Enter")


def test_ground_is_cut_out_left_to_nobody_and_drawn_again(editor: Page, plan):
    outline(editor, "c", JOINT, CELL / 5)
    expect(editor.locator(".plan-row")).to_have_count(7)
    saved(editor)
    found = exact(plan)
    assert found["新的专属网格"].area == pytest.approx((CELL * 0.4) ** 2, rel=0.05)
    choose(editor, (WEST + CELL / 2, SOUTH + CELL / 4))
    outline(editor, "h", (WEST + CELL / 2, SOUTH + CELL / 4), CELL / 9)
    saved(editor)
    holed = polygons(plan)["春风第四网格"]
    assert shapely.get_num_interior_rings(shapely.get_parts(holed)[0]) == 1
    editor.locator("#plan-grids").focus()
    editor.keyboard.press("Escape")
    outline(editor, "d", (WEST + CELL / 2, SOUTH + CELL / 4), CELL / 5)
    expect(editor.locator(".plan-row")).to_have_count(8)
    saved(editor)
    assert "新网格" in exact(plan)


def test_everything_is_reached_by_keyboard(editor: Page, plan):
    before = exact(plan)
    editor.locator("#plan-grids").focus()
    editor.keyboard.press("ArrowDown")
    editor.keyboard.press("ArrowDown")
    expect(editor.locator(".plan-row[aria-selected=true]")).to_contain_text("春风第二网格")
    editor.keyboard.press("e")
    for _press in range(4):  # the corners of the cell, one of them where four grids meet
        editor.keyboard.press("Tab")
        editor.keyboard.press("Shift+ArrowDown")
        editor.keyboard.press("ArrowRight")
    expect(editor.locator("#plan-status")).not_to_be_empty()
    saved(editor)
    after = exact(plan)
    assert sum(after[name].area != before[name].area for name in after) >= 4
    editor.keyboard.press("Escape")
    editor.keyboard.press("s")
    editor.keyboard.press("Space")
    editor.keyboard.press("Shift+ArrowDown")
    editor.keyboard.press("Space")
    editor.keyboard.press("Enter")
    expect(editor.locator("#plan-status")).to_contain_text("从边界画到边界")
    editor.keyboard.press("Escape")
    editor.keyboard.press("?")
    expect(editor.get_by_role("dialog", name="快捷键")).to_be_visible()
    editor.keyboard.press("Escape")


def test_what_was_drawn_survives_a_reload_with_its_undo(editor: Page, live_server, plan):
    choose(editor, FIRST)
    editor.keyboard.press("l")
    editor.get_by_label("名称").fill("春风花园网格")
    editor.get_by_label("名称").press("Tab")
    saved(editor)
    opened(editor, live_server, plan)
    expect(editor.locator(".plan-row", has_text="春风花园网格")).to_have_count(1)
    expect(editor.locator("#plan-depth")).to_have_text("可撤销2步")
    editor.keyboard.press("Control+z")
    expect(editor.locator(".plan-row", has_text="春风第一网格")).to_have_count(1)


def test_without_a_connection_nothing_is_lost(editor: Page, live_server, plan):
    editor.route("**/document/", lambda route: route.abort() if route.request.method == "PUT" else route.continue_())
    choose(editor, FIRST)
    editor.keyboard.press("l")
    expect(editor.locator("#plan-saved")).to_contain_text("没有网络")
    opened(editor, live_server, plan)
    editor.unroute("**/document/")
    expect(editor.locator(".toast-line").first).to_contain_text("已放回")
    editor.evaluate("() => window.dispatchEvent(new Event('online'))")
    saved(editor)
    plan.refresh_from_db()
    assert [shape.name for shape in shapes_of(plan) if shape.locked] == ["春风第一网格"]


def meanwhile(street, plan) -> None:
    """Somebody else saves: the second grid is called otherwise."""
    plan.refresh_from_db()
    said = copy.deepcopy(document(plan, may_edit=True)["shapes"])
    said["features"][1]["properties"]["name"] = "别人的名称"
    said["features"][0]["geometry"]["coordinates"][0][0][1][0] += 1e-6
    shapes = read_shapes(json.loads(json.dumps(said)), kind="grid", known={a.pk: a for a in street.grids})
    plans.save_draft(plan, shapes, [], revision=plan.revision, by=street.people["office_admin"], now=database_now())


def test_two_people_saving_lose_neither(editor: Page, street, plan):
    meanwhile(street, plan)
    choose(editor, FIRST)
    editor.keyboard.press("l")
    dialog = editor.get_by_role("dialog")
    expect(dialog).to_contain_text("何业务")
    shot(editor, "conflict")
    dialog.get_by_role("button", name="对比").click()
    shot(editor, "compare")
    editor.get_by_role("button", name="采用对方的").click()
    expect(editor.locator(".plan-row", has_text="别人的名称")).to_have_count(1)
    saved(editor)
    editor.keyboard.press("Control+z")
    saved(editor)
    plan.refresh_from_db()
    assert [shape.name for shape in shapes_of(plan) if shape.locked] == ["春风第一网格"]


def test_mine_can_become_a_draft_of_its_own(editor: Page, street, plan):
    meanwhile(street, plan)
    choose(editor, FIRST)
    editor.keyboard.press("l")
    editor.get_by_role("button", name="另存为新方案").last.click()
    editor.wait_for_url(lambda url: str(plan.pk) not in url and url.endswith("/edit/"))
    mine = BoundaryPlan.objects.exclude(pk=plan.pk).get()
    assert [shape.name for shape in shapes_of(mine) if shape.locked] == ["春风第一网格"]
    assert "别人的名称" in polygons(plan)


def test_what_was_drawn_outlives_a_plan_that_went_on(editor: Page, live_server, street, plan):
    BoundaryPlan.objects.filter(pk=plan.pk).update(status="checked")  # a colleague submitted it
    choose(editor, FIRST)
    editor.keyboard.press("l")
    expect(editor.get_by_role("dialog")).to_contain_text("不能再画")
    editor.get_by_role("button", name="以后再定").click()
    opened(editor, live_server, plan)
    editor.get_by_role("dialog").get_by_role("button", name="另存为新方案").click()
    editor.wait_for_url(lambda url: str(plan.pk) not in url and url.endswith("/edit/"))
    mine = BoundaryPlan.objects.exclude(pk=plan.pk).get()
    assert [shape.name for shape in shapes_of(mine) if shape.locked] == ["春风第一网格"]


def test_the_editor_is_usable_by_everyone(editor: Page, street, plan, axe, phone, come_in):
    for scheme in ("light", "dark"):
        editor.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        choose(editor, FOURTH)
        editor.keyboard.press("e")
        editor.evaluate("() => Promise.all(document.getAnimations().map((one) => one.finished))")
        assert axe(editor) == []
        shot(editor, f"corners-{scheme}")
        editor.keyboard.press("Escape")
    editor.keyboard.press("?")
    assert axe(editor) == []
    shot(editor, "help")
    sizes = "[document.documentElement.scrollHeight - innerHeight, document.documentElement.scrollWidth - innerWidth]"
    assert editor.evaluate(sizes) == [0, 0]
    come_in(phone.context, street.people["office_admin"])
    phone.goto(f"/areas/plans/{plan.pk}/edit/")
    phone.wait_for_selector("#plan-editor[data-ready]")
    expect(phone.get_by_text("边界要在更大的屏幕上画")).to_be_visible()
    expect(phone.get_by_role("button", name="分割")).to_have_count(0)
    assert axe(phone) == []
    shot(phone, "phone")


def test_who_may_not_draft_reads(page: Page, live_server, come_in, street, plan):
    come_in(page.context, street.people["leader"])
    opened(page, live_server, plan)
    expect(page.get_by_role("button", name="分割")).to_be_hidden()
    expect(page.locator("#plan-saved")).to_have_text("只读")


def overlapping(street, plan) -> None:
    """The fourth grid reaches a little into the fifth, as after a bad import."""
    said = copy.deepcopy(document(plan, may_edit=True)["shapes"])
    ring = said["features"][3]["geometry"]["coordinates"][0][0]
    ring[:] = [[x + 3e-5 if abs(x - (WEST + CELL)) < 1e-9 else x, y] for x, y in ring]
    shapes = read_shapes(json.loads(json.dumps(said)), kind="grid", known={a.pk: a for a in street.grids})
    plans.save_draft(plan, shapes, [], revision=plan.revision, by=street.people["office_admin"], now=database_now())


def test_a_fault_is_shown_and_its_repair_is_one_step(editor: Page, live_server, street, plan):
    overlapping(street, plan)
    opened(editor, live_server, plan)
    fault = editor.locator(".plan-faults li", has_text="错误").first
    expect(fault).to_be_visible()
    fault.locator(".plan-fault").click()
    shot(editor, "fault")
    fault.get_by_role("button", name="帮我修复").click()
    proposal = editor.locator("#plan-proposal")
    expect(proposal).to_contain_text("春风第四网格")
    shot(editor, "proposal")
    proposal.get_by_role("button", name="不采用").click()
    expect(editor.locator("#plan-depth")).to_have_text("可撤销0步")
    editor.locator("#plan-fix-all").click()
    proposal.get_by_role("button", name="采用", exact=True).click()
    expect(editor.locator("#plan-depth")).to_have_text("可撤销1步")
    saved(editor)
    exact(plan)
    expect(editor.locator(".plan-faults li", has_text="错误")).to_have_count(0)
    editor.keyboard.press("Control+z")
    saved(editor)
    assert not shapely.coverage_is_valid(list(polygons(plan).values()))
