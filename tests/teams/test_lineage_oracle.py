"""Random lineages and posts: who sees the past of what an area came from, by every way to ask the same."""

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridgov.dbtime import database_now
from grids import permissions
from grids.models import Area, AreaLineage, BoundaryPlan
from grids.permissions import Perm
from teams.providers import PAST
from teams.roles import ROLES, Role
from tests import factories
from tests.examples import examples

PERMS = [Perm.VIEW_AREAS, Perm.VIEW_INCIDENTS, Perm.VIEW_RESIDENTS, Perm.REPORT_INCIDENTS, Perm.EDIT_RESIDENTS]
_names = count()


@pytest.mark.django_db
@settings(
    max_examples=examples(40, 1_500),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    retired=st.lists(st.booleans(), min_size=5, max_size=5),
    pairs=st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(lambda p: p[0] != p[1]), max_size=6),
    posts=st.lists(st.tuples(st.sampled_from(sorted(Role.values)), st.integers(0, 4)), max_size=3),
)
def test_the_past_is_seen_by_who_holds_a_post_on_a_successor(retired, pairs, posts):
    now = database_now()
    tops = [factories.make_area("community", None, code=f"l{next(_names)}") for _ in range(5)]  # none above another
    grids = [factories.make_area("grid", top, code=f"l{next(_names)}") for top in tops]
    for area, gone in zip(grids, retired, strict=True):
        area.retired_at = now if gone else None
        area.save()
    user = factories.make_person()
    plan = BoundaryPlan.objects.create(
        parent=tops[0], area_path=tops[0].path, child_kind="grid", name="x", created_at=now, created_by=user,
        saved_at=now, saved_by=user,
    )  # fmt: skip
    AreaLineage.objects.bulk_create(
        [AreaLineage(old=grids[old], new=grids[new], plan=plan, at=now) for old, new in sorted(pairs)]
    )
    for role, where in posts:
        factories.make_post(user, role, grids[where])
    permissions.forget(user)

    def may(perm, nth):
        for role, where in posts:
            reaches = {reach for given, reach in ROLES[role].grants() if given == perm}
            past = retired[nth] and (nth, where) in pairs and perm in PAST and "area" in reaches
            if (where == nth and reaches & {"area", "desk"}) or past:
                return True
        return False

    for perm in PERMS:
        wanted = {grids[nth].pk for nth in range(5) if may(perm, nth)}
        mine = {area.pk for area in grids}
        assert set(Area.objects.visible_to(user, perm).values_list("pk", flat=True)) & mine == wanted
        assert {area.pk for area in grids if permissions.allows(user, perm, area)} == wanted
        assert {area.pk for area in grids if perm in permissions.get_perms(user, area)} == wanted
        assert set(permissions.get_objects_for_user(user, perm).values_list("pk", flat=True)) & mine == wanted
