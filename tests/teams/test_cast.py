"""The cast is what every other test trusts, so it is held to its promise of being cheap and of leaking by default."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grids.models import Area
from grids.permissions import Perm
from teams.models import Assignment, Unit
from teams.roles import ROLES, Role
from tests import cast as the_cast


@pytest.mark.django_db
def test_cast_costs_few_statements():
    with CaptureQueriesContext(
        connection,
    ) as queries:
        the_cast.build()
    assert len([q for q in queries if q["sql"].startswith("INSERT")]) == 7


def test_cast_has_a_person_in_every_role(cast):
    assert {post.role for post in cast.posts.values()} == set(Role.values) == set(ROLES)


def test_posts_stand_on_areas_their_role_allows(cast):
    for post in cast.posts.values():
        assert post.area.kind in ROLES[post.role].levels, post
        assert post.unit_id or not ROLES[post.role].needs_unit, post


def test_worker_sees_the_own_grid_and_not_the_next(worker, grid, next_grid):
    assert list(Area.objects.visible_to(worker)) == [grid]
    assert worker.has_perm(Perm.VIEW_AREAS, grid)
    assert not worker.has_perm(Perm.VIEW_AREAS, next_grid)


def test_outsider_sees_nothing(outsider, cast):
    assert not Area.objects.visible_to(outsider).exists()
    assert not Unit.objects.visible_to(outsider).exists()


def test_nearest_desk_is_found(grid, street, district, spring_unit, office_unit):
    assert Unit.objects.desk_of(grid) == spring_unit
    assert Unit.objects.desk_of(street) == office_unit
    assert Unit.objects.desk_of(district) is None


def test_posts_end_before_their_last_day(worker, cast):
    Assignment.objects.filter(user=worker).update(until=date(2024, 6, 1))
    assert Assignment.objects.on(date(2024, 5, 31)).filter(user=worker).exists()
    assert not Assignment.objects.on(date(2024, 6, 1)).filter(user=worker).exists()


def test_roles_with_weight_need_a_second_step_where_the_office_asks_for_it(cast, sign_in, settings):
    settings.REQUIRE_MFA = True
    weighty = {name for name, post in cast.posts.items() if ROLES[post.role].second_factor}
    led = {name for name, user in cast.people.items() if sign_in(user).get("/accounts/devices/").status_code == 302}
    assert led == weighty != set()
    settings.REQUIRE_MFA = False
    assert sign_in(cast.people["office"]).get("/accounts/devices/").status_code == 200


def test_a_program_is_no_way_around_the_second_step(worker, sign_in, settings):
    assert sign_in(worker).get("/api/v1/incidents/").status_code == 200
    settings.REQUIRE_MFA = True
    client = sign_in(worker)
    answer = client.get("/api/v1/incidents/")
    assert (answer.status_code, answer.json()["code"]) == (403, "sign_in")
    fragment = client.get("/people/duty/now/", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment.content) == (204, b"")
