"""Quiet hours hold back what rings, never an emergency, and go by the recipient's own calendar."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from gridgov.clock.arithmetic import Calendar, always_open
from incidents.limits import QUIET
from incidents.quiet import hold, rings_at
from tests.clock.test_worked_cases import OFFICE

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT_SHIFT = Calendar(weekly=(((0, 360), (1320, 1440)),) * 7)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "rings"),
    [
        ("2026-11-25 10:00", "2026-11-25 10:00"),  # in the middle of the day
        ("2026-11-25 19:59", "2026-11-25 19:59"),
        ("2026-11-25 20:00", "2026-11-26 08:00"),
        ("2026-11-25 07:59", "2026-11-25 08:00"),
        ("2026-11-27 21:00", "2026-11-30 08:00"),  # over the weekend
        ("2026-11-28 10:00", "2026-11-30 08:00"),  # a Saturday
        ("2026-02-13 21:00", "2026-02-14 08:00"),  # the Saturday that makes up
        ("2026-02-14 21:00", "2026-02-24 08:00"),  # the Spring Festival
    ],
)
def test_an_office_is_rung_on_its_working_days(now, rings):
    assert rings_at(OFFICE, QUIET, at(now)) == at(rings)


def test_a_night_shift_is_rung_at_night_and_who_is_always_open_always():
    assert rings_at(NIGHT_SHIFT, QUIET, at("2026-11-25 23:00")) == at("2026-11-25 23:00")
    assert rings_at(NIGHT_SHIFT, QUIET, at("2026-11-25 20:30")) == at("2026-11-25 22:00")
    assert rings_at(always_open(), QUIET, at("2026-11-28 03:00")) == at("2026-11-28 03:00")


def test_emergencies_ring_and_other_messages_wait(cast, calendars, office):
    night = at("2026-11-25 23:00")
    assert hold([office], "incidents.moved", True, night) == {}
    assert hold([office], "incidents.moved", False, night) == {office.pk: at("2026-11-26 08:00")}
