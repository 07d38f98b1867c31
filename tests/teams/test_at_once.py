"""Twice at the same moment: who comes second waits, and gets an answer in words instead of a broken page."""

import json
import threading
from dataclasses import replace
from datetime import time

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from gridgov.notices import choice_actions
from gridgov.notices.models import PushDevice
from gridgov.outside.config import Push
from grids import actions as ground
from grids.models import Area
from teams import actions as teams
from teams.models import Shift

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def meanwhile():
    """`ended = meanwhile(act)` begins `act` on another connection; `ended()` waits for what it gave."""
    begun = []

    def begin(act):
        answers: list = []

        def run() -> None:
            try:
                answers.append(act())
            except (ValidationError, DatabaseError) as error:
                answers.append(error)
            finally:
                connection.close()

        other = threading.Thread(target=run)
        begun.append(other)
        other.start()
        other.join(timeout=0.5)  # long enough to end, if nothing made it wait

        def ended():
            other.join(timeout=30)
            return answers[0]

        return ended

    yield begin
    for other in begun:
        other.join(timeout=30)


def test_two_shifts_of_one_name_are_not_made_at_once(cast, now, meanwhile):
    street, office = cast.areas["street"], cast.people["office"]

    def add():
        return teams.add_shift(street, name="白班", begins=time(8), ends=time(18), by=office, now=now)

    with transaction.atomic():
        add()
        ended = meanwhile(add)
    assert isinstance(ended(), ValidationError)
    assert Shift.objects.filter(name="白班").count() == 1


def test_a_shift_is_not_renamed_to_what_is_made_just_now(cast, now, meanwhile):
    street, office = cast.areas["street"], cast.people["office"]
    hours = {"begins": time(8), "ends": time(18), "by": office, "now": now}
    night = teams.add_shift(street, name="夜班", **hours)
    with transaction.atomic():
        teams.add_shift(street, name="白班", **hours)
        ended = meanwhile(lambda: teams.change_shift(night, name="白班", **hours))
    assert isinstance(ended(), ValidationError)


def test_one_browser_switched_on_twice_at_once_is_one(cast, now, settings, meanwhile):
    worker = cast.people["worker"]
    push = Push("k", "mailto:it@example.gov.cn", ("push.example",))
    settings.OUTSIDE = replace(settings.OUTSIDE, push=push)
    told = json.dumps({"endpoint": "https://push.example/1", "keys": {"p256dh": "p", "auth": "a"}})

    def add():
        return choice_actions.add_device(worker, told, device="手机", by=worker, now=now)

    with transaction.atomic():
        add()
        ended = meanwhile(add)
    assert isinstance(ended(), PushDevice)
    assert PushDevice.objects.filter(user=worker).count() == 1


def test_two_moves_lock_areas_in_one_order(cast, now, meanwhile):
    """Whoever moves a younger area under an older one may not hold the younger while waiting for the older."""
    by = cast.people["office_admin"]
    younger = cast.areas["next_grid"]
    older = younger.parent
    assert older.pk < younger.pk
    with transaction.atomic():
        Area.objects.select_for_update().get(pk=older.pk)
        ended = meanwhile(lambda: ground.move_area(younger, older, by=by, now=now))
        assert Area.objects.select_for_update(nowait=True).get(pk=younger.pk) == younger
    assert isinstance(ended(), Area)
