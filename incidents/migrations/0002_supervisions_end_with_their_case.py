"""The end of a case lifts its supervisions; those of cases that have ended already are lifted as of then."""

from django.db import migrations, models
from django.db.models import Q

STATUS = [
    ("unconfirmed", "To be confirmed"),
    ("reported", "Reported"),
    ("accepted", "Accepted"),
    ("filed", "Filed"),
    ("dispatched", "Dispatched"),
    ("in_progress", "In progress"),
    ("resolved", "To be verified"),
    ("verified", "Verified"),
    ("closed", "Closed"),
    ("self_resolved", "Resolved on the spot"),
    ("rejected", "Not accepted"),
    ("void", "Void"),
]
LIFT = """
UPDATE incidents_supervision s SET lifted_at = greatest(i.ended_at, s.opened_at), ended_with = i.status
FROM incidents_incident i WHERE i.id = s.incident_id AND s.lifted_at IS NULL AND i.ended_at IS NOT NULL
"""


class Migration(migrations.Migration):
    """A column, its rows, and the rule for them."""

    dependencies = [("incidents", "0001_initial")]
    operations = [
        migrations.AddField(
            "supervision",
            "ended_with",
            models.CharField(blank=True, choices=STATUS, default="", max_length=16),
            preserve_default=False,
        ),
        migrations.RunSQL(LIFT, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "supervision",
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None, ended_with="")
                | Q(lifted_at__isnull=False, lifted_by__isnull=False, ended_with="")
                | (Q(lifted_at__isnull=False, lifted_by=None) & ~Q(ended_with="")),
                name="supervision_lifted_by_somebody_or_with_its_case",
            ),
        ),
    ]
