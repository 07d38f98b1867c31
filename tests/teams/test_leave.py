"""Leave: who may enter it, who may stand in, who is told, and that it ends by itself."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from teams import actions
from teams.absence import stand_ins, with_substitutes
from teams.models import Leave


@pytest.fixture
def today(now):
    return timezone.localdate(now)


def enter(user, substitute, today, *, by=None, now, days=3, **more):
    last = today + timedelta(days=days)
    return actions.enter_leave(
        user, substitute=substitute, since_on=today, last_on=last, by=by or user, now=now, **more
    )


def test_who_is_away_is_stood_in_for_until_the_last_day(unit_staff, unit_head, today, now):
    leave = enter(unit_staff, unit_head, today, now=now)
    away = stand_ins([unit_staff.pk], on=today)
    assert with_substitutes([unit_staff], away) == [unit_head, unit_staff]
    assert stand_ins([unit_staff.pk], on=leave.last_on) == {unit_staff.pk: leave}
    assert stand_ins([unit_staff.pk], on=leave.last_on + timedelta(days=1)) == {}


def test_instead_tells_only_the_substitute_but_emergencies_both(unit_staff, unit_head, today, now):
    enter(unit_staff, unit_head, today, now=now, instead=True)
    away = stand_ins([unit_staff.pk, unit_head.pk], on=today)
    assert with_substitutes([unit_staff, unit_head], away) == [unit_head]
    assert with_substitutes([unit_staff], away, both=True) == [unit_head, unit_staff]


@pytest.mark.parametrize("substitute", ["other_unit_staff", "outsider", "part_time"])
def test_a_substitute_needs_the_right_by_a_post_of_their_own(cast, unit_staff, substitute, today, now):
    with pytest.raises(ValidationError) as refused:
        enter(unit_staff, cast.people[substitute], today, now=now)
    assert "substitute" in refused.value.message_dict
    assert not Leave.objects.exists()


def test_leave_is_entered_by_oneself_the_head_or_who_appoints(cast, unit_staff, unit_head, security_admin, today, now):
    for by in ("other_unit_staff", "office", "outsider"):
        with pytest.raises(PermissionDenied):
            enter(unit_staff, unit_head, today, by=cast.people[by], now=now)
    enter(unit_staff, unit_head, today, by=security_admin, now=now)


def test_nobody_stands_in_while_away(unit_staff, unit_head, today, now):
    enter(unit_staff, unit_head, today, now=now)
    with pytest.raises(ValidationError, match=str(unit_staff)):
        enter(unit_head, unit_staff, today, now=now)
    with pytest.raises(ValidationError):
        enter(unit_staff, unit_head, today, now=now)


def test_coming_back_early_ends_it_and_only_once(unit_staff, unit_head, other_unit_staff, today, now):
    leave = enter(unit_staff, unit_head, today, now=now)
    with pytest.raises(PermissionDenied):
        actions.cancel_leave(leave, by=other_unit_staff, now=now)
    actions.cancel_leave(leave, by=unit_staff, now=now)
    assert stand_ins([unit_staff.pk], on=today) == {}
    with pytest.raises(ValidationError):
        actions.cancel_leave(leave, by=unit_staff, now=now)


def test_the_pages_show_it_and_take_it_back(unit_staff, unit_head, today, sign_in):
    client = sign_in(unit_staff)
    url = reverse("teams:enter_leave", args=[unit_staff.public_id])
    typed = {"since_on": today, "last_on": today, "substitute": unit_head.pk, "instead": "too"}
    assert client.post(url, typed).status_code == 302
    assert unit_head.name in client.get(reverse("teams:person", args=[unit_staff.public_id])).content.decode()
    assert "tag-away" in client.get(reverse("teams:book")).content.decode()
    client.post(reverse("teams:cancel_leave", args=[Leave.objects.get().pk]))
    assert "tag-away" not in client.get(reverse("teams:book")).content.decode()
