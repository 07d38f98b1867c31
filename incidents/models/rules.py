"""How long each stage may take and who is told when it is late, as the office has said it, in versions."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gridgov.clock.models import LadderVersion


class LimitVersion(models.Model):
    """时限: the whole table from some edit on. Never changed; the newest counts. `rules`: see incidents.limits."""

    number = models.PositiveIntegerField(unique=True)
    rules = models.JSONField()
    note = models.CharField(_("why"), max_length=200, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"#{self.number}"


class Audience(models.Model):
    """Who is told at which level of one version of a ladder.

    `table`: level → {"unit": "all" | "head" | "", "roles": {kind of area: [role, …]}}; `returned`: how often a case
    may be sent back before it is critical, 0 for never (docs/domain.md §1.7); `urgent`: quiet hours do not hold it.
    """

    version = models.OneToOneField(LadderVersion, on_delete=models.PROTECT, primary_key=True, related_name="+")
    table = models.JSONField()
    returned = models.PositiveSmallIntegerField(default=3)
    urgent = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.version)

    def at(self, level: int) -> dict[str, Any]:
        """What it says of one level."""
        return self.table.get(str(int(level)), {"unit": "", "roles": {}})
