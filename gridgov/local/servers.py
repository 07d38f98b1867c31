"""A private PostgreSQL with PostGIS and a private Redis: own folder, own socket and port, own passwords."""

import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from gridgov.local import places, processes
from gridgov.local.install import postgres_folders

SUPER = "gridgov_super"
NAME = "gridgov"
ROLES = {"owner": "gridgov_owner", "app": "gridgov_app", "checker": "gridgov_checker"}
VARIABLES = {
    "app": "GRIDGOV_DATABASE_URL",
    "owner": "GRIDGOV_OWNER_DATABASE_URL",
    "checker": "GRIDGOV_CHECKER_DATABASE_URL",
}
EXTENSIONS = ("postgis", "pg_trgm", "btree_gin")
ALWAYS = {"listen_addresses": "", "unix_socket_permissions": "0700", "max_connections": "150", "timezone": "UTC"}
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def server_user() -> str | None:
    """Who the servers run as: ourselves, or an unprivileged user when we are root (PostgreSQL refuses root)."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        subprocess.run(["useradd", "--system", "--user-group", "gridgov"], check=True)
        return "gridgov"


def free_port(wanted: int = 0) -> int:
    """`wanted` if nobody listens there, else any free port of this machine."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise SystemExit("This machine has no free port left.")


def database_urls(folder: Path, passwords: dict[str, str]) -> dict[str, str]:
    """The three addresses, over the socket: user, password, folder of the socket, database."""
    where = f"@/{folder / 's'}/{NAME}"
    return {VARIABLES[role]: f"postgis://{user}:{passwords[role]}{where}" for role, user in ROLES.items()}


def provision_sql(passwords: dict[str, str]) -> str:
    """Make the three roles if they are not there and give them their passwords (known only to the environment file)."""
    lines = []
    for role, user in ROLES.items():
        rights = "CREATEDB" if role == "owner" else "NOCREATEDB"
        lines.append(
            f"DO $$ BEGIN CREATE ROLE {user}; EXCEPTION WHEN duplicate_object THEN NULL; END $$;\n"
            f"ALTER ROLE {user} LOGIN NOSUPERUSER NOBYPASSRLS {rights} PASSWORD '{passwords[role]}';"
        )
    return "\n".join(lines)


class Refused(SystemExit):
    """A server could not start; the message says why and what to do."""


