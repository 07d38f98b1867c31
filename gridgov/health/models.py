"""When worker, beat and each scheduled task were last seen; in the database because Redis may forget at any time."""

from typing import ClassVar

from django.db import models


class Heartbeat(models.Model):
    """The last sign of life of one kind of process, or the last time a scheduled task came to its end.

    Several workers share a row, one alive is enough. A task's row is called by the task's name.
    """

    personal: ClassVar[dict[str, str]] = {}

    process = models.CharField(max_length=60, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.process} {self.seen_at:%H:%M:%S}"
