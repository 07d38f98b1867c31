"""Brings a bare Debian or Ubuntu machine to where the program runs: system packages, virtual environment, locked
Python packages. Standard library only, because it runs before anything is installed; does nothing when nothing changed.

    python3 gridgov/local/install.py            what `make run` needs
    python3 gridgov/local/install.py --tests    also what `make test` and `make lint` need
"""

import ctypes.util
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / ".installed"
OLDEST_PYTHON = (3, 11)
UV = {"UV_PYTHON_DOWNLOADS": "never", "UV_SYSTEM_CERTS": "1", "UV_LINK_MODE": "copy"}  # an office may sign its own net
OLDEST_POSTGRES = 15


def postgres_folders() -> "list[Path]":
    """Folders of PostgreSQL server programs that are new enough and have PostGIS, newest first."""
    found = []
    for folder in Path("/usr/lib/postgresql").glob("*/bin"):
        version = folder.parent.name
        extension = Path("/usr/share/postgresql") / version / "extension" / "postgis.control"
        if (
            version.isdigit()
            and int(version) >= OLDEST_POSTGRES
            and (folder / "initdb").exists()
            and extension.exists()
        ):
            found.append(folder)
    return sorted(found, key=lambda folder: -int(folder.parent.name))


def has_venv() -> bool:
    return subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True).returncode == 0


def has_chinese_font() -> bool:
    return any(Path("/usr/share/fonts").rglob("NotoSansCJK*"))


def has_library(name: str) -> bool:
    """Whether the dynamic linker finds it."""
    return ctypes.util.find_library(name) is not None


def chromium() -> "str | None":
    """The browser of the browser tests; GRIDGOV_CHROMIUM names another one."""
    names = (os.environ.get("GRIDGOV_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


def browser_package() -> str:
    """Ubuntu knows Chromium by another name (and brings it as a snap)."""
    release = Path("/etc/os-release")
    ubuntu = release.exists() and "\nID=ubuntu\n" in f"\n{release.read_text()}\n"
    return "chromium-browser" if ubuntu else "chromium"


def missing_packages(*, tests: bool) -> "list[str]":
    """Debian names of what this machine lacks, found by looking for the thing itself, not for the package."""
    wanted = [
        (has_venv(), f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"),
        (bool(postgres_folders()), "postgresql"),
        (bool(postgres_folders()), "postgresql-postgis"),
        (shutil.which("redis-server"), "redis-server"),
        (shutil.which("msgfmt"), "gettext"),
        (has_library("pangoft2-1.0"), "libpangoft2-1.0-0"),
        (has_library("harfbuzz-subset"), "libharfbuzz-subset0"),
        (has_chinese_font(), "fonts-noto-cjk"),
    ]
    if tests:
        wanted += [
            (chromium(), browser_package()),
            (shutil.which("git"), "git"),
        ]
    return [package for present, package in wanted if not present]


def prefix() -> "list[str] | None":
    """What makes a command run as root: nothing, sudo, or None where neither is possible."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    if sys.stdin.isatty():
        return ["sudo"]
    return ["sudo", "-n"] if subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0 else None


def to_type(packages: "list[str]") -> str:
    """One line for a terminal: through sudo, or through root's password where there is no sudo."""
    install = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if shutil.which("sudo"):
        return f"sudo apt-get update && sudo {install}"
    return f"su -c 'apt-get update && {install}'"


def install_system_packages(packages: "list[str]") -> None:
    """Install through apt, or say exactly what to type."""
    typed = to_type(packages)
    how = prefix()
    if shutil.which("apt-get") is None:
        raise SystemExit(f"This machine has no apt. Install what these Debian packages hold: {' '.join(packages)}")
    if how is None:
        raise SystemExit(f"System packages are missing, and installing them needs root. Please type:\n\n  {typed}\n")
    say(f"installing system packages: {' '.join(packages)}")
    quiet = [*how, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    subprocess.run([*quiet, "update"], check=False)  # an unreachable extra source must not stop the rest
    done = subprocess.run([*quiet, "install", "-y", "--no-install-recommends", *packages], stdout=subprocess.DEVNULL)
    if done.returncode:
        raise SystemExit(f"apt could not install them. See its message above, then try:\n\n  {typed}\n")


def ensure_system(*, tests: bool) -> None:
    missing = missing_packages(tests=tests)
    if missing:
        install_system_packages(missing)
    if not postgres_folders():
        raise SystemExit(
            f"PostgreSQL {OLDEST_POSTGRES} or newer with PostGIS was not found (Ubuntu 22.04 offers 14).\n"
            "Please type:\n\n"
            "  sudo apt-get install -y postgresql-common\n"
            "  sudo /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y\n"
            "  sudo apt-get install -y postgresql-16 postgresql-16-postgis-3\n"
        )


def fingerprint() -> str:
    """Changes when the environment must be looked at again."""
    return hashlib.sha256(LOCK.read_bytes() + sys.version.encode() + str(VENV).encode()).hexdigest()


def ensure_packages() -> None:
    """Make .venv hold exactly what requirements.lock lists, each file checked against its hash."""
    stamp = fingerprint()
    if STAMP.exists() and STAMP.read_text() == stamp:
        return
    python = VENV / "bin" / "python"
    if not STAMP.exists():
        say("making the virtual environment .venv")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
        uv = next(line.split()[0] for line in LOCK.read_text().splitlines() if line.startswith("uv=="))
        subprocess.run([str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", uv], check=True)
    say("installing Python packages from requirements.lock")
    subprocess.run(
        [str(python), "-m", "uv", "pip", "sync", "-q", "--require-hashes", "--python", str(python), str(LOCK)],
        check=True,
        env={**os.environ, **UV},
        cwd=ROOT,
    )
    STAMP.write_text(stamp)


def newer_python() -> "str | None":
    """Another interpreter on this machine that is new enough."""
    return next((path for minor in (13, 12, 11) if (path := shutil.which(f"python3.{minor}"))), None)


def say(text: str) -> None:
    print(f"install │ {text}", flush=True)


def main() -> None:
    if sys.version_info < OLDEST_PYTHON:
        other = newer_python()
        if other is None:
            raise SystemExit("Python 3.11 or newer is needed. Ubuntu 22.04:  sudo apt-get install -y python3.11-venv")
        os.execv(other, [other, *sys.argv])  # noqa: S606
    began = time.monotonic()
    try:
        ensure_system(tests="--tests" in sys.argv[1:])
        ensure_packages()
    except subprocess.CalledProcessError as failed:
        raise SystemExit(f"This step failed, see its message above: {' '.join(map(str, failed.cmd))}") from None
    if time.monotonic() - began > 3:
        say(f"ready after {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
