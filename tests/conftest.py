"""A throw-away database made by the owner and used as the app role, and the cast every test speaks of."""

import os
from collections.abc import Iterator

import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test import TransactionTestCase
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from gridgov.settings import database

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


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker) -> Iterator[None]:
    """Create, migrate as owner, hand over to the app role; drop at the end. One database per xdist worker."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = os.environ.get("GRIDGOV_TEST_DATABASE", "test_gridgov") + (f"_{worker}" if worker else "")
    home = database("owner")["NAME"]
    _as_owner(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', home)
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
    _as_owner(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', home)


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
