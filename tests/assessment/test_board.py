"""The board: every number is the length of the list it links to; the wall shows the same without names."""

import re
from datetime import timedelta

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment import actions, metrics
from assessment.models import CountDelta, DayCount
from gridgov.clock.levels import Level
from gridgov.clock.models import WorkCalendar
from gridgov.clock.sweep import sweep
from grids.models import BoundaryVersion
from incidents import actions as incidents
from incidents.models import Incident
from incidents.workflow import Status
from tests import factories


@pytest.fixture
def some(cast, now, worker, neighbour, desk):
    """Four incidents in two grids: one new, one dispatched, one in progress and late, one closed."""
    category = factories.make_category(lead=cast.units["enforcement"])
    here = factories.make_building(cast.areas["grid"], "3号楼")
    there = factories.make_building(cast.areas["next_grid"], "5号楼")
    early = now - timedelta(days=20)
    made = [factories.make_incident(here, by=worker, now=at, category=category) for at in (now, now, early)]
    made.append(factories.make_incident(there, by=neighbour, now=now, category=category))
    incidents.move(made[1], "take_in", by=desk, now=now, unit=cast.units["enforcement"])
    incidents.move(made[3], "self_resolve", by=neighbour, now=now, words="搬走了")
    sweep(now=now)
    return made


def numbers_of(page: str) -> list[tuple[str, int]]:
    found = re.findall(r'class="number[^"]*" href="([^"]+)"><b>(\d+)</b>', page)
    return [(url.replace("&amp;", "&"), int(count)) for url, count in found]


def test_every_number_is_the_length_of_its_list(sign_in, office, some):
    client = sign_in(office)
    found = numbers_of(client.get(reverse("assessment:board")).content.decode())
    assert len(found) == 7
    assert {count for _url, count in found} - {0}
    for url, count in found:
        assert client.get(url).content.decode().count("<tr data-id=") == count, url


def test_every_number_in_the_tables_is_the_length_of_its_list(sign_in, office, some, cast):
    """Also of what has been resolved and lies with another unit, and of what hangs from the street itself."""
    Incident.objects.filter(pk=some[0].pk).update(level=Level.VERY_LATE)
    street = cast.areas["street"]
    Incident.objects.filter(pk=some[2].pk).update(area=street, area_path=street.path)
    Incident.objects.filter(pk=some[1].pk).update(status=Status.RESOLVED)
    client = sign_in(office)
    page = client.get(reverse("assessment:board")).content.decode()
    found = re.findall(r'class="[^"]*counted" href="([^"]+)">(?:<svg.*?</svg>)?(\d+)</a>', page, re.DOTALL)
    assert len(found) >= 6
    for url, count in [*found, *numbers_of(page)]:
        assert client.get(url.replace("&amp;", "&")).content.decode().count("<tr data-id=") == int(count), url


def test_calendars_without_a_year_are_one_line(sign_in, office, some, monkeypatch):
    missing = [(WorkCalendar(code=code, name=name), 2027) for code, name in (("a", "Office"), ("b", "Hotline"))]
    monkeypatch.setattr("gridgov.clock.calendars.missing_years", lambda at: missing)
    page = sign_in(office, lang="en").get("/board/").content.decode()
    assert page.count('class="warning"') == 1
    assert "Office 2027 · Hotline 2027" in page


def test_board_costs_twelve_queries_and_its_queue_fewer(sign_in, office, some):
    client = sign_in(office)
    for name, most in (("assessment:board", 12), ("assessment:board_queue", 8)):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse(name)).status_code == 200
        assert len([q for q in seen.captured_queries if not q["sql"].startswith(("SAVE", "REL"))]) <= most, name


def test_new_report_is_on_the_street_board_at_the_next_look(sign_in, office, worker, some, cast, now):
    client = sign_in(office)
    before = dict(numbers_of(client.get(reverse("assessment:board_queue")).content.decode()))
    factories.make_incident(factories.make_building(cast.areas["grid"], "9号楼"), by=worker, now=now)
    after = dict(numbers_of(client.get(reverse("assessment:board_queue")).content.decode()))
    assert sum(after.values()) > sum(before.values())


