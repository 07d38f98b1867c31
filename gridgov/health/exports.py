"""The probes' readings and the signs of life as Prometheus gauges, computed when somebody scrapes."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily

from gridgov.dbtime import database_now
from gridgov.health import probes
from gridgov.health.models import Heartbeat


class Readings:
    """A collector over the database: the same figures whichever web process answers."""

    def collect(self) -> Iterator[Metric]:
        """Two gauges for all parts and one for the signs of life."""
        now = database_now()
        fine = GaugeMetricFamily("gridgov_part_fine", "1 while a part is within its threshold", labels=["part"])
        figures = GaugeMetricFamily("gridgov_part", "Seconds or counts of a part", labels=["part", "figure"])
        for reading in probes.readings(now):
            fine.add_metric([reading.name], float(reading.fine))
            for name, value in reading.figures.items():
                figures.add_metric([reading.name, name], value)
        seen = GaugeMetricFamily(
            "gridgov_seen_seconds", "Since a process or a scheduled task was last seen", labels=["process"]
        )
        for process, seen_at in Heartbeat.objects.values_list("process", "seen_at"):
            seen.add_metric([process], (now - seen_at).total_seconds())
        yield from (fine, figures, seen)


def exposition() -> bytes:
    """The text of these gauges."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Readings())
    return generate_latest(registry)
