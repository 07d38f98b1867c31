"""One supervisor for servers, web, worker and beat: starts them in order, restarts what dies, stops what it started."""

import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gridgov.local import certificate, listening, places, preparation, processes, servers
from gridgov.local.listening import Listening

ROOT = places.ROOT
RUNNING = places.LOCAL / "running.json"
BIN = Path(sys.executable).parent
FIRST_ADMINISTRATOR = """  .venv/bin/python manage.py create_admin --role office_admin --username 0001 --name 王芳 \\
    --area 420106 --area-name 武昌区"""
QUICK_DEATH, FORGIVEN = 20, 5  # seconds, deaths: a program that dies this fast this often is broken


class Stopped(Exception):  # noqa: N818  it is not an error
    """Ctrl-C, `make down` or a closed terminal."""


def stop_on_signals() -> None:
    """Turn the first signal into Stopped; the ones after it change nothing, we are already stopping."""

    def stop(number: int, frame: Any) -> None:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, stop)


def commands(at: Listening, folder: Path) -> dict[str, list[str | Path]]:
    """The three programs, by the same three words as everywhere."""
    web: list[str | Path] = [BIN / "gunicorn", "gridgov.wsgi", "--no-control-socket", "--bind", at.bind]
    web += ["--worker-class", "gridgov.local.web.PatientWorker", "--keep-alive", "15"]
    web += ["--workers", "2", "--threads", "4", "--graceful-timeout", "10", "--log-level", "warning"]
    if at.https:
        certificate_file, key_file = certificate.ensure(places.LOCAL, at.hosts)
        web += ["--certfile", certificate_file, "--keyfile", key_file]
    celery: list[str | Path] = [BIN / "celery", "-A", "gridgov", "--quiet"]
    return {
        "web": web,
        "worker": [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO"],
        "beat": [*celery, "beat", "--schedule", folder / "beat-schedule", "--pidfile=", "--loglevel", "INFO"],
    }


def site_environment(values: dict[str, str], at: Listening, folder: Path) -> dict[str, str]:
    """What the three programs are told beyond `.local/environment`."""
    metrics = folder / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir(mode=0o700)
    return {
        **preparation.environment(values),
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser",  # private servers, on this machine
        "GRIDGOV_HOSTS": ",".join(at.hosts),
        "GRIDGOV_HTTPS": "1" if at.https else "0",
        "GRIDGOV_HSTS_SECONDS": "0",  # a browser must not remember it for every program of this machine
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
    }


@dataclass
class Program:
    """One of web, worker and beat, started again when it ends by itself."""

    name: str
    argv: list[str | Path]
    env: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0
    deaths: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = processes.spawn(self.argv, env=self.env, cwd=ROOT)
        processes.echo(self.name, self.process)

    def watch(self) -> None:
        """Start it again if it ended; give up on one that cannot stay up."""
        if self.process is None or self.process.poll() is None:
            return
        now = time.monotonic()
        self.deaths = [*(at for at in self.deaths if now - at < QUICK_DEATH * FORGIVEN), now]
        if len(self.deaths) >= FORGIVEN:
            raise SystemExit(f"{self.name} ended {FORGIVEN} times in a row. See its lines above.")
        processes.say(self.name, f"ended with code {self.process.returncode}, starting it again")
        self.start()


def health(at: Listening) -> tuple[int, dict[str, Any]] | None:
    """Status and body of /healthz, or None while nobody answers."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # our own certificate, on this machine
    address = f"{at.scheme}://127.0.0.1:{at.port}/healthz"
    try:
        with urllib.request.urlopen(address, timeout=5, context=context) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as answer:
        try:
            return answer.code, json.load(answer)
        except ValueError:
            return answer.code, {}
    except OSError:
        return None


def who_may_sign_in(file: Path = places.ACCOUNTS) -> list[str]:
    """Lines for the terminal: role, username, password."""
    if not file.exists():
        return []
    accounts = json.loads(file.read_text())
    width = max((len(role) for role in accounts), default=0)
    return [f"{role:<{width}}  {one['username']}  {one['password']}" for role, one in accounts.items()]


def banner(at: Listening) -> str:
    """What a person needs to begin."""
    lines = ["", f"gridgov is running:  {at.url}", ""]
    accounts = who_may_sign_in()
    if accounts:
        lines += ["Sign in as (also in .local/demo-accounts.json):", *(f"  {line}" for line in accounts)]
    else:
        lines += ["No demo accounts. Make the administrators (docs/operations.md), for example:"]
        lines += [FIRST_ADMINISTRATOR]
    if at.lan_url:
        import segno  # only LAN=1 draws one

        code = ROOT / ".local" / "qr.txt"
        with code.open("w", encoding="utf-8") as out:
            segno.make(at.lan_url, error="m").terminal(out, compact=True)
        lines += ["", f"In the local network:  {at.lan_url}", code.read_text(encoding="utf-8")]
        if not at.https:
            lines += ["Phones give location, camera and offline use only over https: add HTTPS=1."]
    return "\n".join([*lines, "", "Ctrl-C stops it (after `make up`: make down)."])


def await_site(at: Listening, programs: list[Program], seconds: float = 90) -> None:
    """Return when the first page can be served."""
    until = time.monotonic() + seconds
    while health(at) is None:
        for program in programs:
            program.watch()
        if time.monotonic() > until:
            raise SystemExit(f"The site did not answer within {seconds:.0f} s. See the lines of web above.")
        time.sleep(0.2)


def announce(at: Listening) -> None:
    """Tell the terminal and `make status` that the site is there."""
    state = {"pid": os.getpid(), "port": at.port, "lan": at.lan, "https": at.https}
    RUNNING.write_text(json.dumps(state))
    sys.stdout.write(banner(at) + "\n\n")
    sys.stdout.flush()


def serve(at: Listening, own: servers.Servers) -> None:
    """Start everything and stay until something says stop."""
    began = time.monotonic()
    urls = own.start()
    origins = ",".join(url.rstrip("/") for url in (at.url, at.lan_url) if url)  # one-time links take the first
    values = {**own.values, **urls, **places.trial(own.folder), "GRIDGOV_ORIGINS": origins}
    places.write(places.ENVIRONMENT, values)
    preparation.prepare(own.folder, preparation.environment(values))
    env = site_environment(values, at, own.folder)
    programs = [Program(name, argv, env) for name, argv in commands(at, own.folder).items()]
    try:
        for program in programs:
            program.start()
        await_site(at, programs)
        announce(at)
        processes.say("run", f"ready after {time.monotonic() - began:.0f} s")
        while True:
            for program in programs:
                program.watch()
            time.sleep(0.5)
    finally:
        RUNNING.unlink(missing_ok=True)
        stop_all(programs)


def stop_all(programs: list[Program]) -> None:
    """Ask all three at once, then wait for each; the worker finishes what it holds."""
    processes.say("run", "stopping")
    alive = [each.process for each in programs if each.process is not None]
    for process in alive:
        process.terminate()
    for process in alive:
        processes.stop(process)


def run(arguments: dict[str, str]) -> int:
    """`make run`: until Ctrl-C."""
    os.umask(0o077)
    at = listening.from_arguments(arguments)
    own = servers.of_installation()
    if not own.hold():
        raise SystemExit("It is already running. `make status` says where, `make down` stops it.")
    listening.refuse_taken(at)
    stop_on_signals()
    try:
        serve(at, own)
    except Stopped:
        pass
    finally:
        own.stop()
    processes.say("run", "stopped")
    return 0
