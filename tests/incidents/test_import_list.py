"""Reports from a list: routed like all others, each once, and taken back while nobody has taken them up."""

import io
from datetime import timedelta

from django.urls import reverse

from grids.models import ImportBatch
from incidents import actions
from incidents.models import Incident
from incidents.workflow import Status

LIST = """id,category,description,grid,building
A-1,{code},三楼堆满纸箱,990101001001001,3号楼
A-2,{code},路口堆物,,
"""


def hand_in(client, text: str) -> str:
    file = io.BytesIO(text.encode())
    file.name = "list.csv"
    return client.post(reverse("imports:list"), {"kind": "incidents", "file": file}).url


def test_each_line_is_reported_once(sign_in, desk, category, building, cast):
    client, text = sign_in(desk), LIST.format(code=category.code)
    client.post(hand_in(client, text) + "apply/")
    client.post(hand_in(client, text) + "apply/")
    assert Incident.objects.count() == 2
    assert Incident.objects.get(building=building).area == cast.areas["grid"]


def test_taken_back_while_new_and_refused_afterwards(sign_in, desk, category, building, cast, now):
    client = sign_in(desk)
    first = hand_in(client, LIST.format(code=category.code))
    client.post(first + "apply/")
    client.post(first + "undo/")
    assert set(Incident.objects.values_list("status", flat=True)) == {Status.VOID}
    second = hand_in(client, LIST.format(code=category.code))
    client.post(second + "apply/")
    taken = Incident.objects.exclude(status=Status.VOID).first()
    actions.move(taken, "take_in", by=desk, now=now, unit=cast.units["enforcement"])
    client.post(second + "undo/")
    assert Incident.objects.exclude(status=Status.VOID).count() == 2


def test_after_half_an_hour_it_is_not_offered_and_refused_in_words(sign_in, desk, category, building, now):
    client = sign_in(desk, lang="en")
    address = hand_in(client, LIST.format(code=category.code))
    client.post(address + "apply/")
    seen = client.get(address).content.decode()
    assert "It can be taken back as a whole until" in seen
    assert address + "undo/" in seen
    ImportBatch.objects.update(applied_at=now - timedelta(minutes=31))
    late = client.get(address).content.decode()
    assert "by now others work with it" in late
    assert address + "undo/" not in late
    assert "by now others work with it" in client.post(address + "undo/", follow=True).content.decode()
    assert Incident.objects.open().count() == 2


def test_an_unknown_category_names_its_line(sign_in, desk, category, building):
    client = sign_in(desk)
    url = hand_in(client, LIST.format(code="9999"))
    assert client.get(url).content.decode().count("level-3") == 2
    client.post(url + "apply/")
    assert not Incident.objects.exists()


def test_a_line_may_do_without_a_number_of_its_own(sign_in, desk, category, building):
    client = sign_in(desk)
    client.post(hand_in(client, f"category,description\n{category.code},路口堆物\n") + "apply/")
    assert Incident.objects.get().description == "路口堆物"
