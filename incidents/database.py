"""What Django's models cannot say, as migration operations: the chain of custody, and the case number's sequence."""

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
NUMBERS = RunSQL(
    "CREATE SEQUENCE incidents_number; GRANT USAGE, SELECT ON SEQUENCE incidents_number TO gridgov_app;",
    "DROP SEQUENCE incidents_number;",
)
