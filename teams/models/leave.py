"""Who is away, and who stands in."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class LeaveQuerySet(models.QuerySet["Leave"]):
    """Reads of leave. What was called off counts for nothing."""

    def on(self, day: date) -> "LeaveQuerySet":
        """Away on this day."""
        return self.between(day, day)

    def between(self, first: date, last: date) -> "LeaveQuerySet":
        """Away on any of these days."""
        return self.filter(cancelled_at=None, since_on__lte=last, last_on__gte=first)

    def ahead(self, day: date) -> "LeaveQuerySet":
        """Running or still to come."""
        return self.filter(cancelled_at=None, last_on__gte=day)


class Leave(models.Model):
    """请假与代理: from the first to the last day somebody else hears of what comes, too or instead.

    Why somebody is away is nobody's business and has no field. Ends by itself.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="leaves", verbose_name=_("person")
    )
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("substitute")
    )
    since_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    instead = models.BooleanField(_("only the substitute is told"), default=False)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("leave")
        ordering = ["since_on", "pk"]
        indexes = [models.Index(fields=["user", "last_on"], condition=Q(cancelled_at=None), name="leave_by_person")]
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("since_on")), name="leave_ends_after_it_began"),
            models.CheckConstraint(condition=~Q(user=F("substitute")), name="leave_has_somebody_else"),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancelled_by=None)
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False),
                name="leave_cancelled_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.since_on}–{self.last_on}"
