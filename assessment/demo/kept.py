"""Two records that a phone handed in too late, so that the desk's page of kept records has something to decide."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from assessment.demo.street import Street
from gridgov.sync.actions import receive
from incidents.models import Incident
from incidents.workflow import ENDED

FIRST, SECOND = UUID("0194d000-0000-7000-8000-000000000001"), UUID("0194d000-0000-7000-8000-000000000002")


def keep_two(street: Street) -> None:
    """A result for a case that others had ended meanwhile, and words about one that is out of sight now."""
    worker, now = street.people["WG1001"], street.now
    seen = Incident.objects.visible_to(worker).filter(status__in=sorted(ENDED)).order_by("-reported_at").first()
    if seen is None:
        return
    late = {"incident": str(seen.pk), "step": "resolve", "words": "现场已清理，地下室没有信号，出来才传上。"}
    taken: dict[str, Any] = {"captured_at": now - timedelta(hours=5), "offset": timedelta(), "keep": True}
    receive(FIRST, "incidents.step", late, by=worker, now=now, base_version="2", **taken)
    gone = {"incident": str(UUID(int=7)), "words": "物业说明天上午来换锁。"}
    receive(SECOND, "incidents.comment", gone, by=worker, now=now, **taken)
