"""A base map in a real browser: drawn beneath when the file is whole, a quiet note when it is not."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_plan_editor import shot, street  # noqa: F401 (a fixture)
from tests.grids.pmtiles import pmtiles


@pytest.fixture
def page_of(page: Page, live_server, come_in, street, settings, tmp_path, complaints):  # noqa: F811
    def open_with(content: bytes) -> Page:
        path = tmp_path / "street.pmtiles"
        path.write_bytes(content)
        settings.OUTSIDE = replace(settings.OUTSIDE, basemap_file=str(path), basemap_words="某街道测绘")
        come_in(page.context, street.people["office"])
        page.goto(f"{live_server.url}/areas/map/")
        return page

    yield open_with
    assert complaints == []


def test_the_map_lies_on_the_file_and_does_without_a_broken_one(page_of):
    page = page_of(pmtiles())
    expect(page.locator("[data-map-beneath]")).to_have_text("某街道测绘")
    expect(page.locator(".leaflet-tile-pane canvas.leaflet-tile").first).to_be_visible()
    expect(page.locator("[data-layer=grids]")).to_be_checked()
    shot(page, "basemap")
    page_of(pmtiles()[:-20])
    expect(page.locator("[data-map-beneath]")).to_contain_text("不完整")
    expect(page.locator(".map-grid").first).to_be_visible()
