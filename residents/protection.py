"""Row security: what a query forgets to filter, the database does not hand out.

The app role sees a household or resident only when its path lies in a subtree named in the setting
`gridgov.paths`, and that setting is made by `protected` for one transaction. Without it there are no rows. The
owner (migrations) is not bound; the checker reads all (it has no keys to open what is sealed).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.migrations import RunSQL

from grids.permissions import Perm, scope, shortest

SETTING = "gridgov.paths"
_INSIDE = f"""EXISTS (
    SELECT FROM unnest(string_to_array(current_setting('{SETTING}', true), ',')) AS mine(path)
    WHERE area_path >= mine.path AND area_path < mine.path || '~' AND mine.path <> '')"""


def guard(*tables: str) -> RunSQL:
    """The migration operation that puts row security on `tables`, each with a column `area_path`."""
    on, off = "", ""
    for table in tables:
        on += f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            CREATE POLICY by_path ON {table} TO gridgov_app USING ({_INSIDE}) WITH CHECK ({_INSIDE});
            CREATE POLICY checks ON {table} FOR SELECT TO gridgov_checker USING (true);"""
        off += f"""
            DROP POLICY by_path ON {table}; DROP POLICY checks ON {table};
            ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"""
    return RunSQL(on, off)


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, value])


@contextmanager
def protected(user: Any, *perms: str) -> Iterator[None]:
    """A transaction in which the database shows residents where `user` holds one of `perms` (by default: may see them).

    One statement. Blocks nest: the inner rule holds inside, the outer one again after it.
    """
    mine = scope(user)
    with protected_paths(shortest(path for perm in (perms or (Perm.VIEW_RESIDENTS,)) for path in mine.paths(perm))):
        yield


@contextmanager
def protected_paths(paths: Iterable[str]) -> Iterator[None]:
    """The same for given subtrees: for upkeep that follows the tree, where no person reads anything."""
    inner, outer, nested = ",".join(paths), getattr(connection, "_resident_paths", ""), connection.in_atomic_block
    connection._resident_paths = inner  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            _set(inner)
            yield
    finally:
        connection._resident_paths = outer  # type: ignore[attr-defined]
    if nested:
        _set(outer)  # the end of a transaction, and a rollback, forget the setting by themselves
