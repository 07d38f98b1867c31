"""Every fault that clock, broker and database must survive, as a table: what runs, what is broken, when."""

import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults import gateway as modes
from tests.faults import writers
from tests.faults.world import World


@dataclass(frozen=True)
class Fault:
    """One line: `act` breaks things while `cases` fall due over `spread` seconds; it answers how often it did."""

    name: str
    act: Callable[[World, "Fault"], int]
    cases: int = 400
    spread: float = 15
    workers: int = 2
    beats: int = 1
    pool: int = 1
    begin: float = 1  # seconds from now until the first deadline; negative: due before anybody ran
    env: dict[str, str] = field(default_factory=dict)


def calm(world: World, fault: Fault) -> int:
    """Nothing is broken: what the others are measured against."""
    time.sleep(fault.spread)
    return 0


def _during(fault: Fault, times: int, strike: Callable[[int], None]) -> int:
    """Strike so many times, evenly over the storm."""
    for n in range(times):
        time.sleep(fault.spread / (times + 1))
        strike(n)
    return times


def sigkill(world: World, fault: Fault) -> int:
    """Whoever runs may be shot at any moment, beat too; the supervisor starts it again."""

    def strike(n: int) -> None:
        names = list(world.programs)
        world.kill(names[n % len(names)] if n % 3 else random.choice(names))
        world.revive()

    return _during(fault, max(4, int(fault.spread // 4)), strike)


def database_crash(world: World, fault: Fault) -> int:
    """The database stops at once and comes back a second later."""

    def strike(n: int) -> None:
        world.own.crash_database()
        time.sleep(1)
        world.own.start_database()

    return _during(fault, 3, strike)


def flushall(world: World, fault: Fault) -> int:
    """Everything Redis knows is forgotten: queue, cache, locks."""
    return _during(fault, 8, lambda n: world.redis().flushall())


def redis_killed(world: World, fault: Fault) -> int:
    """Redis is shot and comes back empty."""

    def strike(n: int) -> None:
        world.own.kill_redis()
        time.sleep(1.5)
        world.own.start_redis()

    return _during(fault, 3, strike)


def redis_full(world: World, fault: Fault) -> int:
    """Redis refuses every write for five seconds."""
    time.sleep(fault.spread / 4)
    with world.redis() as link:
        link.config_set("maxmemory", "1")
        time.sleep(5)
        link.config_set("maxmemory", "0")
    time.sleep(fault.spread / 2)
    return 1


def hour_down(world: World, fault: Fault) -> int:
    """Nobody ran for an hour; they are started only now. Lateness counts from the start, not from an hour ago."""
    return 1


def kills_itself(world: World, fault: Fault) -> int:
    """Workers die at the point their environment names, again and again; later ones live, so that it can end."""
    before = world.died()
    time.sleep(fault.spread + 4)
    for name in [name for name in world.programs if name.startswith("worker")]:
        world.tell(name, FAULT_KILL="")
    return world.died() - before


def wrong_clocks(world: World, fault: Fault) -> int:
    """One worker's machine is two hours ahead, the other's two hours behind; then beat's as well."""
    world.tell("worker 1", FAULT_CLOCK="7200")
    world.tell("worker 2", FAULT_CLOCK="-7200")
    time.sleep(fault.spread / 2)
    world.tell("beat 1", FAULT_CLOCK="7200")
    time.sleep(fault.spread / 4)
    world.tell("beat 1", FAULT_CLOCK="-7200")
    time.sleep(fault.spread / 4)
    return 4


def frozen(world: World, fault: Fault) -> int:
    """A worker stands still for a minute in the middle of a transaction, its leases run out, and it goes on."""
    locked = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%' AND backend_xid IS NOT NULL AND query_start < clock_timestamp() - interval '3 s'"
    stood = 0
    time.sleep(3)
    for _ in range(10):  # until it was caught holding rows
        world.signal("worker 1", signal.SIGSTOP)
        time.sleep(4)
        stood = int(world.own.query(locked))
        if stood:
            break
        world.signal("worker 1", signal.SIGCONT)
        time.sleep(0.3)
    time.sleep(FROZEN)
    world.signal("worker 1", signal.SIGCONT)
    return stood


def connections_exhausted(world: World, fault: Fault) -> int:
    """The program's role gets no connection any more, and those it has are cut."""
    time.sleep(fault.spread / 4)
    world.own.query("ALTER ROLE gridgov_app CONNECTION LIMIT 0")
    world.own.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'gridgov_app'")
    time.sleep(fault.spread / 3)
    world.own.query("ALTER ROLE gridgov_app CONNECTION LIMIT -1")
    time.sleep(fault.spread / 3)
    return 1


def sixteen_writers(world: World, fault: Fault) -> int:
    """Sixteen people act on one case at the same moment, while its deadlines are looked after."""
    return writers.at_once(world)


def poison(world: World, fault: Fault) -> int:
    """Some deadlines cannot fire; the others must, and those too once they are mended."""
    ids = "SELECT DISTINCT clock_id FROM faults_expected WHERE batch = (SELECT max(batch) FROM faults_expected) ORDER BY 1 LIMIT 7"
    world.own.query(f"UPDATE clock_clock SET subject_kind = 'nobody.answers' WHERE id IN ({ids})")
    stuck = f"SELECT count(*) FROM clock_clock WHERE attempts > 0 AND error <> '' AND id IN ({ids})"
    world.until(lambda: world.own.query(stuck) == "7", 90)
    found = int(world.own.query(stuck))
    world.own.query(
        f"UPDATE clock_clock SET subject_kind = 'incidents.incident', next_at = clock_timestamp() WHERE id IN ({ids})"
    )
    return found


def gateway_is(mode: str) -> Callable[[World, Fault], int]:
    """The gateway behaves so during the whole storm."""

    def act(world: World, fault: Fault) -> int:
        before = sum(world.gateway.asked.values())
        world.gateway.mode = mode
        time.sleep(fault.spread + 3)
        world.gateway.mode = modes.FINE
        return sum(world.gateway.asked.values()) - before

    return act


KILL = "FAULT_KILL"
FROZEN = 60.0  # seconds
FAULTS: tuple[Fault, ...] = (
    Fault("nothing", calm),
    Fault("SIGKILL of workers and beat", sigkill, cases=1500, spread=45),
    Fault("database stops at once", database_crash, cases=800, spread=24),
    Fault("Redis FLUSHALL", flushall),
    Fault("Redis killed and restarted", redis_killed),
    Fault("Redis out of memory", redis_full),
    Fault("beat away for an hour", hour_down, cases=3000, spread=3500, begin=-3600),
    Fault("two beats, ten workers", calm, cases=1500, spread=15, beats=2, workers=2, pool=5),
    Fault("killed between commit and publish", kills_itself, env={KILL: "after commit:0.3"}),
    Fault("killed between publish and mark-sent", kills_itself, env={KILL: "before mark sent:0.05"}),
    Fault("clocks two hours wrong", wrong_clocks, spread=24),
    Fault("worker frozen for 60 s", frozen, cases=600, spread=75, env={"FAULT_SLOW": "1", "FAULT_BATCH": "20"}),
    Fault("connections exhausted", connections_exhausted, spread=24),
    Fault("sixteen writers on one case", sixteen_writers, cases=100, spread=5),
    Fault("poison rows", poison, cases=200, spread=5, begin=15),
    Fault("gateway fails", gateway_is(modes.FAILS), cases=200, spread=10),
    Fault("gateway hangs", gateway_is(modes.HANGS), cases=100, spread=8),
    Fault("gateway acknowledges twice", gateway_is(modes.ACKS_TWICE), cases=200, spread=8),
)


def everything(world: World, fault: Fault) -> int:
    """The short form's storm: a worker and beat are shot, Redis forgets, the database stops."""
    steps: tuple[Callable[[], object], ...] = (
        lambda: world.kill("worker 1"),
        lambda: world.redis().flushall(),
        lambda: world.kill("beat 1"),
        world.own.crash_database,
    )
    before = world.died()
    for step in steps:
        time.sleep(fault.spread / 5)
        step()
        world.revive()
    time.sleep(1)
    world.own.start_database()
    return len(steps) + world.died() - before


SOME_DIE = {KILL: "after commit:0.1"}
SHORT: tuple[Fault, ...] = (
    Fault("shot, forgotten, stopped", everything, cases=150, spread=10, env=SOME_DIE),
    Fault("sixteen writers on one case", sixteen_writers, cases=30, spread=2, env=SOME_DIE),  # nobody starts anew
)
