"""Random trees, posts, reaches, exceptional grants and confidential flags: every way to ask must answer the same.

The oracle below states the rule in the plainest Python, walking parents one by one. List filter, object check,
guardian's questions and row security are held against it.
"""

from datetime import date, timedelta
from itertools import count

import pytest
from django.apps.registry import Apps
from django.contrib.auth.models import Permission
from django.db import connection, models, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridgov.accounts.models import User
from gridgov.dbtime import database_now
from grids import permissions
from grids.models import Area, AreaUserPermission
from grids.permissions import Perm, Reach, ReachFields
from residents.models import Dwelling, Household
from residents.protection import protected, protected_paths
from teams.models import Unit
from teams.roles import ROLES, Role
from tests import factories

KINDS = [Area.Kind.DISTRICT, Area.Kind.STREET, Area.Kind.COMMUNITY, Area.Kind.GRID]
PERMS = [Perm.VIEW_INCIDENTS, Perm.HANDLE_INCIDENTS, Perm.VIEW_RESIDENTS, Perm.VIEW_AREAS, Perm.REPORT_INCIDENTS]
_names = count()


class Case(models.Model):
    """Stands for every record that has units, owners and a confidential flag; a temporary table of the test."""

    reach_fields = ReachFields(units=("unit_id", "helper_id"), owners=("owner_id",), confidential="confidential")

    area_path = models.CharField(max_length=120, db_collation="C")
    unit_id = models.IntegerField(null=True)
    helper_id = models.IntegerField(null=True)
    owner_id = models.IntegerField(null=True)
    confidential = models.BooleanField()

    class Meta:
        apps = Apps()
        app_label = "teams"
        db_table = "oracle_case"

    def __str__(self):
        return self.area_path


TABLE = """CREATE TEMP TABLE IF NOT EXISTS oracle_case (id bigserial PRIMARY KEY, area_path varchar(120) COLLATE "C",
    unit_id int, helper_id int, owner_id int, confidential bool) ON COMMIT DROP"""

worlds = st.fixed_dictionaries(
    {
        "parents": st.lists(st.integers(0, 30), min_size=1, max_size=9),
        "posts": st.lists(
            st.tuples(
                st.sampled_from(sorted(Role.values)),
                st.integers(0, 30),  # area
                st.integers(0, 2),  # unit; 2 is none
                st.integers(-3, 3),  # since, days from today
                st.sampled_from([None, -1, 0, 1]),  # until, days from today
            ),
            max_size=4,
        ),
        "grants": st.lists(
            st.tuples(st.sampled_from(PERMS), st.integers(0, 30), st.integers(-1, 1)),
            max_size=3,
            unique_by=lambda grant: grant[:2],
        ),
        "cases": st.lists(
            st.tuples(st.integers(0, 30), st.integers(0, 2), st.integers(0, 2), st.booleans(), st.booleans()),
            min_size=1,
            max_size=8,
        ),
    }
)


