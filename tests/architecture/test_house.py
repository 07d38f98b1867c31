"""The house rules that a program can check: layers, sizes, keys, the schedule, the ban on guardian's shortcuts."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import connection

from gridgov.celery import SCHEDULE, app

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ["gridgov", "grids", "teams", "residents", "incidents", "assessment"]
ORDER = ["audit", "privacy", "accounts", "notices", "sync", "clock", "grids", "teams", "residents", "incidents"]
ORDER.append("assessment")
SIDEWAYS = {"notices", "sync", "clock"}
# Longer than 30 or 400 lines, each with its reason. Keep it short: split before adding.
LONG_FUNCTIONS: dict[str, str] = {"gridgov/logs.py:configure": "one literal table"}
LONG_FILES: dict[str, str] = {}


def sources() -> list[Path]:
    """Every module of the program, migrations aside."""
    found = [p for room in ROOMS for p in (ROOT / room).rglob("*.py") if "migrations" not in p.parts]
    return sorted(found)


def test_imports_keep_to_the_order_of_the_rooms():
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_model_relations_keep_to_the_order_of_the_rooms():
    wrong = []
    for model in apps.get_models():
        here = model._meta.app_label
        for field in model._meta.get_fields():
            there = getattr(getattr(field, "related_model", None), "_meta", None)
            if there is None or not getattr(field, "concrete", False) or here not in ORDER:
                continue
            if there.app_label not in ORDER or there.app_label == here:
                continue
            if ORDER.index(there.app_label) > ORDER.index(here) or {here, there.app_label} <= SIDEWAYS:
                wrong.append(f"{model._meta.label}.{field.name} → {there.label}")
    assert wrong == []


@pytest.mark.django_db
def test_no_table_has_an_exclude_constraint():
    """So that partitions and a distributed PostgreSQL stay configuration."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'x'")
        assert cursor.fetchall() == []


def test_every_beat_entry_resolves_to_a_task():
    app.loader.import_default_modules()
    assert [name for name, (task, seconds) in SCHEDULE.items() if task not in app.tasks or seconds <= 0] == []


def test_guardians_shortcuts_are_not_used():
    """They bypass our backend; grids.permissions exports its own."""
    using = [str(p.relative_to(ROOT)) for p in sources() if "guardian.shortcuts" in p.read_text()]
    assert using == []


def test_functions_are_short():
    long = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
                key = f"{path.relative_to(ROOT)}:{node.name}"
                if lines > 30 and key not in LONG_FUNCTIONS:
                    long.append(f"{key} ({lines})")
    assert long == []


def test_files_are_short():
    long = {str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in sources()}
    assert {k: n for k, n in long.items() if n > 400 and k not in LONG_FILES} == {}


def test_every_module_says_why_it_exists():
    silent = [
        str(p.relative_to(ROOT))
        for p in sources()
        if p.read_text().strip() and p.name != "apps.py" and not ast.get_docstring(ast.parse(p.read_text()))
    ]
    assert silent == []


def test_documents_the_code_points_to_say_it():
    """`docs/domain.md §1.7` leads to a heading; a file that is named is there."""
    lost = set()
    for path in [*sources(), *(ROOT / "tests").rglob("*.py")]:
        for name, section in re.findall(r"(docs/\w+\.md|\w+\.md(?= §))(?: §([\d.]*\d))?", path.read_text()):
            at = ROOT / name
            if not at.exists() or (section and not re.search(rf"^#+ {re.escape(section)}\.? ", at.read_text(), re.M)):
                lost.add(f"{path.relative_to(ROOT)}: {name} {section}")
    assert lost == set()


def test_records_under_row_security_have_a_path():
    for label in ("residents.Household", "residents.Resident"):
        try:
            assert apps.get_model(label)._meta.get_field("area_path")
        except FieldDoesNotExist:
            pytest.fail(label)
