"""What was found on a patrol: which incident, under the number the phone gave the walk."""

from typing import Any

from django.db import models

from incidents.models.incident import Incident


class PatrolFindingQuerySet(models.QuerySet["PatrolFinding"]):
    """Reads of findings."""

    def of(self, key: Any) -> "PatrolFindingQuerySet":
        """What was found on one patrol."""
        return self.filter(patrol_key=key)


class PatrolFinding(models.Model):
    """An incident reported on a patrol. By the phone's number, because the report may arrive before the patrol."""

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, primary_key=True, related_name="finding")
    patrol_key = models.UUIDField(db_index=True)

    objects = PatrolFindingQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.incident_id)
