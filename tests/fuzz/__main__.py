"""`make fuzz`: hostile requests by every role against the demo; each crash and each open door, with its seed.

ARGS: --requests 50000 · --seed 1 · --only places (part of the name of an address) · --label "office GET places:list 12"
"""

import argparse
import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridgov.settings")
django.setup()

from django.conf import settings  # noqa: E402

from tests.fuzz import ground  # noqa: E402
from tests.fuzz.offers import walk  # noqa: E402
from tests.fuzz.tries import Tries, Try  # noqa: E402


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Report:
    """Counts by status; what broke and what stood open, each once."""

    def __init__(self) -> None:
        self.by_status: Counter[tuple[str, int]] = Counter()
        self.seen: Counter[str] = Counter()

    def take(self, one: Try, seed: int) -> None:
        self.by_status[one.method, one.answer.status] += 1
        if one.answer.status >= 500 and one.name != "health:healthz":  # which says so when something is down
            self._once("broke " + _cause(one.answer.broke), one, seed, one.answer.broke)
        elif hole := one.hole():
            self._once(f"open {one.role} {one.name}: {hole}", one, seed, "")

    def _once(self, what: str, one: Try, seed: int, more: str) -> None:
        self.seen[what] += 1
        if self.seen[what] == 1:
            say(f"\n{what}\n  ARGS=\"--seed {seed} --label '{one.label}'\"\n  {one.method} {one.address[:300]}\n{more}")

    def close(self, took: float) -> None:
        total = sum(self.by_status.values())
        say(f"\n{total} requests in {took:.0f} s")
        for (method, status), count in sorted(self.by_status.items()):
            say(f"  {method:<5}{status}  {count:>7}")
        for what, count in sorted(self.seen.items()):
            say(f"  {count:>6} × {what}")


def _cause(trace: str) -> str:
    """The exception with the last of our own places in it."""
    lines = trace.strip().splitlines()
    ours = [line.strip() for line in lines if 'File "' in line and ".venv" not in line and "/tests/" not in line]
    return f"{lines[-1].split(':')[0] if lines else '?'} at {ours[-1] if ours else '?'}"


def chosen(tries: Tries, args: argparse.Namespace) -> Iterator[Try]:
    """The one named by its label, or round after round of everything."""
    if args.label:
        yield tries.again(args.label)
        return
    for nth in range(10_000):
        for label in tries.labels(nth):
            if args.only in label:
                yield tries.again(label)


def main(arguments: list[str]) -> int:
    """Load, walk, try, report; fails when anything broke or stood open."""
    parser = argparse.ArgumentParser(
        prog="make fuzz", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--label", default="")
    args = parser.parse_args(arguments)
    settings.DEBUG, settings.ALLOWED_HOSTS = False, ["testserver"]
    logging.disable(logging.CRITICAL)
    ground.load()
    doors = ground.Doors()
    offers = walk(doors)
    addresses = sum(map(len, offers.addresses.values()))
    say(f"{addresses} addresses of {len(offers.addresses)} names, {len(offers.forms)} forms")
    report, began = Report(), time.monotonic()
    for nth, one in enumerate(chosen(Tries(doors, offers, args.seed), args)):
        report.take(one, args.seed)
        if nth % 5_000 == 4_999:
            say(f"… {nth + 1} requests, {time.monotonic() - began:.0f} s")
        if nth + 1 >= args.requests:
            break
    report.close(time.monotonic() - began)
    return 1 if report.seen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
