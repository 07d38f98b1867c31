"""Rows of several tables in one statement: what belongs together takes one way to the database, not one each."""

from typing import Any

from django.db import connection, models
from django.db.models.sql import InsertQuery


def insert_together(*rows: models.Model) -> None:
    """INSERT each row, all in one statement of data-modifying CTEs; all are there or none is.

    PostgreSQL runs the parts side by side, so none may need to see another: foreign keys are checked at commit
    (deferred, as Django makes them), and no row's default may read another row. Signals of saving are not sent;
    the house has none.
    """
    parts: list[str] = []
    values: list[Any] = []
    for row in rows:
        query = InsertQuery(type(row))
        query.insert_values(type(row)._meta.local_concrete_fields, [row])
        ((statement, params),) = query.get_compiler(connection=connection).as_sql()
        parts.append(statement)
        values += params
        row._state.adding, row._state.db = False, connection.alias
    before = ", ".join(f"part_{number} AS ({part})" for number, part in enumerate(parts[:-1]))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {before} {parts[-1]}" if before else parts[-1], values)
