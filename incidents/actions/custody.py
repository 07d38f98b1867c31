"""Keeping the chain of custody: whoever writes a holder writes it here."""

from datetime import datetime

from incidents.models import Custody, Incident
from teams.models import Unit


def begin(incident: Incident, unit: Unit, *, now: datetime) -> Custody:
    """The first holder. `incident.holder` is set by the caller, who is about to insert it."""
    return Custody(incident_id=incident.pk, seq=1, previous=None, unit=unit, since=now)


def hand_to(incident: Incident, unit: Unit | None, *, now: datetime) -> None:
    """Let `unit` hold a locked incident from now on; None and the present holder change nothing."""
    if unit is None or incident.holder_id == unit.pk:
        return
    last = Custody.objects.filter(incident=incident, until=None).first()
    if last is None:
        Custody.objects.create(incident=incident, seq=1, previous=None, unit=unit, since=now)
    else:
        at = max(now, last.since)
        Custody.objects.filter(incident=incident, seq=last.seq).update(until=at)
        Custody.objects.create(incident=incident, seq=last.seq + 1, previous=last.seq, unit=unit, since=at)
    incident.holder = unit
