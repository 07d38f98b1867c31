"""Telling the database's planner what has come, so that the minute after a mass import is as fast as every other."""

from django.db import connection, transaction

MANY = 500  # rows at once: fewer change no plan, and autovacuum finds them within a minute


def take_stock() -> None:
    """Count the ground's tables anew (0.15 s for 20,000 polygons); nothing is locked against reading or writing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT grids_take_stock()")


def take_stock_after(count: int) -> None:
    """The same once this transaction is committed, when it has written many rows; never fails what was written."""
    if count >= MANY:
        transaction.on_commit(take_stock, robust=True)
