"""What the planner knows of the rows a benchmark has just written.

Only a table's owner may ANALYZE it; as the role the program runs under the statement is skipped with a warning, and every
plan is then made for empty tables.
"""

import psycopg2
from django.db import connection

from gridgov.settings import database


def analyze(tables: str = "") -> None:
    """Count the rows of these tables (comma separated; none: of all), as a running installation's autovacuum does."""
    owner = database("owner")
    link = psycopg2.connect(
        dbname=connection.settings_dict["NAME"], user=owner["USER"], password=owner["PASSWORD"],
        host=owner["HOST"], port=owner["PORT"] or None,
    )  # fmt: skip
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            cursor.execute(f"VACUUM (ANALYZE) {tables}")
    finally:
        link.close()
