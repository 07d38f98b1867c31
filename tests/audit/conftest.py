"""A trail of a few sealed rows, and the owner's hands to spoil it."""

import psycopg2
import pytest
from django.db import connection

from gridgov.audit import actions as audit
from gridgov.audit import sealing
from gridgov.settings import database


@pytest.fixture(autouse=True)
def head(settings, tmp_path):
    settings.AUDIT_HEAD = tmp_path / "head"
    return settings.AUDIT_HEAD


@pytest.fixture
def trail(transactional_db):
    """Six rows, sealed and with the head written."""
    rows = [audit.record("x.step", None, by=None, number=number, share=number / 2) for number in range(6)]
    assert sealing.seal() == 6
    return rows


@pytest.fixture
def as_owner(transactional_db):
    """Run SQL behind the program's back."""
    owner = database("owner")
    link = psycopg2.connect(
        dbname=connection.settings_dict["NAME"],
        user=owner["USER"],
        password=owner["PASSWORD"],
        host=owner["HOST"],
        port=owner["PORT"] or None,
    )
    link.autocommit = True

    def run(sql, *values):
        with link.cursor() as cursor:
            cursor.execute(sql, values)

    yield run
    link.close()
