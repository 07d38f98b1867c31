"""What the rooms above let a watcher measure: each registers a probe, `/healthz` and `/metrics` ask them all.

The clock, the outbox and the boards are not this room's to import; whoever may see them all hands them in.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """One part of the system: whether it is within its threshold, and figures (seconds or counts) by name."""

    name: str
    fine: bool
    figures: dict[str, float]


Probe = Callable[[datetime], Iterable[Reading]]
_probes: list[Probe] = []


def register(probe: Probe) -> None:
    """Add what an app can measure, in AppConfig.ready(). It must cost one cheap statement."""
    if probe not in _probes:
        _probes.append(probe)


def readings(now: datetime) -> list[Reading]:
    """Everything measured now; raises what the database raises."""
    return [reading for probe in _probes for reading in probe(now)]
