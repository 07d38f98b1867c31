"""Writing the timeline: one entry for each thing done, numbered within its incident."""

from datetime import datetime
from typing import Any

from incidents.capture import Capture
from incidents.models import Incident, Step


def entry(
    incident: Incident,
    move: str,
    *,
    by: Any,
    now: datetime,
    words: str = "",
    unit_id: int | None = None,
    captured: Capture | None = None,
    **data: Any,
) -> Step:
    """The next entry of a locked incident, not yet saved; `incident.version` counts along."""
    incident.version += 1
    return Step(
        incident_id=incident.pk,
        seq=incident.version,
        move=move,
        status=incident.status,
        at=now,
        by=by,
        unit_id=unit_id,
        words=words.strip(),
        data=data | (captured.data() if captured else {}),
    )
