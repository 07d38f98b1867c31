"""What has to be true before the first page is served: schema, languages, static files, demo; each when needed."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from gridgov.local import places, processes

ROOT = places.ROOT
TABLES = "first-migrations"  # which tables the data beside this mark was made with
STATIC_STAMP = places.LOCAL / "static-stamp"


def manage(*arguments: str, env: dict[str, str]) -> None:
    """Run `manage.py`; what it prints goes to the common log."""
    process = processes.spawn([sys.executable, "manage.py", *arguments], env=env, cwd=ROOT)
    try:
        echo = processes.echo("prepare", process)
        code = process.wait()
        echo.join(5)
    finally:
        processes.stop(process)
    if code:
        raise SystemExit(f"`manage.py {' '.join(arguments)}` failed. See its lines above.")


def compile_languages() -> None:
    """Compile the catalogues that are newer than what was compiled from them."""
    for source in ROOT.glob("locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            subprocess.run(["msgfmt", "--check-format", "-o", str(target), str(source)], check=True)


def static_fingerprint() -> str:
    """Changes when a static file or a package that brings some does."""
    digest = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    digest.update((ROOT / "gridgov" / "assets.py").read_bytes())  # says which pieces make a sheet
    for folder in (ROOT / "static", *ROOT.glob("*/static")):
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect_static(env: dict[str, str]) -> None:
    stamp = static_fingerprint()
    if (ROOT / "staticfiles").exists() and STATIC_STAMP.exists() and STATIC_STAMP.read_text() == stamp:
        return
    processes.say("prepare", "collecting static files")
    manage("collectstatic", "--noinput", "--clear", "-v", "0", env=env)
    STATIC_STAMP.write_text(stamp)


def has_demo() -> bool:
    pattern = "management/commands/demo.py"
    return any(ROOT.glob(f"*/{pattern}")) or any(ROOT.glob(f"gridgov/*/{pattern}"))


def load_demo(folder: Path, env: dict[str, str]) -> None:
    """Fill an empty street once; the marks lie beside the data they speak of."""
    mark = folder / "demo-loaded"
    if mark.exists() or (folder / places.EMPTY).exists() or not has_demo():
        return
    processes.say("prepare", "loading the demo street (about a minute, only the first time)")
    manage("demo", env=env)
    mark.touch()


def forget_demo(folder: Path) -> None:
    """Everything a person could have put in since: photos, accounts, the mark."""
    for mark in ("demo-loaded", places.EMPTY):
        (folder / mark).unlink(missing_ok=True)
    (folder / TABLES).write_text(first_migrations())
    places.ACCOUNTS.unlink(missing_ok=True)
    (places.LOCAL / "audit-head").unlink(missing_ok=True)
    shutil.rmtree(places.LOCAL / "media", ignore_errors=True)


def first_migrations() -> str:
    """Changes when the tables an installation begins with do, which happens only before the first release."""
    digest = hashlib.sha256()
    for file in sorted([*ROOT.glob("*/migrations/0001_*.py"), *ROOT.glob("gridgov/*/migrations/0001_*.py")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def refuse_older_tables(folder: Path) -> None:
    """Data made by an earlier state of the program cannot be carried over yet: say so, and what to do; lose nothing."""
    mark, wanted = folder / TABLES, first_migrations()
    has_data = any((folder / name).exists() for name in ("demo-loaded", places.EMPTY))
    known = mark.read_text() if mark.exists() else "" if has_data else wanted
    if known != wanted:
        raise SystemExit(
            "The data of this trial was made by an earlier version with other tables, from before the first release.\n"
            "To throw it away and begin anew:  make demo-reset"
        )
    mark.write_text(wanted)


def prepare(folder: Path, env: dict[str, str]) -> None:
    """All steps, in order."""
    compile_languages()
    refuse_older_tables(folder)
    manage("migrate", "--noinput", "-v", "0", env=env)
    collect_static(env)
    load_demo(folder, env)


def environment(values: dict[str, str]) -> dict[str, str]:
    """The environment of a child: ours, and on top what the installation says."""
    return {**os.environ, **values, "PYTHONUNBUFFERED": "1"}
