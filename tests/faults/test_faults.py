"""The short form of `make faults`: real workers and beat shot, Redis emptied, the database stopped, sixteen writers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from gridgov.local.install import postgres_folders
from gridgov.local.servers import SUPER
from tests.faults.scenarios import SHORT

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 600  # seconds: less than a minute on a quiet machine


@pytest.fixture
def tables(django_db_setup, tmp_path):
    """The empty tables of the tests' own database, as text: the migrations need not run twice."""
    here = settings.DATABASES["default"]
    dump = [
        postgres_folders()[0] / "pg_dump",
        "-h",
        here["HOST"],
        "-U",
        SUPER,
        "-f",
        tmp_path / "tables.sql",
        here["NAME"],
    ]
    env = {**os.environ, "PGPASSWORD": os.environ["GRIDGOV_LOCAL_SUPER_PASSWORD"]}
    subprocess.run(dump, env=env, check=True)
    return tmp_path / "tables.sql"


@pytest.mark.faults
def test_nothing_is_lost_or_doubled_when_everything_is_shot(tables):
    """In a process of its own, which makes and removes its servers; the tests' own are not touched."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("GRIDGOV_", "FAULT_"))}
    env |= {"GRIDGOV_CHROMIUM": os.environ.get("GRIDGOV_CHROMIUM", ""), "FAULT_TABLES": str(tables)}
    argv = [sys.executable, "-m", "tests.faults", "--short"]
    done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line for line in done.stdout.splitlines() if line.startswith(tuple(fault.name for fault in SHORT))]
    assert [line.split()[-6:-3] for line in rows] == [["0", "0", "0"]] * len(SHORT), done.stdout
