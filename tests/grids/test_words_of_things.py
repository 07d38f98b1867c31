"""Part of a name or number among many places and city assets: an index narrows, what is found does not change."""

import pytest
from django.db import connection

from grids.models import Place
from grids.things import ASSETS, PLACES, worded
from tests import factories


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("便利", {"甲"}), ("利", {"甲"}), ("利店A", {"甲"}), ("利店a座", {"甲"}), ("春风路 1", {"甲"}), ("50%", {"乙"}),
        ("_x", {"乙"}), ("ÉMILE", {"乙"}), ("店座", set()), ("\x00便利", {"甲"}), ("  ", {"甲", "乙"}),
        ("91350100M000100Y43", {"乙"}),
    ],
)  # fmt: skip
def test_the_index_on_pieces_finds_what_comparing_text_finds(cast, asked, found):
    grid = cast.areas["grid"]
    rows = {
        factories.make_place(grid, "福来便利店A座", address="春风路 12号").pk: "甲",
        factories.make_place(grid, "émile 50%_X", credit_code="91350100M000100Y43").pk: "乙",
    }
    assert {rows[one.pk] for one in worded(PLACES, Place.objects.all(), asked)} == found


def test_a_name_among_many_is_looked_up_in_the_index(db):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    for sort, index in ((PLACES, "place_by_grams"), (ASSETS, "asset_by_grams")):
        assert index in worded(sort, sort.model.objects.all(), "便利店").explain()
