"""A dependency nobody uses is a defect, and so is a line that does not say what it is for."""

import ast
import re
from importlib.metadata import packages_distributions
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
LINE = re.compile(r"^(?P<name>[a-z0-9.-]+)(\[[^\]]*\])?==(?P<version>\S+)  # (?P<purpose>.+)$")
ROOMS = ("gridgov", "grids", "teams", "residents", "incidents", "assessment")
WITHOUT_IMPORT = {  # used by name in settings, by Django itself or as a program
    "psycopg2-binary",
    "argon2-cffi",
    "gunicorn",
    "whitenoise",
    "pyogrio",
    "shapely",
    "django-permissions-policy",
}


def lines(name):
    text = (ROOT / name).read_text().splitlines()
    return [line for line in text if line.strip() and not line.startswith("#")]


def test_every_line_is_pinned_and_says_what_it_is_for():
    wrong = [
        line for name in ("requirements.txt", "requirements-dev.txt") for line in lines(name) if not LINE.match(line)
    ]
    assert wrong == []


def imported():
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Import):
                    yield from (alias.name.split(".")[0] for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    yield node.module.split(".")[0]


def test_every_runtime_package_is_used():
    modules = set(imported()) | {app.split(".")[0] for app in settings.INSTALLED_APPS}
    modules |= {path.split(".")[0] for path in settings.MIDDLEWARE}
    used = {name.lower().replace("_", "-") for module in modules for name in packages_distributions().get(module, [])}
    wanted = {LINE.match(line)["name"] for line in lines("requirements.txt")} - WITHOUT_IMPORT
    assert sorted(wanted - used) == []
