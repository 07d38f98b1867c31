"""`make test` and everything else that wants servers of its own for as long as one command runs, and `make lint`."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gridgov.local import install, places, preparation, servers, supervise

BIN = Path(sys.executable).parent
TEMPORARY = Path("/var/tmp")  # noqa: S108  short enough for a socket, and on a disk
PREFIX = "gridgov-test-"
CHECKS: dict[str, list[str]] = {
    "ruff": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "djlint": ["djlint", "--lint", "--quiet", "templates"],
    "mypy": ["mypy", "."],
    "imports": ["lint-imports"],
    "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
    "django": ["python", "manage.py", "check"],
    "compose": ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
}


def values_for_tests(secrets: dict[str, str], urls: dict[str, str]) -> dict[str, str]:
    """The environment of a test run: the same on every machine, whatever the caller's says."""
    told = {"GRIDGOV_DEMO": "1", "GRIDGOV_DEBUG": "1", "GRIDGOV_LOG_LEVEL": "WARNING"}
    browser = install.chromium()
    return {**secrets, **urls, **told, **({"GRIDGOV_CHROMIUM": browser} if browser else {})}


def sweep() -> None:
    """Remove the folders of test runs that were killed; a living one holds its lock."""
    for folder in TEMPORARY.glob(f"{PREFIX}*"):
        lock = folder / "lock"
        if not lock.exists():
            continue
        with lock.open("a") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def throw_away() -> Iterator[dict[str, str]]:
    """Servers that are gone afterwards, whatever happens; yields the environment that leads to them."""
    supervise.stop_on_signals()
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=TEMPORARY))
    own = servers.Servers(folder, places.with_secrets({}), durable=False)
    try:
        own.hold()
        folder_values = {"GRIDGOV_MEDIA": str(folder / "media"), "GRIDGOV_AUDIT_HEAD": str(folder / "audit-head")}
        yield preparation.environment(values_for_tests(own.values, {**own.start(), **folder_values}))
    finally:
        own.stop()
        shutil.rmtree(folder, ignore_errors=True)


def obey(argv: list[str], env: dict[str, str]) -> int:
    """Run a command in our terminal; when we are told to stop, so is it."""
    process = subprocess.Popen(argv, env=env, cwd=places.ROOT)
    try:
        return process.wait()
    except supervise.Stopped:
        process.terminate()
        process.wait(30)
        return 130


def test(arguments: list[str]) -> int:
    """`make test`: pytest with `arguments`, on servers of its own."""
    preparation.compile_languages()
    try:
        with throw_away() as env:
            return obey([sys.executable, "-m", "pytest", *arguments], env)
    except supervise.Stopped:
        return 130


def with_servers(argv: list[str]) -> int:
    """Run `argv` on throw-away servers with an empty, migrated database."""
    preparation.compile_languages()
    try:
        with throw_away() as env:
            preparation.manage("migrate", "--noinput", "-v", "0", env=env)
            return obey([str(BIN / argv[0]) if (BIN / argv[0]).exists() else argv[0], *argv[1:]], env)
    except supervise.Stopped:
        return 130


def lint(names: list[str]) -> int:
    """Run every check (or those named), say which failed; none needs a server."""
    nowhere = servers.database_urls(Path("/nonexistent"), dict.fromkeys(servers.ROLES, "none"))
    secrets = places.with_secrets({})
    values = values_for_tests(secrets, {**nowhere, "GRIDGOV_REDIS_URL": "redis://127.0.0.1:1/0"})
    env = {**preparation.environment(values), "PYTHONWARNINGS": "ignore::RuntimeWarning"}
    unknown = sorted(set(names) - set(CHECKS))
    if unknown:
        raise SystemExit(f"There is no check {', '.join(unknown)}. There are: {', '.join(CHECKS)}.")
    failed = []
    for name in names or CHECKS:
        argv = CHECKS[name]
        sys.stdout.write(f"── {name}: {' '.join(argv)}\n")
        sys.stdout.flush()
        if subprocess.run([str(BIN / argv[0]), *argv[1:]], cwd=places.ROOT, env=env).returncode:
            failed.append(name)
    sys.stdout.write(f"lint failed: {', '.join(failed)}\n" if failed else "lint: everything is fine\n")
    return 1 if failed else 0


def arguments_from(variable: str) -> list[str]:
    """`make test ARGS="-k name"`: words as a shell would split them."""
    import shlex

    return shlex.split(os.environ.get(variable, ""))
