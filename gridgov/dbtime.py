"""One clock for everyone: the database's. Machines disagree, the database does not."""

from datetime import datetime

from django.db import connection
from django.http import HttpRequest


def database_now() -> datetime:
    """The database's wall clock at this statement (not the start of the transaction), aware, in UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def now(request: HttpRequest) -> datetime:
    """The one instant a request acts at: read from the database on first use, then kept."""
    if not hasattr(request, "_database_now"):
        request._database_now = database_now()  # type: ignore[attr-defined]
    return request._database_now  # type: ignore[attr-defined]