@dataclass
class Servers:
    """Both servers in `folder`; `durable=False` trades safety for speed and is for tests only."""

    folder: Path
    values: dict[str, str]
    durable: bool = True
    user: str | None = field(default_factory=server_user)
    running: list[tuple[subprocess.Popen[bytes], int]] = field(default_factory=list)
    lock: IO[Any] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "postgres"

    @property
    def passwords(self) -> dict[str, str]:
        return {role: self.values[f"GRIDGOV_LOCAL_{role.upper()}_PASSWORD"] for role in ROLES}

    @property
    def binaries(self) -> Path:
        """The server programs; those that made the cluster, if it exists."""
        folders = postgres_folders()
        version = self.data / "PG_VERSION"
        if version.exists():
            made_by = version.read_text().strip()
            folders = [folder for folder in folders if folder.parent.name == made_by]
            if not folders:
                raise Refused(f"The data was made by PostgreSQL {made_by}, which is gone: please install it again.")
        if not folders:
            raise Refused("PostgreSQL with PostGIS is not installed. Type:  make run")
        return folders[0]

    def start(self) -> dict[str, str]:
        """Start both; returns the variables that tell the program where they are."""
        self._make_folders()
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        self._start_postgres()
        self._provision()
        port = self._start_redis()
        password = self.values["GRIDGOV_LOCAL_REDIS_PASSWORD"]
        return {
            **database_urls(self.folder, self.passwords),
            "GRIDGOV_REDIS_URL": f"redis://:{password}@127.0.0.1:{port}/0",
            "GRIDGOV_LOCAL_REDIS_PORT": str(port),
        }

    def stop(self) -> None:
        """Stop what `start` started, last one first."""
        while self.running:
            process, by = self.running.pop()
            processes.stop(process, by=by, patience=60)

    def hold(self) -> bool:
        """Take the folder for ourselves; False while another process of this installation holds it.

        The lock is on the folder itself: systemd-tmpfiles leaves locked folders of /var/tmp alone.
        """
        self._make_folders()
        self.lock = (self.folder / "lock").open("a")
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(folder, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            os.close(folder)
            return False
        return True

    def psql(self, sql: str, *, database: str = "postgres") -> str:
        """Run `sql` as the cluster's superuser and return what it prints, bare."""
        argv = [
            self.binaries / "psql",
            "-XqAt",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            self.folder / "s",
            "-U",
            SUPER,
            database,
        ]
        env = {**os.environ, "PGPASSWORD": self.values["GRIDGOV_LOCAL_SUPER_PASSWORD"], "PGCLIENTENCODING": "UTF8"}
        done = subprocess.run([str(part) for part in argv], input=sql, env=env, text=True, capture_output=True)
        if done.returncode:
            raise Refused(f"PostgreSQL refused a step of its preparation: {done.stderr.strip()}")
        return done.stdout.strip()

    def _make_folders(self) -> None:
        for folder in (self.folder, self.folder / "s", self.folder / "redis"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.user:
                shutil.chown(folder, self.user, self.user)

    def _initdb(self) -> None:
        """Sort by bytes, know Chinese letters: with LC_CTYPE=C trigram search would find nothing."""
        shutil.rmtree(self.data, ignore_errors=True)
        secret = self.folder / "super"
        secret.touch(mode=0o600)
        secret.write_text(self.values["GRIDGOV_LOCAL_SUPER_PASSWORD"])
        if self.user:
            shutil.chown(secret, self.user, self.user)
        argv: list[str | Path] = [
            self.binaries / "initdb",
            "-D",
            self.data,
            "-U",
            SUPER,
            f"--pwfile={secret}",
            "-A",
            "scram-sha-256",
        ]
        argv += ["-E", "UTF8", "--locale=C", "--lc-collate=C", "--lc-ctype=C.UTF-8", *([] if self.durable else ["-N"])]
        log = self.folder / "initdb.log"
        with log.open("wb") as output:
            made = processes.spawn(argv, env=self._bare_environment(), cwd=self.folder, user=self.user, output=output)
            code = made.wait()
        secret.unlink()
        if code:
            raise Refused(f"initdb failed:\n{log.read_text(errors='replace')}")

    def _bare_environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(self.folder), "LANG": "C.UTF-8"}

    def _start_postgres(self) -> None:
        if (self.data / "postmaster.pid").exists():  # left by a killed run; refuses politely if it is not ours
            stop = [str(self.binaries / "pg_ctl"), "-D", str(self.data), "-m", "fast", "-w", "stop"]
            subprocess.run(stop, user=self.user, cwd="/", capture_output=True)
        options = {**ALWAYS, "unix_socket_directories": str(self.folder / "s"), **({} if self.durable else THROW_AWAY)}
        argv: list[str | Path] = [self.binaries / "postgres", "-D", self.data]
        for name, value in options.items():
            argv += ["-c", f"{name}={value}"]
        self._start(argv, "postgres.log", by=signal.SIGINT)
        ready = [str(self.binaries / "pg_isready"), "-q", "-h", str(self.folder / "s")]
        self._await("PostgreSQL", "postgres.log", lambda: subprocess.run(ready, capture_output=True).returncode == 0)

    def _start_redis(self) -> int:
        """Without persistence: nothing may depend on what Redis remembers."""
        port = free_port(int(self.values.get("GRIDGOV_LOCAL_REDIS_PORT", "0")))
        config = self.folder / "redis" / "redis.conf"
        config.touch(mode=0o600)
        if self.user:
            shutil.chown(config, self.user, self.user)
        lines = [f"port {port}", "bind 127.0.0.1", 'save ""', "appendonly no", f"dir {config.parent}", "daemonize no"]
        config.write_text("\n".join([*lines, f"requirepass {self.values['GRIDGOV_LOCAL_REDIS_PASSWORD']}", ""]))
        self._start(["redis-server", config], "redis.log", by=signal.SIGTERM)
        self._await("Redis", "redis.log", lambda: not _closed(port))
        return port

    def _start(self, argv: list[Any], log: str, *, by: int) -> None:
        with (self.folder / log).open("ab") as output:
            process = processes.spawn(
                argv, env=self._bare_environment(), cwd=self.folder, user=self.user, output=output, on_orphaned=by
            )
        self.running.append((process, by))

    def _await(self, name: str, log: str, ready: Any) -> None:
        process, _ = self.running[-1]
        for _ in range(600):
            if ready():
                return
            if process.poll() is not None:
                break
            time.sleep(0.1)
        tail = (self.folder / log).read_text(errors="replace").splitlines()[-15:]
        self.stop()
        raise Refused(f"{name} did not start. Its log ({self.folder / log}) ends with:\n" + "\n".join(tail))

    def _provision(self) -> None:
        self.psql(provision_sql(self.passwords))
        if NAME not in self.psql("SELECT datname FROM pg_database").split():
            extensions = "".join(f"CREATE EXTENSION IF NOT EXISTS {name};" for name in EXTENSIONS)
            self.psql(f"SET client_min_messages = warning; {extensions}", database="template1")
            self.psql(f"CREATE DATABASE {NAME} OWNER {ROLES['owner']}")
        if self.psql("SELECT cardinality(show_trgm('网格')) > 0", database=NAME) != "t":
            raise Refused("This cluster cannot search Chinese text: its LC_CTYPE knows no Chinese letters.")


def _closed(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def of_installation() -> Servers:
    """The servers of `make run`, with secrets made on first use and kept in `.local/environment`."""
    values = places.with_secrets(places.read(places.ENVIRONMENT))
    places.write(places.ENVIRONMENT, values)
    user = server_user()
    folder = places.servers_folder(
        places.LOCAL, values["GRIDGOV_LOCAL_ID"], enter=lambda local: places.may_enter(local, user)
    )
    return Servers(folder, values, user=user)
