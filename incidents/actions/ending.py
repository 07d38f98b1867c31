"""What the end of a case brings along: its time, and that nothing is supervised any more."""

from datetime import datetime

from incidents.models import Incident, Supervision
from incidents.workflow import ENDED


def settle(incident: Incident, *, now: datetime) -> None:
    """Set when a locked incident ended, by its status; the supervisions nobody has lifted are lifted with it.

    Who held the case when, and what was answered, stays. The incident itself is not saved.
    """
    ended = incident.status in ENDED
    incident.ended_at = now if ended else None
    if ended:
        open_ones = Supervision.objects.filter(incident=incident, lifted_at=None)
        open_ones.update(lifted_at=now, ended_with=incident.status)
