"""`make up`, `make down`, `make status`, `make demo-reset`, `make empty`: the same supervisor, without a terminal."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from gridgov.local import listening, places, preparation, servers, supervise
from gridgov.local.listening import Listening

LOG = places.LOCAL / "run.log"


def state() -> dict[str, Any] | None:
    """What the running supervisor wrote about itself; None when it is not there."""
    try:
        written = json.loads(supervise.RUNNING.read_text())
        command = Path(f"/proc/{written['pid']}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return written if b"gridgov.local" in command else None  # the number may be another program's by now


def listening_of(written: dict[str, Any]) -> Listening:
    return Listening(written["port"], written["lan"], written["https"])


def up(arguments: dict[str, str]) -> int:
    """Start in the background; returns when the site answers."""
    if written := state():
        sys.stdout.write(f"It is already running:  {listening_of(written).url}\n")
        return 0
    listening.refuse_taken(listening.from_arguments(arguments))
    places.LOCAL.mkdir(exist_ok=True)
    with LOG.open("wb") as log:
        argv = [sys.executable, "-m", "gridgov.local", "run"]
        child = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=places.ROOT, start_new_session=True
        )
    sys.stdout.write("starting, the first time takes a minute or two (.local/run.log shows what happens)\n")
    sys.stdout.flush()
    while child.poll() is None:
        if (written := state()) and written["pid"] == child.pid:
            sys.stdout.write(supervise.banner(listening_of(written)) + "\n")
            return 0
        time.sleep(0.2)
    sys.stdout.write("It did not start. The log ends with:\n" + "".join(f"  {line}\n" for line in tail(LOG)))
    return 1


def tail(file: Path, lines: int = 15) -> list[str]:
    return file.read_text(errors="replace").splitlines()[-lines:]


def down() -> int:
    """Stop it and wait until it is gone."""
    written = state()
    if written is None:
        sys.stdout.write("It is not running.\n")
        return 0
    os.kill(written["pid"], signal.SIGTERM)
    for _ in range(600):
        if not Path(f"/proc/{written['pid']}").exists():
            sys.stdout.write("Stopped. The data stays; `make up` or `make run` starts it again.\n")
            return 0
        time.sleep(0.1)
    sys.stdout.write("It is still stopping after a minute; .local/run.log may say why.\n")
    return 1


def status() -> int:
    """Say where it runs and how it feels; 0 when everything is fine."""
    written = state()
    if written is None:
        sys.stdout.write("It is not running. `make run` or `make up` starts it.\n")
        return 3
    at = listening_of(written)
    sys.stdout.write(f"Running:  {at.url}\n" + (f"In the local network:  {at.lan_url}\n" if at.lan_url else ""))
    answer = supervise.health(at)
    if answer is None:
        sys.stdout.write("The site does not answer.\n")
        return 1
    code, body = answer
    sys.stdout.write(json.dumps(body, indent=2, ensure_ascii=False) + "\n")
    return 0 if code == 200 else 1


def begin_anew(own: servers.Servers, *, alone: bool, empty: bool) -> None:
    """Throw the data away and prepare the next: the demo, or nothing but the schema."""
    values = dict(own.values)
    try:
        urls = own.start() if alone else {}
        preparation.forget_demo(own.folder)
        if empty:
            (own.folder / places.EMPTY).touch()
        if alone:
            values |= {**urls, **places.trial(own.folder)}
            places.write(places.ENVIRONMENT, values)
        own.psql(f"DROP DATABASE IF EXISTS {servers.NAME} WITH (FORCE)")
        own.psql(f"CREATE DATABASE {servers.NAME} OWNER {servers.ROLES['owner']}")
        preparation.prepare(own.folder, preparation.environment(values))
    finally:
        own.stop()


def demo_reset() -> int:
    """Throw the street away and load the demo again; works while the site runs and while it does not."""
    own = servers.of_installation()
    alone = own.hold()
    if not alone and (own.folder / places.EMPTY).exists():
        raise SystemExit("This street was begun empty and is running. `make down` first, then `make demo-reset`.")
    begin_anew(own, alone=alone, empty=False)
    sys.stdout.write("The demo street is new. Sign in as:\n")
    sys.stdout.write("".join(f"  {line}\n" for line in supervise.who_may_sign_in()))
    return 0


def begin_empty() -> int:
    """`make empty`: throw everything away and begin as an office does, without the demo."""
    own = servers.of_installation()
    if not own.hold():
        raise SystemExit("It is running. `make down` first: what is there now will be thrown away.")
    begin_anew(own, alone=True, empty=True)
    sys.stdout.write("The database is empty. `make run` starts it; the administrators first:\n")
    sys.stdout.write(supervise.FIRST_ADMINISTRATOR + "\n")
    return 0
