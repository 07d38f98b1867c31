"""Emergencies go to the people on duty first; the others hear of them when nobody is entered, or nothing helped."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from gridgov.clock.models import Clock
from gridgov.clock.sweep import sweep
from gridgov.notices.models import Notice
from incidents.models import Incident
from teams import actions
from tests import factories


@pytest.fixture
def emergency(cast, worker, now, calendars):
    category = factories.make_category("燃气泄漏", is_emergency=True, handle_seconds=1800)
    return factories.make_incident(factories.make_building(cast.areas["grid"]), by=worker, now=now, category=category)


def told(incident, now) -> set[str]:
    """Who hears of the acceptance stage at `now`."""
    Clock.objects.filter(subject_id=incident.pk, stage="promise").update(next_at=None)
    sweep(now=now)
    rows = Notice.objects.filter(code="incidents.escalated", subject_id=str(incident.pk), created_at=now)
    return set(rows.values_list("user__username", flat=True))


@pytest.fixture
def roster(street, office, officer, leader, now):
    shift = actions.add_shift(street, name="全天", begins=time(0), ends=time(23, 59), by=office, now=now)
    for day in (timezone.localdate(now), timezone.localdate(now) + timedelta(days=1)):
        actions.plan_turn(shift, day, leader=leader, officers=[officer], by=office, now=now)
        actions.publish_month(street, day.replace(day=1), by=office, now=now)


def test_on_duty_first(emergency, roster, now):
    at = now + timedelta(minutes=11)
    assert told(emergency, at) == {"officer"}
    assert told(emergency, at + timedelta(minutes=16)) == {"officer", "leader"}
    assert told(emergency, at + timedelta(minutes=40)) == {"officer", "leader", "office"}


def test_everyone_with_the_role_when_nobody_is_entered(emergency, now):
    assert told(emergency, now + timedelta(minutes=11)) == {"officer", "leader", "office"}


def test_of_two_cases_alike_the_confidential_one_is_told_to_fewer(cast, worker, now, calendars):
    """Worked out once for cases alike, and apart where the secret makes a difference."""
    building = factories.make_building(cast.areas["grid"])
    category = factories.make_category("楼道堆物", lead=cast.units["enforcement"])
    cases = [factories.make_incident(building, by=worker, now=now, category=category) for _ in range(4)]
    Incident.objects.filter(pk=cases[2].pk).update(is_confidential=True)
    Clock.objects.filter(subject_id__in=[case.pk for case in cases], stage="promise").update(next_at=None)
    late = Clock.objects.filter(subject_id=cases[0].pk, stage="accept").get().due_at + timedelta(minutes=1)
    assert sweep(now=late) == 4
    heard = [
        set(Notice.objects.filter(subject_id=str(case.pk)).values_list("user__username", flat=True)) for case in cases
    ]
    assert heard[0] == heard[1] == heard[3]
    assert heard[2] < heard[0]
    assert "desk" in heard[0] - heard[2]
