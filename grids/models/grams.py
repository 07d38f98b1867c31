"""Finding part of a name among 100,000 things: pieces of one and two characters, worked out by the database itself.

An index on the pieces narrows, and the plain comparison of text decides: what is found does not change. The pieces are
no column, so that nobody who writes a thing can forget them. The functions stand in a migration; their cost says that
taking a name apart is dear, or a planner without statistics (just after an import) would do it row by row.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, TextField, Value

PIECES: Any = ArrayField(TextField())

FUNCTIONS = """
CREATE FUNCTION thing_grams(VARIADIC texts text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 5000 AS $$
  SELECT coalesce(array_agg(DISTINCT substr(said, nth, size)), '{}')
  FROM unnest(texts) AS one(given), LATERAL (SELECT upper(given COLLATE "zh-Hans-CN-x-icu")) AS two(said),
       generate_series(1, length(said)) AS nth, generate_series(1, 2) AS size
  WHERE nth + size - 1 <= length(said)
$$;
CREATE FUNCTION thing_pieces(given text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 5000 AS $$
  SELECT CASE WHEN length(given) = 1 THEN ARRAY[upper(given COLLATE "zh-Hans-CN-x-icu")]
         ELSE (SELECT coalesce(array_agg(substr(upper(given COLLATE "zh-Hans-CN-x-icu"), nth, 2)), '{}')
               FROM generate_series(1, length(given) - 1) AS nth) END
$$;
"""
AWAY = "DROP FUNCTION thing_pieces(text); DROP FUNCTION thing_grams(text[]);"


class Plainly(Func):
    """A text under the database's own collation (Django's Collate may not stand inside an index)."""

    template = '%(expressions)s COLLATE "default"'
    output_field = TextField()


class Grams(Func):
    """The pieces of some columns together.

    Under the database's own collation: the planner looks pieces up in what ANALYZE sorted, and finds them only then.
    """

    function = "thing_grams"
    output_field = PIECES

    def __init__(self, first: str, *more: str) -> None:
        super().__init__(Plainly(first), *more)


class Pieces(Func):
    """The pieces that all must be there for a text to be part of one of the columns."""

    function = "thing_pieces"
    output_field = PIECES

    def __init__(self, text: Any) -> None:
        super().__init__(text if hasattr(text, "resolve_expression") else Value(text))
