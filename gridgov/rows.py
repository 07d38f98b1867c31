"""Writing many rows in one statement, by arrays: one value list a column, not one placeholder a cell.

A sweep after an outage writes nine rows for each of 200,000 deadlines. Made as models and by `bulk_create` they took
three times as long as everything else together; here a column is one string that PostgreSQL takes apart by itself.
"""

import gc
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Model

Column = Any  # a field of a model with a column of its own


@contextmanager
def undisturbed() -> Iterator[None]:
    """Without the search for cycles, which walks everything a process holds again and again and finds none."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _text(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _json(value: Any) -> str:
    return _text(json.dumps(value, ensure_ascii=False))


def _interval(value: timedelta) -> str:
    return f'"{value.days} days {value.seconds}.{value.microseconds:06} seconds"'


def _bytes(value: bytes) -> str:
    return f'"\\\\x{value.hex()}"'


# Type of a column → its word in an array literal. Lengths are left out: a cast would cut what is too long in silence.
_WORDS: dict[str, Callable[[Any], str]] = {
    "uuid": str,
    "bigint": str,
    "integer": str,
    "smallint": str,
    "boolean": str,
    "date": str,
    "timestamp with time zone": datetime.isoformat,
    "interval": _interval,
    "jsonb": _json,
    "bytea": _bytes,
    "text": _text,
}


def _type(field: Column) -> str:
    found = field.rel_db_type(connection) if field.is_relation else field.db_type(connection)
    kind = (found or "").partition("(")[0]
    return "text" if kind == "varchar" else kind


def array(values: Iterable[Any], kind: str) -> str:
    """An array literal of one column's type. KeyError for a type no table of ours is written by so far."""
    word = _WORDS[kind]
    return "{" + ",".join(["NULL" if value is None else word(value) for value in values]) + "}"


def ids(keys: Iterable[Any]) -> str:
    """Keys as one parameter, for `= ANY(%s::uuid[])`: a thousand cost as much to send and to plan as one."""
    return array(keys, "uuid")


def _fields(model: type[Model], names: Iterable[str]) -> list[Column]:
    return [model._meta.get_field(name) for name in names]


def update_rows(rows: Collection[Model], fields: Sequence[str]) -> None:
    """Write these fields of saved rows of one model with a plain key, as they stand in memory, in one statement."""
    if not rows:
        return
    model = type(next(iter(rows)))
    meta = model._meta
    columns = [meta.pk, *_fields(model, fields)]
    key, *written = [connection.ops.quote_name(column.column) for column in columns]
    sets = ", ".join(f"{name} = given.{name}" for name in written)
    table = connection.ops.quote_name(meta.db_table)
    given, values = _given(columns, [[getattr(row, column.attname) for row in rows] for column in columns])
    sql = f"UPDATE {table} SET {sets} FROM {given} WHERE {table}.{key} = given.{key}"  # noqa: S608  names of our own
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def insert_rows(
    model: type[Model],
    names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    *,
    same: Mapping[str, Any],
    after: str = "",
) -> None:
    """INSERT rows given as tuples in the order of `names`; what all have alike stands in `same`.

    Fields named in neither get their default, a key minted for each row included. `after` is what follows the
    values: ON CONFLICT. Nothing is asked when there are no rows. Signals of saving are not sent; the house has none.
    """
    if not rows:
        return
    fields, columns = _fields(model, names), list(zip(*rows, strict=True))
    alike = dict(same)
    for field in model._meta.local_concrete_fields:
        if field.name not in names and field.name not in alike and (field.has_default() or not field.null):
            if field.primary_key:
                fields.append(field)
                columns.append(tuple(field.get_default() for _row in rows))
            else:
                alike[field.name] = field.get_default()
    given, values = _given(fields, columns)
    constant = _fields(model, alike)
    quoted = [connection.ops.quote_name(field.column) for field in (*fields, *constant)]
    wanted = [*(f"given.{name}" for name in quoted[: len(fields)]), *(f"%s::{_type(field)}" for field in constant)]
    known = [field.get_db_prep_save(value, connection) for field, value in zip(constant, alike.values(), strict=True)]
    table = connection.ops.quote_name(model._meta.db_table)
    sql = f"INSERT INTO {table} ({', '.join(quoted)}) SELECT {', '.join(wanted)} FROM {given} {after}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [*known, *values])


def _given(fields: Sequence[Column], columns: Sequence[Iterable[Any]]) -> tuple[str, list[str]]:
    """The values as a table named `given`, and its parameters."""
    kinds = [_type(field) for field in fields]
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    given = f"unnest({', '.join(f'%s::{kind}[]' for kind in kinds)}) AS given({names})"
    return given, [array(values, kind) for values, kind in zip(columns, kinds, strict=True)]
