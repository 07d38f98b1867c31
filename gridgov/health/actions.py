"""Writes a sign of life. Not an audited action: nobody acts, and a row every ten seconds would bury the trail."""

from datetime import datetime

from gridgov.health.models import Heartbeat

BEAT, WORKER = "beat", "worker"


def beat(process: str, *, now: datetime) -> None:
    """Say that BEAT, WORKER or a scheduled task was alive at `now`; late writers never turn the clock back."""
    if not Heartbeat.objects.filter(process=process, seen_at__gte=now).exists():
        Heartbeat.objects.update_or_create(process=process, defaults={"seen_at": now})
