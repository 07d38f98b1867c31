"""Celery's beat, on a machine whose clock may be set back (an empty battery, a restored snapshot, a wrong start)."""

import time
from typing import Any

from celery.beat import PersistentScheduler


class Scheduler(PersistentScheduler):
    """Knocks go on in the new time: what was last sent in what is now the future counts as sent now.

    Celery's own would wait for that future to come, be it two hours, and keep it over a restart in its file.
    """

    _looked = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; answers the seconds until the next look."""
        if time.time() < self._looked:
            self._heap = None  # in the order of the old time; Celery makes it anew
        self._looked = time.time()
        return super().tick(*args, **kwargs)

    def populate_heap(self, *args: Any, **kwargs: Any) -> None:
        """Put all in the order in which they come due."""
        for entry in self.schedule.values():
            now = entry.default_now()
            entry.last_run_at = min(entry.last_run_at or now, now)
        super().populate_heap(*args, **kwargs)
