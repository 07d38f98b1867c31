"""Servers, gateway and programs of one run: in a folder of their own, broken and mended by name, gone at the end."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis

from gridgov.local import checks, places, preparation, processes
from gridgov.local.servers import NAME, Servers
from tests.faults.gateway import FINE, Gateway

BIN = Path(sys.executable).parent
QUIET = {"GRIDGOV_DEBUG": "0", "GRIDGOV_DEMO": "0", "GRIDGOV_LOG_LEVEL": "CRITICAL", "GRIDGOV_CONN_MAX_AGE": "60"}


class Breakable(Servers):
    """The two servers, each to be ended without warning and started again where it was."""

    def _end(self, program: str, number: int) -> None:
        for pair in [p for p in self.running if Path(str(p[0].args[0])).name == program]:  # type: ignore[index]
            pair[0].send_signal(number)
            pair[0].wait(30)
            self.running.remove(pair)

    def crash_database(self) -> None:
        """`pg_ctl stop -m immediate`: no checkpoint, every connection cut."""
        self._end("postgres", signal.SIGQUIT)

    def start_database(self) -> None:
        self._start_postgres()

    def kill_redis(self) -> None:
        self._end("redis-server", signal.SIGKILL)

    def start_redis(self) -> None:
        self._start_redis()

    def query(self, sql: str) -> str:
        """As the superuser, past everything the product does."""
        return self.psql(sql, database=NAME)


class World:
    """Everything one run of faults stands on."""

    def __init__(self) -> None:
        checks.sweep()
        self.folder = Path(tempfile.mkdtemp(prefix=checks.PREFIX, dir=checks.TEMPORARY))
        self.own = Breakable(self.folder, places.with_secrets({}))
        self.gateway = Gateway()
        self.programs: dict[str, subprocess.Popen[bytes]] = {}
        self.staffing: dict[str, dict[str, str]] = {}
        self.env: dict[str, str] = {}
        self.since = "-infinity"
        self.deaths = self.folder / "deaths"  # a line of each program that died at a point named by its fault

    def open(self) -> None:
        """Servers up, schema made, and this process pointed at them."""
        self.own.hold()
        urls = self.own.start()
        self.own.values["GRIDGOV_LOCAL_REDIS_PORT"] = urls["GRIDGOV_LOCAL_REDIS_PORT"]
        folders = {"GRIDGOV_MEDIA": str(self.folder / "media"), "GRIDGOV_AUDIT_HEAD": str(self.folder / "audit-head")}
        values = checks.values_for_tests(self.own.values, {**urls, **folders})
        self.env = preparation.environment(
            {**values, **QUIET, "FAULT_GATEWAY": self.gateway.url, "FAULT_DEATHS": str(self.deaths)}
        )
        os.environ.update(self.env)
        if tables := os.environ.get("FAULT_TABLES"):  # made by the same migrations a moment ago
            self.own.query(Path(tables).read_text())
        else:
            preparation.manage("migrate", "--noinput", "-v", "0", env=self.env)

    def close(self) -> None:
        """Stop everything this run started."""
        self.dismiss()
        self.gateway.close()
        self.own.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.env["GRIDGOV_REDIS_URL"])

    def died(self) -> int:
        """How many programs have died at a named point so far."""
        return len(self.deaths.read_text().splitlines()) if self.deaths.exists() else 0

    # ── Programs: "worker 1", "beat 1" … each started with what its fault says ──

    def staff(self, workers: int = 2, beats: int = 1, pool: int = 1, **env: str) -> None:
        """Let exactly these run; those that already do and are told the same go on."""
        wanted = {f"worker {n}": {**env, "pool": str(pool)} for n in range(1, workers + 1)}
        wanted |= {f"beat {n}": {} for n in range(1, beats + 1)}
        for name in [name for name in self.programs if self.staffing[name] != wanted.get(name)]:
            self.kill(name)
            del self.programs[name], self.staffing[name]
        if wanted != self.staffing:
            self.since = self.own.query("SELECT clock_timestamp()")
        self.staffing = wanted
        self.revive()

    def tell(self, name: str, **env: str) -> None:
        """Start one program anew, told something of its own."""
        self.kill(name)
        self.staffing[name] |= env
        self.revive()

    def revive(self) -> None:
        """Start again whoever has ended, as the supervisor of an installation does."""
        for name in self.staffing:
            process = self.programs.get(name)
            if process is None or process.poll() is not None:
                self.programs[name] = self._spawn(name)

    def at_work(self) -> bool:
        """Whether a sweep has come to its end since the staff was last changed."""
        seen = "SELECT count(*) FROM health_heartbeat WHERE process = 'clock.sweep' AND seen_at > '{}'"
        return self.own.query(seen.format(self.since)) == "1"

    def _spawn(self, name: str) -> subprocess.Popen[bytes]:
        told = dict(self.staffing[name])
        argv: list[str | Path] = [BIN / "celery", "-A", "tests.faults.wrapped", "--quiet"]
        if name.startswith("beat"):
            argv += ["beat", "--schedule", self.folder / name.replace(" ", "-"), "--pidfile=", "--loglevel", "CRITICAL"]
        else:
            argv += ["worker", "--concurrency", told.pop("pool"), "--loglevel", "CRITICAL", "-n", name.replace(" ", "")]
            argv += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        with (self.folder / f"{name}.log").open("ab") as output:
            return processes.spawn(argv, env={**self.env, **told}, cwd=places.ROOT, output=output)

    def signal(self, name: str, number: int) -> None:
        """To the program and the pool it has forked."""
        process = self.programs.get(name)
        if process is not None and process.poll() is None:
            os.killpg(process.pid, number)

    def kill(self, name: str) -> None:
        """SIGKILL: nothing is tidied up."""
        self.signal(name, signal.SIGKILL)
        if name in self.programs:
            self.programs[name].wait(30)

    def dismiss(self) -> None:
        """Nobody runs."""
        for name in list(self.programs):
            self.kill(name)
        self.programs.clear()
        self.staffing.clear()

    def until(self, true: Callable[[], Any], seconds: float) -> bool:
        """Wait for something, keeping the programs alive meanwhile; False when it did not come about."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if true():
                return True
            self.revive()
            time.sleep(0.3)
        return False

    def heal(self) -> None:
        """The gateway works again; whoever was ended or frozen runs."""
        self.gateway.mode = FINE
        for name in self.programs:
            self.signal(name, signal.SIGCONT)
        self.revive()
