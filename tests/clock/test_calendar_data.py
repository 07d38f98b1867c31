"""The seeded office calendar against the public arrangement of 2024–2026, day by day."""

import csv
from datetime import date
from pathlib import Path

import pytest

from gridgov.clock import calendars
from gridgov.clock.models import WorkCalendar
from gridgov.clock.seed import OFFICE, OFFICE_HOURS, seed_calendars
from tests.clock.test_worked_cases import local

ARRANGEMENT = Path(__file__).parents[1] / "data" / "calendar" / "cn_workdays_2024_2026.csv"

pytestmark = pytest.mark.django_db


def test_every_day_of_three_years_agrees(now):
    seed_calendars(now=now)
    calendar = calendars.value_of(calendars.current(OFFICE))
    with ARRANGEMENT.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1096
    wrong = [
        r["date"] for r in rows if bool(calendar.segments(date.fromisoformat(r["date"]))) != (r["is_workday"] == "1")
    ]
    assert wrong == []
    hours = tuple((begin, end) for begin, end in OFFICE_HOURS)
    made_up = [date.fromisoformat(r["date"]) for r in rows if r["is_adjusted_workday"] == "1"]
    assert len(made_up) == 19
    assert {calendar.segments(day) for day in made_up} == {hours}


def test_seeding_twice_makes_nothing_new(now):
    assert len(seed_calendars(now=now)) == 2
    assert seed_calendars(now=now) == []
    assert WorkCalendar.objects.count() == 2


@pytest.mark.parametrize(
    ("at", "years"),
    [
        ("2026-09-30 23:59", []),
        ("2026-10-01 00:00", [2027]),
        ("2027-01-01 00:00", [2027]),
        ("2027-11-01 00:00", [2027, 2028]),
    ],
)
def test_a_missing_year_is_named_from_october_on(now, at, years):
    seed_calendars(now=now)
    assert [(c.code, year) for c, year in calendars.missing_years(local(at))] == [(OFFICE, year) for year in years]
