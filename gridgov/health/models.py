"""When worker and beat were last seen: one row each, in the database because Redis may forget at any time."""

from typing import ClassVar

from django.db import models


class Heartbeat(models.Model):
    """The last sign of life of one kind of process; several workers share a row, one alive is enough."""

    personal: ClassVar[dict[str, str]] = {}

    process = models.CharField(max_length=10, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.process} {self.seen_at:%H:%M:%S}"
