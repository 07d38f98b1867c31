"""A plan on paper under the drawing, in a real browser: handed in, three points by mouse, faded, undone, put back."""

import io

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from grids.models import PlanImage
from tests.e2e.test_plan_editor import choose, editor, opened, plan, shot, spot, street  # noqa: F401 (fixtures)
from tests.grids.divided import CELL, SOUTH, WEST

WIDE, HIGH = 900, 700
# The cells' outer corners as the sheet shows them: (pixel, place on the ground).
SHEET = [
    ((60, 60), (WEST, SOUTH + 2 * CELL)),
    ((840, 60), (WEST + 3 * CELL, SOUTH + 2 * CELL)),
    ((60, 650), (WEST, SOUTH)),
]


def sheet() -> bytes:
    """Six cells as somebody drew them."""
    drawn = Image.new("RGB", (WIDE, HIGH), (246, 240, 222))
    pen = ImageDraw.Draw(drawn)
    for n in range(4):
        pen.line([(60 + n * 260, 60), (60 + n * 260, 650)], fill=(120, 60, 40), width=5)
    for n in range(3):
        pen.line([(60, 60 + n * 295), (840, 60 + n * 295)], fill=(120, 60, 40), width=5)
    out = io.BytesIO()
    drawn.save(out, "PNG")
    return out.getvalue()


def pixel(page: Page, at: tuple[int, int]) -> tuple[float, float]:
    """Where a pixel of the sheet lies on the screen."""
    x, y = page.evaluate(
        """([x, y]) => { const view = document.getElementById('plan-editor').editor.paper.fixing.view;
        const p = view.latLngToContainerPoint([-y, x]); const box = view.getContainer().getBoundingClientRect();
        return [box.left + p.x, box.top + p.y]; }""",
        list(at),
    )
    return x, y


@pytest.mark.usefixtures("street")
def test_a_plan_on_paper_lies_under_the_drawing(editor: Page, plan):  # noqa: F811 (fixtures)
    editor.get_by_role("button", name="图纸", exact=True).click()
    with editor.expect_file_chooser() as chooser:
        editor.get_by_text("选择图纸").click()
    chooser.value.set_files({"name": "社区图.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(editor.locator("#paper-problem")).to_contain_text("不是图片")
    editor.locator("#paper-file").set_input_files({"name": "社区图.png", "mimeType": "image/png", "buffer": sheet()})
    expect(editor.locator("#paper-step")).to_contain_text("第1点")
    for nth, (at, place) in enumerate(SHEET):
        editor.mouse.click(*pixel(editor, at))
        expect(editor.locator("#paper-step")).to_contain_text("地图")
        editor.mouse.click(*spot(editor, place))
        if nth == 1:
            shot(editor, "paper-fixing")
    editor.get_by_role("button", name="就这样叠放").click()
    expect(editor.locator("#paper-miss")).to_contain_text("米")
    picture = editor.locator(".plan-paper-picture")
    expect(picture).to_be_visible()
    shot(editor, "paper-laid")
    laid = PlanImage.objects.get().fixed["laid"]
    assert laid["corners"][0][0] < WEST + CELL / 10
    assert laid["metres_a_pixel"] == pytest.approx(1.5, rel=0.1)
    editor.locator("#paper-on").uncheck()
    expect(picture).to_have_count(0)
    editor.locator("#paper-on").check()
    choose(editor, (WEST + CELL / 2, SOUTH + CELL / 2))
    expect(editor.locator("#plan-sheet")).to_be_visible()
    editor.reload()
    editor.wait_for_selector("#plan-editor[data-ready]")
    expect(editor.locator(".plan-paper-picture")).to_be_visible()
    editor.get_by_role("button", name="撤销上次定位").click()
    expect(editor.locator("#paper-unlaid")).to_be_visible()
    editor.get_by_role("button", name="移除", exact=True).click()
    editor.locator("#paper-restore").click()
    expect(editor.locator("#paper-name")).to_have_text("社区图.png")
    # By keyboard: the middle of either side. Three times the same place is refused with a reason.
    editor.locator("#paper-fix").click()
    for _point in range(3):
        editor.locator("#paper-view").press("Enter")
        editor.locator("#plan-map").press("Enter")
    editor.get_by_role("button", name="就这样叠放").click()
    expect(editor.locator("#paper-refused")).to_contain_text("太近")
    shot(editor, "paper-refused")
    editor.get_by_role("button", name="取消", exact=True).click()
    assert PlanImage.objects.get().fixings == []
