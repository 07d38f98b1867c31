"""A throw-away database made by the owner and used as the app role, and the cast every test speaks of."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime

import hypothesis
import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client, TransactionTestCase
from django.utils import timezone, translation
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from gridgov.accounts.models import User
from gridgov.dbtime import database_now
from gridgov.labels import words
from gridgov.settings import database
from grids.models import Area
from tests.cast import AREA_NAMES, ROLE_NAMES, UNIT_NAMES, Cast, build

hypothesis.settings.register_profile("steady", deadline=None)  # a busy machine is no wrong answer
hypothesis.settings.load_profile("steady")
words.LOOK_AGAIN = float("inf")  # a look every half minute would make the number of queries a matter of the hour
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # sync Playwright keeps a loop running here


def _owner_connection(name: str):
    owner = database("owner")
    link = psycopg2.connect(
        dbname=name,
        user=owner["USER"],
        password=owner["PASSWORD"],
        host=owner["HOST"],
        port=owner["PORT"] or None,
    )
    link.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    return link


def _as_owner(sql: str, name: str) -> None:
    link = _owner_connection(name)
    try:
        with link.cursor() as cursor:
            cursor.execute(sql)
    finally:
        link.close()


def _drop(name: str, home: str) -> None:
    """A connection that was just closed takes the server a moment, and the owner may not end one of another role."""
    for patience in range(100, -1, -1):
        try:
            _as_owner(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', home)
            return
        except psycopg2.errors.InsufficientPrivilege:
            if not patience:
                raise
            time.sleep(0.1)


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker) -> Iterator[None]:
    """Create, migrate as owner, hand over to the app role; drop at the end. One database per xdist worker."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = os.environ.get("GRIDGOV_TEST_DATABASE", "test_gridgov") + (f"_{worker}" if worker else "")
    home = database("owner")["NAME"]
    _drop(name, home)
    _as_owner(f'CREATE DATABASE "{name}"', home)
    app = connections["default"].settings_dict.copy()
    owner = database("owner")
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict.update(NAME=name, USER=owner["USER"], PASSWORD=owner["PASSWORD"], CONN_MAX_AGE=0)
        call_command("migrate", verbosity=0, interactive=False)
        connection.close()
        connection.settings_dict.update(USER=app["USER"], PASSWORD=app["PASSWORD"])
        settings.DATABASES["default"]["NAME"] = name
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    _drop(name, home)


def _truncate_as_owner(case: TransactionTestCase) -> None:
    """Empty what a transactional test left: the app role may not, and migrations' reference rows stay."""
    kept = {"django_migrations", "django_content_type", "auth_permission", "spatial_ref_sys"}
    tables = [t for t in connection.introspection.table_names() if t not in kept]
    connection.close()
    _as_owner("TRUNCATE " + ", ".join(f'"{t}"' for t in tables) + " CASCADE", connection.settings_dict["NAME"])


@pytest.fixture(autouse=True, scope="session")
def _transactional_tests_clean_up_as_owner() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", _truncate_as_owner)
    yield
    patch.undo()


@pytest.fixture
def swept(django_db_setup: None) -> None:
    """Before a part of a very long test: the rows that the part before rolled back are cleared away."""
    _as_owner("VACUUM", settings.DATABASES["default"]["NAME"])


@pytest.fixture(autouse=True)
def _language_of_the_office() -> Iterator[None]:
    """Each test begins in the office's language, whatever the last page of the one before was shown in."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


# ── The cast (tests/cast.py): ask for `worker`, `grid` or `unit`, or for `cast` to reach everyone ───────────────


@pytest.fixture
def cast(db: None) -> Cast:
    """Everyone and everything: `cast.people["worker"]`, `cast.areas["grid"]`, `cast.units["enforcement"]`."""
    return build()


def _member(kind: str, key: str):
    @pytest.fixture(name=key if kind != "units" else f"{key}_unit")
    def member(cast: Cast):
        return getattr(cast, kind)[key]

    return member


for _key in ROLE_NAMES:  # worker, lead, neighbour, office, desk, unit_staff, leader, officer, …, outsider
    globals()[f"_person_{_key}"] = _member("people", _key)
for _key in AREA_NAMES:  # district, street, spring, autumn, grid, next_grid, far_grid, other_street, …
    globals()[f"_area_{_key}"] = _member("areas", _key)
for _key in UNIT_NAMES:  # office_unit, spring_unit, enforcement_unit, sanitation_unit, team_unit, …
    globals()[f"_unit_{_key}"] = _member("units", _key)


@pytest.fixture
def communities(cast: Cast) -> list[Area]:
    """春风 and 秋实."""
    return [cast.areas["spring"], cast.areas["autumn"]]


@pytest.fixture
def all_grids(cast: Cast) -> list[Area]:
    """The nine grids of 和平街道, in the order of their codes."""
    return cast.grids


@pytest.fixture
def sign_in() -> Callable[..., Client]:
    """`sign_in(worker)` → a client with that person's session; `sign_in(worker, lang="en")` asks for English pages."""

    def open_session(user: User, lang: str = "") -> Client:
        client = Client(headers={"accept-language": lang} if lang else None)
        client.force_login(user, backend="gridgov.accounts.backends.StaffBackend")
        session = client.session  # as if the password had just been typed: delicate pages ask for it again otherwise
        session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
        session.save()
        return client

    return open_session


@pytest.fixture
def now(db: None) -> datetime:
    """The instant at which a test acts, as the database says it."""
    return database_now()


@pytest.fixture
def today(now: datetime) -> date:
    """The office's day at that instant. Never a constant: midnight passes while the tests run."""
    return timezone.localdate(now)
