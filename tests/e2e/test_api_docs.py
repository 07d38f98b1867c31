"""The page that explains the API works under our content policy, with nothing from elsewhere."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.django_db(transaction=True)


def test_page_lists_the_operations_and_tries_one(page: Page, live_server, come_in, worker, complaints):
    come_in(page.context, worker)
    page.goto(f"{live_server.url}/api/v1/docs/")
    operation = page.locator("#operations-notices-notices_list")
    expect(operation).to_be_visible()
    operation.get_by_role("button").first.click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    assert complaints == []