def test_last_report_stands_first_among_the_just_reported_however_many_wait_before_it(
    sign_in, office, leader, worker, some, cast, now
):
    """Also for whom nothing waits; words and place, and nothing of another street."""
    building = factories.make_building(cast.areas["grid"], "9号楼")
    category = factories.make_category(lead=cast.units["enforcement"])
    for minute in range(12):
        factories.make_incident(building, by=worker, now=now + timedelta(minutes=minute), category=category)
    last = factories.make_incident(building, by=worker, now=now + timedelta(minutes=30), category=category)
    for person in (office, leader):
        page = sign_in(person).get(reverse("assessment:board_queue")).content.decode()
        newest = page.split('id="needs-me"')[0]
        assert re.findall(r'<tr data-id="([\w-]+)"', newest)[0] == str(last.pk)
        assert "9号楼" in newest


def test_just_reported_holds_what_its_reader_may_read(sign_in, cast, worker, now):
    """Who counts on the board without reading every case finds here only what the list of incidents shows as well."""
    building = factories.make_building(cast.areas["grid"], "9号楼")
    made = factories.make_incident(building, by=worker, now=now, category=factories.make_category())
    Incident.objects.filter(pk=made.pk).update(is_confidential=True)
    for person in (cast.people["section_head"], cast.people["office"]):
        client = sign_in(person)
        listed = str(made.pk) in client.get(reverse("incidents:list"), {"tab": "all"}).content.decode()
        board = str(made.pk) in client.get(reverse("assessment:board_queue")).content.decode()
        assert board == listed, person


def test_map_leads_an_administrator_who_reads_no_incident_nowhere(sign_in, cast, office, some, now):
    polygon = MultiPolygon(Polygon.from_bbox((124.0, 29.4, 124.01, 29.41)), srid=4326)
    BoundaryVersion.objects.create(area=cast.areas["grid"], kind="grid", polygon=polygon, since=now)
    for person, leads in ((office, True), (cast.people["office_admin"], False)):
        found = sign_in(person).get(reverse("assessment:board_map")).json()["features"]
        assert found
        assert all(bool(one["properties"]["url"]) is leads for one in found), person
        assert all(one["properties"]["label"].endswith(f"· {one['properties']['count'] or 0}") for one in found)


def test_another_streets_office_sees_no_report_of_it(sign_in, other_office, some):
    page = sign_in(other_office).get(reverse("assessment:board_queue")).content.decode()
    assert "<tr data-id" not in page
    assert "还没有上报" in page


def test_another_streets_office_counts_nothing_of_it(sign_in, other_office, some):
    assert not any(count for _url, count in numbers_of(sign_in(other_office).get("/board/").content.decode()))


def test_board_offers_no_link_to_cases_its_reader_may_not_open(sign_in, cast, some):
    client = sign_in(cast.people["office_admin"])
    page = client.get(reverse("assessment:board")).content.decode()
    assert 'class="number' in page
    assert "/incidents/" not in re.sub(r"<nav.*?</nav>", "", page, flags=re.DOTALL)


def test_counts_are_folded_once_and_agree_with_the_timelines(some):
    waiting = CountDelta.objects.count()
    assert waiting > 4
    assert actions.fold_counts()
    assert (CountDelta.objects.count(), metrics.drift()) == (0, [])
    total = sum(DayCount.objects.filter(dimension="status").values_list("count", flat=True))
    assert actions.fold_counts()
    assert sum(DayCount.objects.filter(dimension="status").values_list("count", flat=True)) == total


def test_a_changed_day_count_is_found_as_drift(some):
    actions.fold_counts()
    DayCount.objects.filter(dimension="status", key="reported").update(count=99)
    assert metrics.drift()


def test_wall_shows_numbers_without_names_until_it_is_revoked(sign_in, office, worker, some, now, cast):
    client = sign_in(office)
    page = client.post(reverse("assessment:walls"), {"area": cast.areas["street"].pk, "label": "大厅"}).content.decode()
    url = re.search(r"/wall/[\w-]+/", page).group()
    shown = Client().get(url).content.decode()
    assert str(worker) not in shown
    assert some[0].number not in shown
    assert "<b>3</b>" in shown
    link_id = re.search(r"/walls/(\d+)/revoke/", page).group(1)
    client.post(reverse("assessment:revoke_wall", args=[link_id]))
    assert Client().get(url).status_code == 404


@pytest.mark.parametrize(
    ("who", "where"),
    [("office", "/board/"), ("desk", "/board/"), ("worker", "/field/"), ("unit_staff", "/incidents/"),
     ("leader", "/board/"), ("office_admin", "/setup/"), ("audit_admin", "/settings/logs/operations/"),
     ("part_time", "/field/"), ("outsider", "/accounts/")],
)  # fmt: skip
def test_everyone_begins_where_their_work_is(sign_in, cast, who, where):
    assert sign_in(cast.people[who]).get("/").url == where
