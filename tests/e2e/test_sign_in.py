from playwright.sync_api import Page, expect

from gridgov.accounts import actions
from gridgov.accounts.models import User
from gridgov.dbtime import database_now

PASSWORD = "plum tree by the river 7"


def someone() -> User:
    user = actions.create_user("W001", "张三丰", password=PASSWORD, by=None, now=database_now())
    User.objects.update(must_change_password=False)
    return user


def test_wrong_then_right_password_leads_back_to_the_page_asked_for(page: Page, live_server, transactional_db):
    someone()
    page.goto(f"{live_server.url}/accounts/devices/")
    page.fill("[name=login]", "W001")
    page.fill("[name=password]", "wrong")
    page.press("[name=password]", "Enter")
    expect(page.locator("[role=alert]")).to_be_visible()
    expect(page.locator("[name=login]")).to_have_value("W001")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page).to_have_url(f"{live_server.url}/accounts/devices/")


def test_one_time_link_hands_its_code_over_and_forgets_it(page: Page, live_server, transactional_db):
    token = actions.issue_reset(someone(), by=None, now=database_now()).token
    page.goto(f"{live_server.url}/accounts/set/#{token}")
    expect(page.locator("[name=new_password]")).to_be_visible()
    assert token not in page.url
    page.fill("[name=new_password]", "a wholly new one 42")
    page.fill("[name=repeated]", "a wholly new one 42")
    page.press("[name=repeated]", "Enter")
    expect(page).to_have_url(f"{live_server.url}/accounts/login/")
