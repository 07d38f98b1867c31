"""Where a local installation keeps things: its secrets in `.local/`, its servers where their user can enter."""

import base64
import os
import secrets
import subprocess
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
ENVIRONMENT = LOCAL / "environment"
ACCOUNTS = LOCAL / "demo-accounts.json"
LONGEST_SOCKET = 107  # bytes in sockaddr_un.sun_path, less the closing zero (unix(7))
SOCKET = "s/.s.PGSQL.5432"
HEADER = "# Written by `make run`: the private servers and secrets of this installation. Never share or commit it."
TRIAL = {  # how a trial differs from production
    "GRIDGOV_DEMO": "1",
    "GRIDGOV_DEBUG": "0",
    "GRIDGOV_LOG_FORMAT": "text",
    "GRIDGOV_COMPRESS_STATIC": "0",
}
EMPTY = "begun-empty"  # lies beside the data of an installation that was begun without the demo

SECRETS: dict[str, Callable[[], str]] = {
    "GRIDGOV_LOCAL_ID": lambda: secrets.token_hex(6),
    "GRIDGOV_LOCAL_SUPER_PASSWORD": lambda: secrets.token_urlsafe(24),
    "GRIDGOV_LOCAL_OWNER_PASSWORD": lambda: secrets.token_urlsafe(24),
    "GRIDGOV_LOCAL_APP_PASSWORD": lambda: secrets.token_urlsafe(24),
    "GRIDGOV_LOCAL_CHECKER_PASSWORD": lambda: secrets.token_urlsafe(24),
    "GRIDGOV_LOCAL_REDIS_PASSWORD": lambda: secrets.token_urlsafe(24),
    "GRIDGOV_SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "GRIDGOV_PRIVACY_KEYS": lambda: f"k1:{_key()}",
    "GRIDGOV_INDEX_KEY": lambda: _key(),
    "GRIDGOV_AUDIT_KEY": lambda: _key(),
}


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def with_secrets(known: dict[str, str]) -> dict[str, str]:
    """`known` with every secret it lacks; what it has is never replaced, or old data could not be read again."""
    return {**{name: make() for name, make in SECRETS.items() if name not in known}, **known}


def read(file: Path) -> dict[str, str]:
    """NAME=value lines; blank lines and comments are skipped."""
    if not file.exists():
        return {}
    lines = (line.strip() for line in file.read_text().splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def write(file: Path, values: dict[str, str]) -> None:
    """Replace `file` at once, readable by its owner only."""
    for name, value in values.items():
        if "\n" in value:
            raise ValueError(f"{name} holds a line break; the environment file has one value a line.")
    file.parent.mkdir(exist_ok=True)
    file.parent.chmod(0o711)  # the servers' user passes through; each file is closed by itself
    fresh = file.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text("\n".join([HEADER, *(f"{name}={value}" for name, value in sorted(values.items())), ""]))
    fresh.replace(file)


def trial(folder: Path) -> dict[str, str]:
    """`TRIAL`, without demo roles and 演示 on every page where the data in `folder` was begun empty."""
    return {**TRIAL, "GRIDGOV_DEMO": "0"} if (folder / EMPTY).exists() else TRIAL


def may_enter(folder: Path, user: str | None) -> bool:
    """Whether `user` (None: ourselves) can reach `folder`; a home of root, for one, is closed to everybody else."""
    done = subprocess.run(["test", "-x", str(folder)], user=user, group=None, cwd="/", capture_output=True)
    return done.returncode == 0


def fits(folder: Path) -> bool:
    """Whether the socket inside `folder` has a path the kernel accepts."""
    return len(os.fsencode(folder / SOCKET)) <= LONGEST_SOCKET


def servers_folder(local: Path, installation: str, *, enter: Callable[[Path], bool]) -> Path:
    """`.local/servers`, or `/var/tmp/gridgov-<id>` where that cannot be entered or is too long.

    The id is the installation's, not the path's: a fresh clone at an old path never finds an old cluster
    whose keys are gone.
    """
    near = local / "servers"
    return near if fits(near) and enter(local) else Path("/var/tmp") / f"gridgov-{installation}"  # noqa: S108
