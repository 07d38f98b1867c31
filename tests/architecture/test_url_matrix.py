"""Every address of the site × every sort of person, against the table in url_matrix.py."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from gridgov.dbtime import database_now
from residents import actions as residents
from tests import factories
from tests.architecture.url_matrix import MATRIX, POST_ONLY, PUBLIC, SIGNED_IN, Line
from tests.cast import ROLE_NAMES, Cast

NOBODY = UUID("00000000-0000-7000-8000-000000000000")
OPEN, REFUSED, TO_SIGN_IN = {200, 204, 301, 302}, {403, 404}, {302, 401, 403}

# What "args" may name: how to find it in the cast. Rooms add their own line here.
ARGS: dict[str, Callable[[Cast, dict[str, Any]], Any]] = {
    "number": lambda cast, made: 999_999,
    "uuid": lambda cast, made: NOBODY,
    "word": lambda cast, made: "none",
    "log": lambda cast, made: "operations",
    "label_group": lambda cast, made: "step",
    "calendar": lambda cast, made: "office",
    "year": lambda cast, made: 2026,
    "date": lambda cast, made: "2026-10-01",
    "ordinary": lambda cast, made: "ordinary",
    "standard": lambda cast, made: "standard",
    "layer": lambda cast, made: "buildings",
    "level": lambda cast, made: "grid",
    "one": lambda cast, made: 1,
    "step": lambda cast, made: "sign",
    "phone": lambda cast, made: "phone",
    "kind": lambda cast, made: "building-list",
    "map_kind": lambda cast, made: "areas",
    "caller_phone": lambda cast, made: "caller_phone",
    "ask": lambda cast, made: "void",
    "move": lambda cast, made: "urge",
    "category": lambda cast, made: made["incident"].category.code,
    "incident": lambda cast, made: made["incident"].pk,
    "street_code": lambda cast, made: cast.areas["street"].code,
    "grid": lambda cast, made: cast.areas["grid"].pk,
    "street": lambda cast, made: cast.areas["street"].pk,
    "worker": lambda cast, made: cast.people["worker"].public_id,
    "worker_post": lambda cast, made: cast.posts["worker"].pk,
    "enforcement_unit": lambda cast, made: cast.units["enforcement"].pk,
    "route": lambda cast, made: made["route"].pk,
    "checkpoint": lambda cast, made: made["route"].checkpoints.first().pk,
    "patrol_plan": lambda cast, made: made["patrol_plan"].pk,
    "building": lambda cast, made: made["building"].pk,
    "place": lambda cast, made: made["place"].pk,
    "asset": lambda cast, made: made["asset"].pk,
    "asset_code": lambda cast, made: made["asset"].code,
    "dwelling": lambda cast, made: made["dwelling"].pk,
    "resident": lambda cast, made: made["resident"].pk,
}


def names(patterns: list[Any], space: str = "") -> Iterator[str]:
    """Every URL name of the resolver, API routes included."""
    for entry in patterns:
        if isinstance(entry, URLPattern):
            yield space + str(entry.name or entry.pattern)
        else:
            yield from names(entry.url_patterns, space + (f"{entry.namespace}:" if entry.namespace else ""))


ALL = sorted(set(names(get_resolver().url_patterns)))


def test_every_address_is_in_the_table():
    missing = [name for name in ALL if name not in MATRIX]
    lines = "\n".join(f'    "{name}": Line(...),' for name in missing)
    assert not missing, f"Addresses without a line in tests/architecture/url_matrix.py; add to your room:\n{lines}"


def test_no_line_speaks_of_an_address_that_is_gone():
    assert sorted(set(MATRIX) - set(ALL)) == []


def wanted(line: Line, who: str) -> set[int]:
    """The answers that are right for this person."""
    if line.rule == PUBLIC:
        return OPEN | {400, 404, 405, 503}
    if line.rule == POST_ONLY:
        return {405}
    if line.rule == SIGNED_IN:
        return OPEN | {404, 405}
    return OPEN if who in line.rule else REFUSED


@pytest.fixture
def made(cast: Cast) -> dict[str, Any]:
    """A resident and an incident of the worker's grid, so that there is something to refuse."""
    worker, now = cast.people["worker"], database_now()
    building = factories.make_building(cast.areas["grid"], "3号楼")
    dwelling = residents.add_dwelling(building, room="501", by=worker, now=now)
    household = residents.add_household(dwelling, by=worker, now=now)
    facts = {"name": "张三", "living": "living", "phone": "19900000077"}
    resident = residents.add_resident(household, **facts, by=worker, now=now)
    incident = factories.make_incident(building, by=worker, now=now)
    route = factories.make_route(cast.areas["grid"], by=cast.people["lead"], now=now)
    plan = factories.make_patrol_plan(route, by=cast.people["lead"], now=now, unit=cast.units["team"])
    shop, lamp = factories.make_place(cast.areas["grid"]), factories.make_asset(cast.areas["grid"])
    more = {"route": route, "patrol_plan": plan, "place": shop, "asset": lamp}
    return more | {"building": building, "dwelling": dwelling, "resident": resident, "incident": incident}


def address(name: str, cast: Cast, made: dict[str, Any]) -> str:
    """The address with its placeholders filled from the cast."""
    line = MATRIX[name]
    return reverse(name, kwargs={key: ARGS[what](cast, made) for key, what in line.args.items()}) + line.query


@pytest.mark.parametrize("who", ROLE_NAMES)
def test_each_role_gets_what_the_table_says(who, cast, made, sign_in):
    client, wrong = sign_in(cast.people[who]), []
    for name in [name for name in ALL if name in MATRIX]:
        status = client.get(address(name, cast, made)).status_code
        if status not in wanted(MATRIX[name], who):
            wrong.append(f"{name}: {status}, not one of {sorted(wanted(MATRIX[name], who))}")
    assert not wrong, f"{who}:\n  " + "\n  ".join(wrong)


def test_nobody_gets_in_without_signing_in(cast, made):
    client, wrong = Client(), []
    for name in [name for name in ALL if name in MATRIX and MATRIX[name].rule != PUBLIC]:
        status = client.get(address(name, cast, made)).status_code
        if status not in TO_SIGN_IN | ({405} if MATRIX[name].rule == POST_ONLY else set()):
            wrong.append(f"{name}: {status}")
    assert not wrong, "\n  ".join(wrong)
