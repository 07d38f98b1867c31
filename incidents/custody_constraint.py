"""The chain of custody as a constraint of the database, which Django's models cannot say (house.md §3)."""

from django.db.migrations import RunSQL

CHAIN = RunSQL(
    """
    ALTER TABLE incidents_custody
        ADD CONSTRAINT custody_begins_where_the_one_before_ended
        FOREIGN KEY (incident_id, previous, since) REFERENCES incidents_custody (incident_id, seq, until)
        DEFERRABLE INITIALLY DEFERRED;
    """,
    "ALTER TABLE incidents_custody DROP CONSTRAINT custody_begins_where_the_one_before_ended;",
)
