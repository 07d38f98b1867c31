"""Units, people and posts from a list: the same rules as on the pages, and taken back whole."""

import io
import re

import pytest
from django.urls import reverse

from gridgov.accounts.models import User
from teams import actions
from teams.models import Assignment, Unit
from teams.roles import Role
from tests import factories

UNITS = (
    "code,name,kind,area,is_desk,phone\nNEW-1,园林所,institution,990101001,,027-1\nNEW-2,新社区,社区,990101001001,是,\n"
)
PEOPLE = """username,name,phone,role,area,unit,since
N001,丁一,19911110001,worker,{grid},{team},2026-01-01
N001,,,building_head,{grid},,
"""


def hand_in(client, kind: str, text: str) -> str:
    file = io.BytesIO(text.encode())
    file.name = "list.csv"
    return client.post(reverse("imports:list"), {"kind": kind, "file": file}).url


@pytest.fixture
def people(cast):
    return PEOPLE.format(grid=cast.areas["grid"].code, team=cast.units["team"].code)


def test_units_come_in_once_and_go_again(sign_in, security_admin, cast):
    client = sign_in(security_admin)
    url = hand_in(client, "units", UNITS)
    client.post(url + "apply/")
    assert Unit.objects.get(code="NEW-2").is_desk
    again = hand_in(client, "units", UNITS)
    assert client.get(again).content.decode().count("level-3") == 0
    client.post(url + "undo/")
    assert not Unit.objects.standing().filter(code__startswith="NEW").exists()


def test_a_person_gets_two_posts_and_loses_them_again(sign_in, security_admin, people):
    client = sign_in(security_admin)
    url = hand_in(client, "people", people)
    assert not User.objects.filter(username="N001").exists()
    client.post(url + "apply/")
    assert sorted(Assignment.objects.filter(user__username="N001").values_list("role", flat=True)) == [
        "building_head",
        "worker",
    ]
    client.post(url + "undo/")
    assert not Assignment.objects.filter(user__username="N001").exists()
    assert not User.objects.get(username="N001").is_active


def test_a_post_that_the_page_would_refuse_refuses_the_list(sign_in, security_admin, people, cast):
    client = sign_in(security_admin)
    url = hand_in(client, "people", people.replace("building_head", "office"))
    assert "level-3" in client.get(url).content.decode()
    client.post(url + "apply/")
    assert not User.objects.filter(username="N001").exists()


def test_office_administrators_import_units_but_appoint_nobody(sign_in, office_admin, people):
    file = io.BytesIO(people.encode())
    file.name = "list.csv"
    page = sign_in(office_admin).post(reverse("imports:list"), {"kind": "people", "file": file})
    assert page.status_code == 200
    assert not User.objects.filter(username="N001").exists()


def test_a_line_about_another_area_is_refused_by_its_number(sign_in, cast):
    """And the page still opens, so that the file can be looked at and thrown away."""
    admin = factories.make_person("街道业务")
    factories.make_post(admin, Role.OFFICE_ADMIN, cast.areas["street"])
    client = sign_in(admin)
    url = hand_in(client, "units", UNITS.replace("990101001001", cast.areas["other_community"].code))
    page = client.get(url)
    assert (page.status_code, page.content.decode().count("level-3")) == (200, 1)
    client.post(url + "apply/")
    assert not Unit.objects.filter(code__startswith="NEW").exists()


def test_a_name_that_is_too_long_is_refused_by_its_number(sign_in, security_admin):
    client = sign_in(security_admin)
    page = client.get(hand_in(client, "units", UNITS.replace("园林所", "园" * 81)))
    assert (page.status_code, page.content.decode().count("level-3")) == (200, 1)


def test_a_person_needs_a_staff_number_and_a_name(sign_in, security_admin, people):
    client = sign_in(security_admin)
    page = client.get(hand_in(client, "people", people.replace("N001,丁一", ",丁一").replace("N001,,", "N002,,")))
    assert (page.status_code, page.content.decode().count("level-3")) == (200, 2)


def test_an_import_goes_back_although_one_of_its_posts_has_gone_already(sign_in, security_admin, people, now):
    client = sign_in(security_admin)
    url = hand_in(client, "people", people)
    client.post(url + "apply/")
    actions.withdraw_post(Assignment.objects.get(user__username="N001", role="worker"), by=security_admin, now=now)
    client.post(url + "undo/")
    assert not Assignment.objects.filter(user__username="N001").exists()


@pytest.mark.parametrize("day", ["2026-02-29", "0001-01-01", "9999-12-31", "tomorrow"])
def test_a_day_that_does_not_exist_or_no_zone_reaches_is_refused(sign_in, security_admin, people, day):
    text = people.replace("2026-01-01", day)
    assert refusals(sign_in(security_admin), "people", text)[0] == f"“{day}”不是2026-01-31这样的日期。"


def refusals(client, kind: str, text: str) -> list[str]:
    page = client.get(hand_in(client, kind, text)).content.decode()
    rows = re.findall(r"<tr>(.*?)</tr>", page, flags=re.DOTALL)
    plain = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows if "level-3" in row]
    return [row.split(" ", 2)[2] for row in plain]


def test_a_number_that_is_anothers_a_wrong_phone_and_a_missing_name_say_so_by_their_column(
    sign_in, security_admin, people, worker
):
    client = sign_in(security_admin)
    wrong = people.replace("N001,丁一", f"{worker.username},丁一").replace("N001,,", "N002,丁二,12345")
    assert refusals(client, "people", wrong) == [
        f"工号：{worker.username}已属于{worker.name}。",
        "手机号：这不是电话号码。",
    ]
    assert refusals(client, "units", UNITS.replace("园林所", "")) == ["名称：请填写单位名称。"]


def test_a_unit_code_in_use_is_not_another_unit(sign_in, security_admin, cast):
    known = cast.units["enforcement"]
    line = f"code,name,kind,area,is_desk,phone\n{known.code},别的单位,institution,990101001,,\n"
    assert refusals(sign_in(security_admin), "units", line) == [f"编码：{known.code}已属于{known.name}。"]
