"""The doors of buildings from a list: the same rules as on the page, every wrong line said, taken back whole."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from residents import actions
from residents.models import Dwelling
from tests import factories


@pytest.fixture
def house(cast):
    return factories.make_building(cast.areas["grid"], "3号楼")


@pytest.fixture
def doors(house, cast):
    """Two doors of the house, as a list says them."""
    grid = cast.areas["grid"].code
    return f"code of the grid,building,entrance,floor,room,use\n{grid},3号楼,2,5,501,出租\n{grid},3号楼,2,5,502,\n"


def hand_in(client, text: str) -> str:
    file = io.BytesIO(text.encode())
    file.name = "list.csv"
    return client.post(reverse("imports:list"), {"kind": "dwellings", "file": file}).url


def listed() -> list[tuple]:
    return list(Dwelling.objects.order_by("room").values_list("entrance", "floor", "room", "use"))


def test_doors_come_in_once_and_go_again(sign_in, desk, doors, house):
    client = sign_in(desk)
    url = hand_in(client, doors)
    assert "3号楼" in client.get(url).content.decode()
    assert listed() == []
    client.post(url + "apply/")
    assert listed() == [("2", 5, "501", "let"), ("2", 5, "502", "")]
    again = hand_in(client, doors)
    client.post(again + "apply/")
    assert len(listed()) == 2
    client.post(url + "undo/")
    assert listed() == []


def test_what_the_list_says_otherwise_is_changed_and_an_empty_cell_changes_nothing(sign_in, desk, doors, house, now):
    actions.add_dwelling(house, entrance="2", room="501", floor=4, use="own", by=desk, now=now)
    actions.add_dwelling(house, entrance="2", room="502", floor=3, use="empty", by=desk, now=now)
    client = sign_in(desk)
    url = hand_in(client, doors)
    client.post(url + "apply/")
    assert listed() == [("2", 5, "501", "let"), ("2", 5, "502", "empty")]
    client.post(url + "undo/")
    assert listed() == [("2", 4, "501", "own"), ("2", 3, "502", "empty")]


@pytest.mark.parametrize(
    ("old", "new"),
    [("出租", "城堡"), (",5,501", ",高,501"), (",501,", ",,"), ("3号楼", "9号楼"), (",501,", f",{'5' * 21},")],
)
def test_one_wrong_line_is_said_and_refuses_the_list(sign_in, desk, doors, old, new):
    client = sign_in(desk)
    url = hand_in(client, doors.replace(old, new, 1))
    assert "level-3" in client.get(url).content.decode()
    client.post(url + "apply/")
    assert listed() == []


def test_nobody_lists_the_doors_of_another_grid(sign_in, neighbour, doors):
    client = sign_in(neighbour)
    url = hand_in(client, doors)
    assert "level-3" in client.get(url).content.decode()
    client.post(url + "apply/")
    assert listed() == []


def test_a_door_somebody_lives_behind_is_not_taken_back(sign_in, desk, doors, house, now):
    client = sign_in(desk)
    url = hand_in(client, doors)
    client.post(url + "apply/")
    actions.add_household(Dwelling.objects.get(room="501"), by=desk, now=now)
    client.post(url + "undo/")
    assert len(listed()) == 2


def test_the_command_does_the_same_and_shows_it_first(doors, tmp_path, capsys):
    path = tmp_path / "doors.csv"
    path.write_text(doors)
    call_command("import_dwellings", str(path), "--dry-run")
    assert listed() == []
    call_command("import_dwellings", str(path))
    assert len(listed()) == 2
    assert "created" in capsys.readouterr().out
    path.write_text(doors.replace("出租", "城堡"))
    with pytest.raises(CommandError, match="1 refused"):
        call_command("import_dwellings", str(path))
