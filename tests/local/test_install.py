import ast
import re
import sys
from pathlib import Path

import pytest

from gridgov.local import install


def test_installer_imports_nothing_that_must_be_installed_first():
    tree = ast.parse(Path(install.__file__).read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= set(sys.stdlib_module_names)


def test_lock_names_the_installer_and_hashes_every_package():
    text = install.LOCK.read_text()
    packages = re.findall(r"^([a-z0-9.-]+)==", text, re.M)
    assert "uv" in packages
    assert len(re.findall(r"^[a-z0-9.-]+==[^\n]*\\\n    --hash=", text, re.M)) == len(packages)
    assert "://" not in text


def test_lock_holds_what_the_requirements_pin():
    locked = dict(re.findall(r"^([a-z0-9.-]+)==([^\s;]+)", install.LOCK.read_text(), re.M))
    for name in ("requirements.txt", "requirements-dev.txt"):
        for package, version in re.findall(
            r"^([a-z0-9.-]+)(?:\[[^\]]*\])?==(\S+)", (install.ROOT / name).read_text(), re.M
        ):
            assert locked[package] == version


@pytest.mark.parametrize(
    ("sudo", "typed"),
    [
        ("/usr/bin/sudo", "sudo apt-get install -y --no-install-recommends gettext redis-server"),
        (None, "su -c 'apt-get update && apt-get install -y --no-install-recommends gettext redis-server'"),
    ],
)
def test_whoever_may_not_install_is_told_what_to_type(monkeypatch, sudo, typed):
    there = {"sudo": sudo, "apt-get": "/usr/bin/apt-get"}
    monkeypatch.setattr(install, "prefix", lambda: None)
    monkeypatch.setattr(install.shutil, "which", there.get)
    with pytest.raises(SystemExit, match=re.escape(typed)):
        install.install_system_packages(["gettext", "redis-server"])


def test_missing_packages_are_found_by_looking_for_the_thing(monkeypatch):
    monkeypatch.setattr(install, "postgres_folders", list)
    monkeypatch.setattr(install, "chromium", lambda: None)
    assert {"postgresql", "postgresql-postgis", "chromium"} <= set(install.missing_packages(tests=True))
    assert "chromium" not in install.missing_packages(tests=False)
