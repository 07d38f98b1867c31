"""A duty roster that several files of tests need."""

from datetime import time

import pytest

from gridgov.clock.seed import seed_calendars
from teams import actions
from tests.teams.october import MONTH


@pytest.fixture
def shifts(street, office, now):
    seed_calendars(now=now)
    day = actions.add_shift(
        street, name="白班", begins=time(8), ends=time(18), phone="027-00000001", by=office, now=now
    )
    night = actions.add_shift(street, name="夜班", begins=time(18), ends=time(8), by=office, now=now)
    return day, night


@pytest.fixture
def planned(cast, shifts, office, now):
    """1 October: 白班 with leader and officer, 夜班 with the office."""
    people = cast.people
    actions.plan_turn(shifts[0], MONTH, leader=people["leader"], officers=[people["officer"]], by=office, now=now)
    actions.plan_turn(shifts[1], MONTH, leader=None, officers=[people["office"]], by=office, now=now)
    return shifts
