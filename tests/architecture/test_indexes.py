"""Every index costs each write something: none only repeats how another begins."""

import pytest
from django.db import connection

from tests.architecture.test_personal_data import our_models

# An index, and another of the same table that begins with the same columns and leaves out no more rows. Those that
# guard uniqueness may be short; a condition that only leaves out NULL does not hinder a look for a value.
REPEATED = """
    SELECT one.indrelid::regclass::text, one.indexrelid::regclass::text
    FROM pg_index one
    JOIN pg_index other ON other.indrelid = one.indrelid AND other.indexrelid <> one.indexrelid
    JOIN pg_class name ON name.oid = one.indexrelid
    JOIN pg_class other_name ON other_name.oid = other.indexrelid AND other_name.relam = name.relam
    JOIN pg_attribute first ON first.attrelid = one.indrelid AND first.attnum = one.indkey[0]
    WHERE NOT one.indisunique AND one.indpred IS NULL AND one.indexprs IS NULL AND other.indexprs IS NULL
      AND one.indnatts = one.indnkeyatts AND one.indnkeyatts <= other.indnkeyatts
      AND coalesce(pg_get_expr(other.indpred, other.indrelid), '') IN ('', format('(%%I IS NOT NULL)', first.attname))
      AND NOT EXISTS (
          SELECT FROM generate_series(0, one.indnkeyatts - 1) nth
          WHERE one.indkey[nth] <> other.indkey[nth] OR one.indclass[nth] <> other.indclass[nth]
      )
      AND one.indrelid::regclass::text = ANY (%s)
    ORDER BY 1, 2
"""
NOT_OURS = {"grids_areauserpermission"}  # the columns come from guardian's base class


@pytest.mark.django_db
def test_no_index_repeats_how_another_begins():
    tables = {model._meta.db_table for model in our_models()} - NOT_OURS
    with connection.cursor() as cursor:
        cursor.execute(REPEATED, [sorted(tables)])
        assert cursor.fetchall() == []