def _tree(parents: list[int]) -> list[Area]:
    """Each number names the parent of the next area among those already there."""
    areas: list[Area] = []
    for number in parents:
        parent = areas[number % len(areas)] if areas else None
        level = min(len(parent.path) // 6, 3) if parent else 0
        areas.append(factories.make_area(KINDS[level] if level < 3 else "grid", parent, code=f"o{next(_names)}"))
    return areas


def _is_below(area: Area, top: Area) -> bool:
    node: Area | None = area
    while node is not None:
        if node.pk == top.pk:
            return True
        node = node.parent
    return False


class World:
    """One drawn example in the database, and the oracle over the same facts."""

    def __init__(self, drawn):
        self.today = timezone.localdate()
        self.areas = _tree(drawn["parents"])
        self.units = [factories.make_unit(self.areas[0]) for _ in range(2)]
        self.user = factories.make_person(username=f"oracle{next(_names)}")
        self.facts: list[tuple[str, Reach, Area, int | None]] = []
        for role, where, unit, since, until in drawn["posts"]:
            self._post(role, self._area(where), self._unit(unit), since, until)
        seen = set()
        for perm, where, until in drawn["grants"]:
            area = self._area(where)
            if (perm, area.pk) not in seen:
                seen.add((perm, area.pk))
                self._grant(perm, area, until)
        self.cases = [
            Case.objects.create(
                area_path=self._area(where).path,
                unit_id=self._unit(unit) and self._unit(unit).pk,
                helper_id=self._unit(helper) and self._unit(helper).pk,
                owner_id=self.user.pk if own else None,
                confidential=confidential,
            )
            for where, unit, helper, own, confidential in drawn["cases"]
        ]

    def _area(self, number: int) -> Area:
        return self.areas[number % len(self.areas)]

    def _unit(self, number: int) -> Unit | None:
        return self.units[number] if number < 2 else None

    def _post(self, role, area, unit, since, until):
        first, last = self.today + timedelta(days=since), None if until is None else self.today + timedelta(days=until)
        if last is not None and last <= first:
            first = last - timedelta(days=1)
        factories.make_post(self.user, role, area, unit, since=first, until=last)
        if first <= self.today and (last is None or last > self.today):
            for perm, reach in ROLES[role].grants():
                self.facts.append((perm, reach, area, unit and unit.pk))

    def _grant(self, perm, area, until):
        day = self.today + timedelta(days=until)
        AreaUserPermission.objects.create(
            user=self.user,
            permission=Permission.objects.get(codename=perm, content_type__app_label="grids"),
            content_object=area,
            reason="oracle",
            until=day,
            granted_by=self.user,
            granted_at=database_now(),
        )
        if day > self.today:
            self.facts.append((perm, Reach.AREA, area, None))

    def area_of(self, path: str) -> Area:
        return next(area for area in self.areas if area.path == path)

    def may(self, perm: str, thing) -> bool:
        """The rule, said plainly."""
        area = thing if isinstance(thing, Area) else self.area_of(thing.area_path)
        is_case = isinstance(thing, Case)
        by_place = by_desk = by_unit = by_own = False
        for held, reach, top, unit_id in self.facts:
            if held != perm:
                continue
            if reach in (Reach.AREA, Reach.DESK) and _is_below(area, top):
                by_place = True
                by_desk = by_desk or reach == Reach.DESK
            if reach == Reach.UNIT and is_case and unit_id is not None:
                by_unit = by_unit or unit_id in (thing.unit_id, thing.helper_id)
            if reach == Reach.OWN and is_case:
                by_own = by_own or thing.owner_id == self.user.pk
        if by_own or by_unit:
            return True
        return by_desk if is_case and thing.confidential else by_place


def _check_areas(world: World, user: User, perm: str) -> None:
    right = {area.pk for area in world.areas if world.may(perm, area)}
    mine = Area.objects.filter(pk__in=[area.pk for area in world.areas])
    assert {a.pk for a in mine.visible_to(user, perm)} == right
    assert {a.pk for a in permissions.get_objects_for_user(user, f"grids.{perm}", mine)} == right
    for area in world.areas:
        assert permissions.allows(user, perm, area) == (area.pk in right)
        assert user.has_perm(f"grids.{perm}", area) == (area.pk in right)
        assert (perm in permissions.get_perms(user, area)) == (area.pk in right)


def _check_cases(world: World, user: User, perm: str) -> None:
    right = {case.pk for case in world.cases if world.may(perm, case)}
    mine = Case.objects.filter(pk__in=[case.pk for case in world.cases])
    assert {c.pk for c in mine.filter(permissions.readable(user, perm, Case.reach_fields))} == right
    assert {c.pk for c in permissions.get_objects_for_user(user, perm, mine)} == right
    for case in world.cases:
        assert permissions.allows(user, perm, case) == (case.pk in right)
        assert user.has_perm(perm, case) == (case.pk in right)


def _check_row_security(world: World, user: User) -> None:
    households = []
    with protected_paths(["0"]):  # every path begins with it: the world is built, not read
        for area in world.areas:
            building = factories.make_building(area)
            dwelling = Dwelling.objects.create(building=building, area=area, area_path=area.path, room="1")
            households.append(Household.objects.create(dwelling=dwelling, area=area, area_path=area.path))
    mine = Household.objects.filter(pk__in=[household.pk for household in households])
    right = {h.pk for h in households if world.may(Perm.VIEW_RESIDENTS, h.area)}
    assert not mine.exists()  # without a setting there are no rows
    with protected(user):
        assert {h.pk for h in mine.all()} == right  # no visible_to: the database decides
        assert {h.pk for h in mine.visible_to(user)} == right
    assert not mine.exists()


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=worlds)
def test_every_way_to_ask_agrees(drawn):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(TABLE)
        world = World(drawn)
        user = User.objects.get(pk=world.user.pk)
        for perm in PERMS:
            _check_areas(world, user, perm)
            _check_cases(world, user, perm)
        _check_row_security(world, user)
        transaction.set_rollback(True)


def test_nothing_is_left_for_someone_who_is_not_active(worker, grid):
    worker.is_active = False
    assert permissions.get_perms(worker, grid) == []
    assert not permissions.get_objects_for_user(worker, Perm.VIEW_AREAS).exists()


def test_guardians_answer_without_an_object_is_whether_any_post_gives_it(worker, security_admin):
    assert worker.has_perm("grids.view_residents")
    assert not security_admin.has_perm("grids.view_residents")


def test_get_objects_for_user_defaults_to_areas(desk, spring, all_grids):
    assert set(permissions.get_objects_for_user(desk, "grids.view_areas")) == {spring, *all_grids[:6]}


def test_scope_is_one_statement(worker, django_assert_num_queries):
    permissions.forget(worker)
    with django_assert_num_queries(1):
        assert permissions.scope(worker).holds(Perm.VIEW_AREAS)


def test_an_exceptional_grant_ends_on_its_day(worker, security_admin, next_grid, now, today):
    permission = Permission.objects.get(codename=Perm.VIEW_AREAS, content_type__app_label="grids")
    grant = AreaUserPermission.objects.create(
        user=worker,
        permission=permission,
        content_object=next_grid,
        reason="代班",
        until=today + timedelta(days=1),
        granted_by=security_admin,
        granted_at=now,
    )
    assert permissions.allows(worker, Perm.VIEW_AREAS, next_grid)
    grant.until = date(2024, 1, 1)
    grant.save()
    permissions.forget(worker)
    assert not permissions.allows(worker, Perm.VIEW_AREAS, next_grid)
