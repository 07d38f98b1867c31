"""`make faults`: each fault in turn, one line each; any loss or double fails the run. `--short` is the form of `make test`."""

import sys
import time

from gridgov.local import preparation, supervise
from tests.faults import checker, ground
from tests.faults.scenarios import FAULTS, SHORT, Fault, calm, hour_down
from tests.faults.world import World

PATIENCE = 180  # seconds from the end of a storm until everything must have been made up
HEAD = f"{'fault':<38}{'injected':>9}{'cases':>7}{'lost':>6}{'doubled':>9}{'wrong':>7}{'p50 s':>8}{'p99 s':>8}{'latest s':>10}"


def say(text: str) -> None:
    """At once, so that a terminal sees how far it is."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def staff(world: World, fault: Fault) -> None:
    """Let those run whom this fault needs."""
    world.staff(fault.workers, fault.beats, fault.pool, **fault.env)


def run(world: World, fault: Fault, batch: int) -> bool:
    """One fault from its cases to its line; whether nothing was lost or doubled."""
    began = time.monotonic()
    if fault.begin < 0:
        world.dismiss()
        ground.fill(world, batch, count=fault.cases, spread=fault.spread, begin=fault.begin)
    staff(world, fault)
    if fault.begin >= 0:
        world.until(world.at_work, PATIENCE)
        ground.fill(world, batch, count=fault.cases, spread=fault.spread, begin=fault.begin)
    injected = fault.act(world, fault)
    world.heal()
    world.until(lambda: checker.drained(world, batch), PATIENCE)
    took = time.monotonic() - began
    verdict = checker.judge(world, batch)
    if not injected and fault.act is not calm:
        verdict.wrong["fault that never struck"] = 1
    lost, doubled, wrong = (sum(found.values()) for found in (verdict.lost, verdict.doubled, verdict.wrong))
    p50, p99, latest = verdict.late
    note = f"  all within {took:.0f} s of the start" if fault.act is hour_down else ""
    say(
        f"{fault.name:<38}{injected:>9}{fault.cases:>7}{lost:>6}{doubled:>9}{wrong:>7}{p50:>8}{p99:>8}{latest:>10}{note}"
    )
    for kind, found in (("lost", verdict.lost), ("doubled", verdict.doubled), ("wrong", verdict.wrong)):
        for name, count in found.items():
            say(f"    {kind}: {count} × {name}")
    return verdict.clean


def main(arguments: list[str]) -> int:
    """All faults, those of the short form, or those whose name holds the words given."""
    faults = SHORT if "--short" in arguments else FAULTS
    words = [word for word in arguments if not word.startswith("--")]
    chosen = [fault for fault in faults if not words or any(word in fault.name for word in words)]
    supervise.stop_on_signals()
    preparation.compile_languages()
    world, began = World(), time.monotonic()
    try:
        world.open()
        if chosen[0].begin >= 0:
            staff(world, chosen[0])  # they start while the ground is laid
        ground.build(world)
        say(HEAD)
        clean = [run(world, fault, batch) for batch, fault in enumerate(chosen, 1)]
        if not checker.sees(world, len(chosen)):
            say("The checker did not see a loss and a double put in by hand: none of these lines is worth anything.")
            return 1
    except supervise.Stopped:
        return 130
    finally:
        world.close()
    say(
        f"{len(clean)} faults, {len(clean) - sum(clean)} of them lost, doubled or wrong; {time.monotonic() - began:.0f} s"
    )
    return 0 if all(clean) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
