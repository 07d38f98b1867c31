"""Exceptional grants: one right in one area for a while; what is refused, and how it ends."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from gridgov.audit.models import AuditEvent
from grids import permissions
from grids.models import AreaUserPermission
from grids.permissions import Perm
from teams import actions


def grant(user, area, by, now, **more):
    facts = {
        "perm": Perm.VIEW_INCIDENTS,
        "reason": "代班一周",
        "until": timezone.localdate(now) + timedelta(days=7),
    } | more
    return actions.grant_exception(user, area=area, by=by, now=now, **facts)


def test_exceptional_grant_opens_one_area_until_it_is_taken_back(worker, next_grid, far_grid, security_admin, now):
    given = grant(worker, next_grid, security_admin, now)
    assert permissions.allows(worker, Perm.VIEW_INCIDENTS, next_grid)
    assert not permissions.allows(worker, Perm.VIEW_INCIDENTS, far_grid)
    actions.revoke_exception(given, by=security_admin, now=now)
    permissions.forget(worker)
    assert not permissions.allows(worker, Perm.VIEW_INCIDENTS, next_grid)
    assert AuditEvent.objects.filter(action__in=["teams.grant_exception", "teams.revoke_exception"]).count() == 2


def test_granting_again_changes_the_end(worker, next_grid, security_admin, now, today):
    grant(worker, next_grid, security_admin, now)
    grant(worker, next_grid, security_admin, now, until=today + timedelta(days=1))
    assert AreaUserPermission.objects.get().until == today + timedelta(days=1)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"perm": Perm.APPOINT}, "perm"),
        ({"perm": "fly"}, "perm"),
        ({"reason": "  "}, "reason"),
        ({"days": 0}, "until"),
        ({"days": 400}, "until"),
    ],
)
def test_exceptional_grant_that_makes_no_sense_names_its_field(
    worker, next_grid, security_admin, now, today, more, field
):
    if "days" in more:
        more = {"until": today + timedelta(days=more["days"])}
    with pytest.raises(ValidationError) as refused:
        grant(worker, next_grid, security_admin, now, **more)
    assert list(refused.value.message_dict) == [field]


def test_administrators_get_no_exceptional_grants(system_admin, security_admin, grid, now):
    with pytest.raises(ValidationError):
        grant(system_admin, grid, security_admin, now)
    with pytest.raises(PermissionDenied):
        grant(security_admin, grid, security_admin, now)
