"""Posts, units and people: who may, what is refused, what is announced and what is kept."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from gridgov.accounts import identity_actions
from gridgov.audit.models import AuditEvent
from gridgov.clock.models import Ladder, WorkCalendar
from grids import permissions
from grids.models import Area
from grids.permissions import Perm
from teams import actions, signals
from teams.models import Assignment, Unit
from teams.roles import ADMINISTRATORS, Role
from tests import factories


@pytest.fixture
def heard():
    """What the signals announced, in order."""
    facts = []

    def ended(sender, post, **kwargs):
        facts.append(("ended", post.user_id))

    def handed(sender, post, successor_post, **kwargs):
        facts.append(("handed_over", successor_post.user_id))

    signals.post_ended.connect(ended)
    signals.post_handed_over.connect(handed)
    yield facts
    signals.post_ended.disconnect(ended)
    signals.post_handed_over.disconnect(handed)


@pytest.fixture
def tomorrow(today):
    return today + timedelta(days=1)


def appoint(user, role, area, unit=None, *, by, now, **more):
    return actions.appoint(
        user, role=role, area=area, unit=unit, since=more.pop("since", timezone.localdate(now)), by=by, now=now, **more
    )


def test_appointed_worker_may_work_at_once(outsider, grid, team_unit, security_admin, now):
    post = appoint(outsider, Role.WORKER, grid, team_unit, by=security_admin, now=now)
    assert post.area_path == grid.path
    assert permissions.allows(outsider, Perm.VIEW_INCIDENTS, grid)
    assert AuditEvent.objects.filter(
        action="teams.appoint", subject_id=str(post.pk), actor_id=security_admin.pk
    ).exists()


@pytest.mark.parametrize(
    "who", ["worker", "lead", "desk", "office", "leader", "system_admin", "office_admin", "outsider"]
)
def test_only_the_security_administrator_appoints(cast, who, now):
    with pytest.raises(PermissionDenied):
        appoint(cast.people["outsider"], Role.LEADER, cast.areas["street"], by=cast.people[who], now=now)


def test_nobody_appoints_themself(security_admin, street, now):
    with pytest.raises(PermissionDenied):
        appoint(security_admin, Role.LEADER, street, by=security_admin, now=now)


@pytest.mark.parametrize(
    ("role", "where", "unit", "field"),
    [
        (Role.WORKER, "street", "office", "area"),
        (Role.OFFICE, "grid", "office", "area"),
        (Role.WORKER, "grid", None, "unit"),
        (Role.WORKER, "grid", "other_office", "unit"),
        ("king", "grid", "team", "role"),
    ],
)
def test_appointment_that_makes_no_sense_names_its_field(cast, role, where, unit, field, now):
    place = cast.units[unit] if unit else None
    with pytest.raises(ValidationError) as refused:
        appoint(cast.people["outsider"], role, cast.areas[where], place, by=cast.people["security_admin"], now=now)
    assert list(refused.value.message_dict) == [field]


@pytest.mark.parametrize("held", ["system_admin", "audit_admin"])
@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.LEADER])
def test_the_three_administrators_hold_nothing_else(cast, held, role, now):
    with pytest.raises(ValidationError):
        appoint(cast.people[held], role, cast.areas["district"], by=cast.people["security_admin"], now=now)


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_who_works_becomes_no_administrator(worker, district, security_admin, role, now):
    with pytest.raises(ValidationError):
        appoint(worker, role, district, by=security_admin, now=now)


def test_the_same_post_is_not_held_twice(worker, grid, team_unit, security_admin, now):
    with pytest.raises(ValidationError):
        appoint(worker, Role.WORKER, grid, team_unit, by=security_admin, now=now)


def test_disabled_person_is_not_appointed(outsider, grid, team_unit, security_admin, now):
    outsider.is_active = False
    outsider.save()
    with pytest.raises(ValidationError):
        appoint(outsider, Role.WORKER, grid, team_unit, by=security_admin, now=now)


def test_post_does_not_end_before_it_begins(outsider, grid, team_unit, security_admin, now, today):
    with pytest.raises(ValidationError):
        appoint(outsider, Role.WORKER, grid, team_unit, until=today, by=security_admin, now=now)


def test_ended_today_is_announced_and_takes_the_right_away(cast, worker, grid, security_admin, heard, now, today):
    actions.end_post(cast.posts["worker"], on=today, by=security_admin, now=now)
    assert heard == [("ended", worker.pk)]
    permissions.forget(worker)
    assert not permissions.allows(worker, Perm.VIEW_AREAS, grid)
    assert actions.announce_ended(now=now) == 0


def test_ended_tomorrow_is_announced_tomorrow_and_once(cast, worker, grid, security_admin, heard, now, tomorrow):
    actions.end_post(cast.posts["worker"], on=tomorrow, by=security_admin, now=now)
    assert heard == []
    assert permissions.allows(worker, Perm.VIEW_AREAS, grid)
    later = now + timedelta(days=1)
    assert [actions.announce_ended(now=later), actions.announce_ended(now=later)] == [1, 0]
    assert heard == [("ended", worker.pk)]


def test_post_cannot_end_on_its_first_day_or_twice(cast, security_admin, now, today):
    with pytest.raises(ValidationError):
        actions.end_post(cast.posts["worker"], on=factories.LONG_AGO, by=security_admin, now=now)
    actions.end_post(cast.posts["worker"], on=today, by=security_admin, now=now)
    with pytest.raises(ValidationError):
        actions.end_post(cast.posts["worker"], on=today, by=security_admin, now=now)


def test_worker_cannot_end_posts(cast, lead, now, today):
    with pytest.raises(PermissionDenied):
        actions.end_post(cast.posts["worker"], on=today, by=lead, now=now)


def test_handed_over_posts_pass_with_the_same_place_and_unit(worker, outsider, security_admin, grid, heard, now, today):
    (new,) = actions.hand_over(worker, outsider, on=today, by=security_admin, now=now)
    assert (new.user, new.role, new.area, new.since) == (outsider, Role.WORKER, grid, today)
    assert new.predecessor.until == today
    assert heard == [("ended", worker.pk), ("handed_over", outsider.pk)]


def test_handed_over_in_future_is_announced_on_the_day(worker, outsider, security_admin, heard, now, tomorrow):
    actions.hand_over(worker, outsider, on=tomorrow, by=security_admin, now=now)
    assert heard == []
    actions.announce_ended(now=now + timedelta(days=1))
    assert heard == [("ended", worker.pk), ("handed_over", outsider.pk)]


def test_nothing_is_handed_over_half(worker, system_admin, security_admin, cast, now, today):
    with pytest.raises(ValidationError):
        actions.hand_over(worker, system_admin, on=today, by=security_admin, now=now)
    cast.posts["worker"].refresh_from_db()
    assert cast.posts["worker"].until is None


def test_who_holds_nothing_has_nothing_to_hand_over(outsider, worker, security_admin, now, today):
    with pytest.raises(ValidationError):
        actions.hand_over(outsider, worker, on=today, by=security_admin, now=now)


def test_mistake_is_withdrawn_the_same_day_only(outsider, grid, team_unit, security_admin, now):
    post = appoint(outsider, Role.WORKER, grid, team_unit, by=security_admin, now=now)
    with pytest.raises(ValidationError):
        actions.withdraw_post(post, by=security_admin, now=now + timedelta(days=1))
    actions.withdraw_post(post, by=security_admin, now=now)
    assert not Assignment.objects.filter(user=outsider).exists()
    assert AuditEvent.objects.filter(action="teams.withdraw_post").count() == 1


def test_mistake_seen_after_midnight_is_withdrawn_while_its_first_day_lasts(
    outsider, grid, team_unit, security_admin, now, sign_in, today, tomorrow
):
    post = appoint(outsider, Role.WORKER, grid, team_unit, since=tomorrow, by=security_admin, now=now)
    assert [post.may_be_withdrawn(today + timedelta(days=n)) for n in (0, 1, 2)] == [True, True, False]
    Assignment.objects.filter(pk=post.pk).update(appointed_at=now - timedelta(days=1), since=today)
    with pytest.raises(ValidationError):  # not yet: it would be as if it had never begun
        actions.end_post(post, on=today, by=security_admin, now=now)
    person, button = reverse("teams:person", args=[outsider.public_id]), reverse("teams:withdraw_post", args=[post.pk])
    assert button in sign_in(security_admin).get(person).content.decode()
    sign_in(security_admin).post(button)
    assert not Assignment.objects.filter(pk=post.pk).exists()


def test_withdrawn_hand_over_gives_the_post_back(worker, outsider, security_admin, cast, now, tomorrow):
    (new,) = actions.hand_over(worker, outsider, on=tomorrow, by=security_admin, now=now)
    actions.withdraw_post(new, by=security_admin, now=now)
    cast.posts["worker"].refresh_from_db()
    assert cast.posts["worker"].until is None


def test_unit_is_founded_with_a_code_of_its_own(street, office_admin, now):
    first, second = (
        actions.create_unit(name=f"{n}科", kind=Unit.Kind.SECTION, area=street, by=office_admin, now=now)
        for n in "一二"
    )
    assert first.code != second.code
    assert first.area_path == street.path


def test_unit_with_a_taken_code_is_refused(street, office_admin, enforcement_unit, now):
    with pytest.raises(ValidationError) as refused:
        actions.create_unit(
            name="新", kind=Unit.Kind.SECTION, area=street, code=enforcement_unit.code, by=office_admin, now=now
        )
    assert "code" in refused.value.message_dict


def test_grid_team_needs_a_grid(street, office_admin, now):
    with pytest.raises(ValidationError):
        actions.create_unit(name="团队", kind=Unit.Kind.GRID_TEAM, area=street, by=office_admin, now=now)


def test_unit_does_not_belong_to_itself(enforcement_unit, office_admin, now):
    with pytest.raises(ValidationError):
        actions.edit_unit(
            enforcement_unit, name="x", phone="", is_desk=False, parent=enforcement_unit, by=office_admin, now=now
        )


def test_unit_with_people_is_not_dissolved(enforcement_unit, office_admin, now):
    with pytest.raises(ValidationError):
        actions.retire_unit(enforcement_unit, by=office_admin, now=now)


def test_dissolved_unit_can_be_reopened(cast, office_admin, now):
    gone = actions.retire_unit(cast.units["fire"], by=office_admin, now=now)
    assert gone.retired_at == now
    assert actions.reopen_unit(gone, by=office_admin, now=now).retired_at is None


def test_worker_founds_no_unit(worker, grid, now):
    with pytest.raises(PermissionDenied):
        actions.create_unit(name="x", kind=Unit.Kind.GRID_TEAM, area=grid, by=worker, now=now)


def test_new_person_needs_the_right_and_cannot_sign_in_yet(security_admin, office_admin, now):
    made = actions.create_person(username="N7", name="新来", phone="19900007777", by=security_admin, now=now)
    assert not made.has_usable_password()
    with pytest.raises(PermissionDenied):
        actions.create_person(username="N8", name="新来", by=office_admin, now=now)


def test_reset_needs_the_right_where_the_person_works(worker, security_admin, cast, now):
    assert actions.reset_password(worker, by=security_admin, now=now).token
    local = factories.make_person("他街安全")
    factories.make_post(local, Role.SECURITY_ADMIN, cast.areas["other_street"])
    with pytest.raises(PermissionDenied):
        actions.reset_password(worker, by=local, now=now)
    with pytest.raises(PermissionDenied):
        actions.reset_password(security_admin, by=security_admin, now=now)


def test_disabled_person_loses_everything_and_gets_it_back(worker, security_admin, grid, now):
    gone = actions.disable_person(worker, by=security_admin, now=now)
    assert not permissions.allows(gone, Perm.VIEW_AREAS, grid)
    assert permissions.allows(actions.enable_person(gone, by=security_admin, now=now), Perm.VIEW_AREAS, grid)


def test_the_security_administrator_takes_a_lost_platform_account_away(
    worker, office, security_admin, cast, sign_in, now
):
    identity_actions.link(worker, "wecom", "wang", by=worker, now=now)
    page = reverse("teams:person", args=[worker.public_id])
    url = reverse("teams:unlink_account", args=[worker.public_id, "wecom"])
    assert url not in sign_in(office).get(page).content.decode()
    assert sign_in(office).post(url).status_code == 403
    local = factories.make_person("他街安全")
    factories.make_post(local, Role.SECURITY_ADMIN, cast.areas["other_street"])
    with pytest.raises(PermissionDenied):
        actions.unlink_account(worker, "wecom", by=local, now=now)
    assert worker.identities.exists()
    client = sign_in(security_admin)
    assert url in client.get(page).content.decode()
    assert client.post(url).status_code == 302
    assert not worker.identities.exists()
    done = AuditEvent.objects.filter(action="accounts.unlink", actor_id=security_admin.pk)
    assert [event.data["platform"] for event in done] == ["wecom"]
    assert not actions.unlink_account(worker, "wecom", by=security_admin, now=now)


@pytest.mark.django_db
def test_first_administrator_brings_the_district_along():
    out = StringIO()
    first = ["create_admin", "--role", "security_admin", "--username", "A1", "--name", "安全"]
    with pytest.raises(CommandError):
        call_command(*first)
    call_command(*first, "--area", "990101", "--area-name", "演示区", stdout=out)
    assert "/accounts/set/" in out.getvalue()
    assert Area.objects.get().kind == Area.Kind.DISTRICT
    call_command("create_admin", "--role", "system_admin", "--username", "A2", "--name", "系统", stdout=out)
    with pytest.raises(CommandError):  # one person is not two of the three
        call_command("create_admin", "--role", "audit_admin", "--username", "A2", "--name", "系统", stdout=out)
    assert set(Assignment.objects.values_list("role", flat=True)) == {"security_admin", "system_admin"}
    assert set(ADMINISTRATORS) >= {"security_admin", "system_admin"}


def test_no_post_is_held_before_its_day(outsider, grid, team_unit, security_admin, now, tomorrow):
    appoint(outsider, Role.WORKER, grid, team_unit, since=tomorrow, by=security_admin, now=now)
    assert not permissions.allows(outsider, Perm.VIEW_AREAS, grid)
    assert Assignment.objects.on(tomorrow).filter(user=outsider).exists()
    assert not Assignment.objects.on(date(2023, 1, 1)).exists()


def test_the_first_administrator_brings_calendars_and_ladders_along(db, now):
    """Without them the first report of a new installation would fail."""
    assert not WorkCalendar.objects.exists()
    for username in ("A1", "A2"):
        actions.install_administrator(
            role=Role.OFFICE_ADMIN,
            username=username,
            name="王芳",
            district_code="420106",
            district_name="武昌区",
            now=now,
        )
    assert WorkCalendar.objects.filter(is_default=True).count() == 1
    assert WorkCalendar.objects.filter(is_always=True).count() == 1
    assert set(Ladder.objects.values_list("code", flat=True)) == {"standard", "emergency"}


def test_a_post_with_an_end_keeps_it_when_it_is_handed_over_and_given_back(
    outsider, worker, security_admin, grid, now, today, tomorrow
):
    post = Assignment.objects.get(user=worker)
    Assignment.objects.filter(pk=post.pk).update(until=today + timedelta(days=30))
    (new,) = actions.hand_over(worker, outsider, on=tomorrow, by=security_admin, now=now)
    assert new.until == today + timedelta(days=30)
    actions.withdraw_post(new, by=security_admin, now=now)
    post.refresh_from_db()
    assert post.until == today + timedelta(days=30)


def test_a_link_is_not_for_who_will_hold_a_post_elsewhere(
    outsider, security_admin, street, other_street, cast, now, tomorrow
):
    here = factories.make_person("只管这里")
    factories.make_post(here, Role.SECURITY_ADMIN, street)
    factories.make_post(outsider, Role.LEADER, other_street, since=tomorrow)
    with pytest.raises(PermissionDenied):
        actions.reset_password(outsider, by=here, now=now)


def test_a_unit_of_an_area_that_has_gone_does_not_stand_again(cast, office_admin, now):
    unit = cast.units["property"]
    actions.retire_unit(unit, by=office_admin, now=now)
    Area.objects.filter(pk=unit.area_id).update(retired_at=now)
    with pytest.raises(ValidationError):
        actions.reopen_unit(unit, by=office_admin, now=now)
