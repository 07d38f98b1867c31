"""Sixteen people on one case at the same moment: each step happens once, nothing of what they said is lost."""

import threading
from typing import Any

from tests.faults.world import World

WRITERS, URGES = 16, 5


def at_once(world: World) -> int:
    """All try to accept it, then each urges five times; raises AssertionError when the case knows it otherwise."""
    from django.core.exceptions import ValidationError
    from django.db import connections

    from gridgov.accounts.models import User
    from gridgov.dbtime import database_now
    from grids.models import Building
    from incidents import actions
    from incidents.models import Category
    from tests import factories

    office = User.objects.get(username="office")
    worker = User.objects.get(username="worker")
    case = factories.make_incident(
        Building.objects.get(name="3号楼"),
        by=worker,
        now=database_now(),
        category=Category.objects.get(name="楼道堆物"),
    )
    gate, accepted = threading.Barrier(WRITERS), []

    def write() -> None:
        try:
            gate.wait()
            try:
                actions.move(case, "accept", by=office, now=database_now())
                accepted.append(1)
            except ValidationError:
                pass  # somebody else was first
            for _ in range(URGES):
                actions.move(case, "urge", by=office, now=database_now())
        finally:
            connections.close_all()

    _together(write)
    told = world.own.query(
        f"SELECT urged, (SELECT count(*) FROM incidents_step s WHERE s.incident_id = i.id AND move = 'accept')"
        f" FROM incidents_incident i WHERE id = '{case.pk}'"
    )
    connections.close_all()
    assert (len(accepted), told) == (1, f"{WRITERS * URGES}|1"), (len(accepted), told)
    return WRITERS * (URGES + 1)


def _together(act: Any) -> None:
    threads = [threading.Thread(target=act) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
