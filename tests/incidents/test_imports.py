"""Real tickets of another system: routed like any report, at their own times, each once, refused with a reason."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.core.management import CommandError, call_command

from gridgov.notices.models import Notice
from grids.models import Area, BoundaryVersion
from incidents.actions.imports import import_tickets
from incidents.catalogue import load_catalogue
from incidents.models import Custody, ExternalId, Incident
from incidents.tickets import Ticket, Unreadable, read_map, read_tickets

NYC = Path(__file__).parents[1] / "data" / "nyc311"
MAP = """
source = "city"
home = "990101001"
[columns]
id = "no"
time = "at"
closed = "done"
category = "what"
lon = "lon"
lat = "lat"
text = ["what", "words"]
expected = "grid"
[categories]
default = "0302"
fire = "0701"
"""
HEAD = "no,at,done,what,lon,lat,words,grid"


@pytest.fixture
def street(cast, now, calendars):
    """和平街道 with two grids drawn side by side and the default catalogue."""
    load_catalogue(by=cast.people["office_admin"], now=now, units={"property": cast.units["property"]})
    for name, west in (("grid", 100.0), ("next_grid", 100.01)):
        square = MultiPolygon(Polygon.from_bbox((west, 10.0, west + 0.01, 10.01)), srid=4326)
        since = datetime(2010, 1, 1, tzinfo=UTC)
        BoundaryVersion.objects.create(area=cast.areas[name], kind="grid", polygon=square, since=since)
    return cast.areas["street"]


@pytest.fixture
def take(tmp_path, street, worker):
    """`take("1,2026-01-05T09:00,…", …)` imports these lines and answers what was printed."""

    def run(*lines, told=MAP, name="t.csv", **options):
        (tmp_path / "map.toml").write_text(told)
        file = tmp_path / name
        file.write_text("\n".join([HEAD, *lines]) if name.endswith("csv") else lines[0])
        out = io.StringIO()
        call_command("import_incidents", str(file), map=tmp_path / "map.toml", stdout=out, **options)
        return out.getvalue()

    return run


def test_ticket_is_routed_and_ends_when_it_ended(take, cast):
    printed = take("1,2026-01-05T09:00,2026-01-05T15:30,hall,100.005,10.005,boxes,春风第一网格")
    [incident] = Incident.objects.all()
    assert incident.area == cast.areas["grid"]
    assert (incident.status, incident.channel, incident.description) == ("closed", "import", "hall · boxes")
    assert incident.ended_at - incident.reported_at == timedelta(hours=6, minutes=30)
    assert incident.handling_unit == cast.units["property"]
    assert Custody.objects.filter(incident=incident, until=None).count() == 1
    assert ExternalId.objects.get().incident_id == incident.pk
    assert not Notice.objects.exists()
    assert "100.00%" in printed


def test_running_twice_adds_nothing(take):
    line = "1,2026-01-05T09:00,,hall,100.005,10.005,boxes,"
    take(line)
    assert "1  were there already" in take(line, line.replace("1,", "2,", 1))
    assert Incident.objects.count() == 2


def test_dry_run_says_it_and_leaves_nothing(take):
    assert "1  incidents added" in take("1,2026-01-05T09:00,,hall,100.005,10.005,,", dry_run=True)
    assert not Incident.objects.exists()
    assert not ExternalId.objects.exists()


def test_outside_and_without_coordinates_wait_for_triage(take, street):
    take(
        "1,2026-01-05T09:00,,hall,10,10,sea,", "2,2026-01-05T09:00,,hall,,,nowhere,", "3,2026-01-05T09:00,,hall,0,0,x,"
    )
    assert set(Incident.objects.values_list("area", "needs_triage", "status")) == {(street.pk, True, "reported")}
    assert Incident.objects.count() == 3


def test_closed_before_it_was_created_is_kept_and_said(take):
    printed = take("1,2026-01-05T09:00,2026-01-04T09:00,hall,100.005,10.005,,")
    assert "closed before it was created, ends when it was created: 1" in printed
    incident = Incident.objects.get()
    assert incident.ended_at == incident.reported_at


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",2026-01-05T09:00,,hall,1,1,x,", "number of its own"),
        ("1,,,hall,1,1,x,", "when it was reported"),
        ("1,1999-01-05T09:00,,hall,1,1,x,", "before 2011"),
        ("1,soon,,hall,1,1,x,", "is not a time"),
        ("1,2099-01-05T09:00,,hall,1,1,x,", "future"),
        ("1,2026-01-05T09:00,,hall,east,1,x,", "not numbers"),
        ("1,2026-01-05T09:00,,hall,200,1,x,", "do not fit"),
        ("1,2026-01-05T09:00,,hall,nan,1,x,", "do not fit"),
        (f"1,2026-01-05T09:00,,hall,1,1,{'x' * 2001},", "characters"),
    ],
)
def test_refused_with_the_reason(take, settings, line, reason):
    from django.utils import translation

    with translation.override("en"):
        printed = take(line)
    assert reason in printed.partition("refused: ")[2]
    assert not Incident.objects.exists()


def test_category_must_be_known(take):
    assert "refused" in take("1,2026-01-05T09:00,,hall,1,1,x,", told=MAP.replace('default = "0302"', ""))
    assert "9999" in take("1,2026-01-05T09:00,,hall,1,1,x,", told=MAP.replace('"0302"', '"9999"'))


def test_geojson_in_another_system(take, cast):
    from django.contrib.gis.geos import Point

    place = Point(100.005, 10.005, srid=4326)
    place.transform(3857)
    told = MAP.replace('lon = "lon"\nlat = "lat"\n', "") + '[read]\ncrs = "EPSG:3857"\n'
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [place.x, place.y]},
        "properties": {"no": 7, "at": "2026-01-05T09:00:00Z", "what": "hall"},
    }
    take(json.dumps({"type": "FeatureCollection", "features": [feature]}), told=told, name="t.geojson")
    assert Incident.objects.get().area == cast.areas["grid"]


@pytest.mark.parametrize(
    "told",
    [
        "source =",
        'source = "x"',
        MAP.replace('id = "no"', 'moon = "no"'),
        MAP.replace('time = "at"', 'time = "nothing"'),
        MAP + '[read]\nzone = "Nowhere"\n',
        MAP + '[read]\ncrs = "EPSG:1"\n',
        MAP.replace("990101001", "1"),
    ],
)
def test_a_map_that_makes_no_sense_is_refused(take, told):
    with pytest.raises(CommandError):
        take("1,2026-01-05T09:00,,hall,1,1,x,", told=told)


def test_a_person_without_the_right_cannot_report(take, unit_staff):
    with pytest.raises(CommandError):
        take("1,2026-01-05T09:00,,hall,1,1,x,", by="unit_staff")


def test_new_yorks_tickets_are_understood():
    told = read_map(NYC / "map.toml")
    found = list(read_tickets(NYC / "nyc311_sample_1000.csv", told))
    tickets = [one for one in found if isinstance(one, Ticket)]
    assert (len(found), len(tickets)) == (1000, 1000)
    assert not any(isinstance(one, Unreadable) for one in found)
    assert sum(ticket.point is None for ticket in tickets) == 107
    assert sum(ticket.closed_at is not None and ticket.closed_at < ticket.reported_at for ticket in tickets) == 10


def test_some_of_new_yorks_tickets_come_in(street, cast, now):
    told = read_map(NYC / "map.toml")
    tickets = list(read_tickets(NYC / "nyc311_sample_1000.csv", told))[:25]
    tally = import_tickets(tickets, source=told.source, home=street, by=cast.people["worker"], now=now)
    assert tally.added == 25
    assert tally.refused == tally.kept_open == []
    assert Incident.objects.filter(status="closed").count() == tally.closed
    assert Area.objects.get(pk=street.pk).incidents.count() == 25


def test_the_map_names_only_what_the_file_and_the_catalogue_have(street):
    from incidents.models import Category

    told = read_map(NYC / "map.toml")
    with (NYC / "nyc311_sample_1000.csv").open() as file:
        words = {row["Complaint Type"] for row in csv.DictReader(file)}
    assert set(told.categories) - {"default"} <= words
    assert set(told.categories.values()) <= set(Category.objects.offered().values_list("code", flat=True))
