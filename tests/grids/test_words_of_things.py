"""Part of a name or number among many places and city assets: an index narrows, what is found does not change."""

import pytest
from django.db import connection

from grids import actions
from grids.models import Asset, Building, Place
from grids.things import ASSETS, PLACES, first_worded, worded
from tests import factories

WIDE = str.maketrans("３Ｂ２\u3000", "3B2 ")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("便利", {"甲"}), ("利", {"甲"}), ("利店A", {"甲"}), ("利店a座", {"甲"}), ("春风路 1", {"甲"}), ("50%", {"乙"}),
        ("_x", {"乙"}), ("ÉMILE", {"乙"}), ("店座", set()), ("\x00便利", {"甲"}), ("  ", {"甲", "乙"}),
        ("91350100M000100Y43", {"乙"}), ("Ａ座", {"甲"}), ("ａ座", {"甲"}), ("1２号", {"甲"}), ("flbld", {"甲"}),
        ("BLDA", {"甲"}), ("zzz", set()),
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


@pytest.mark.parametrize(
    ("written", "asked"), [("３号楼", "3号楼"), ("3号楼", "３号楼"), ("Ｂ座　２单元", "B座 2单元")]
)
def test_a_building_is_found_whichever_digits_were_typed(cast, worker, sign_in, now, written, asked):
    house = factories.make_building(cast.areas["grid"], written)
    assert house.name == asked.translate(WIDE) == Building.objects.get(pk=house.pk).name
    client = sign_in(worker)
    for text in (asked, written, house.initials):
        assert house.name in client.get("/incidents/buildings/", {"building_q": text}).content.decode()


def test_a_new_name_brings_its_initials_also_where_only_the_name_is_written(cast, office_admin, now):
    house = actions.create_building(cast.areas["grid"], name="春风楼", by=office_admin, now=now)
    assert house.initials == "cfl"
    actions.rename_building(house, name="秋月楼 2座", by=office_admin, now=now)
    assert Building.objects.get(pk=house.pk).initials == "qyl2z"
    Place.objects.bulk_create(
        [Place(area=house.area, area_path=house.area_path, name="面馆", kind="x", created_at=now)]
    )
    assert Place.objects.get().initials == "mg"


@pytest.mark.parametrize("text", ["灯", "灯 3", "ld", "没有"])
def test_the_first_of_many_come_in_the_order_of_the_ground(cast, text):
    for n in (3, 1, 2, 5, 4):
        factories.make_asset(cast.areas["grid"], f"990101011800000{n}", name=f"路灯 {n}" if n % 2 else f"井盖 {n}")
    found = first_worded(ASSETS, Asset.objects.all(), text, 2)
    assert found == list(worded(ASSETS, Asset.objects.all(), text).order_by(*ASSETS.order)[:2])
