"""The three database roles, as migration operations: what the program may do is settled in the database.

The roles themselves are made by whoever makes the cluster (`gridgov/local/servers.py`, docker-compose.yml);
here they get their rights. Owner: changes the schema. App: reads and writes rows. Checker: reads.
"""

from django.db.migrations import RunSQL

GRANT = RunSQL(
    """
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO gridgov_app;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO gridgov_app;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO gridgov_checker;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO gridgov_app;
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO gridgov_app;
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO gridgov_checker;
    """,
    RunSQL.noop,
)


def append_only(*tables: str) -> RunSQL:
    """Take from the app role the right to change or remove rows of `tables`."""
    return RunSQL(
        "".join(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM gridgov_app;" for table in tables),
        RunSQL.noop,
    )
