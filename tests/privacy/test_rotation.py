"""New key: everything sealed anew, stopped and started at will, nothing lost."""

import io

import pytest
from django.core.management import CommandError, call_command

from gridgov.accounts.models import User
from gridgov.privacy import crypto, keys, rotation
from tests import factories

OLD = "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
NEW = "k2:NDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


@pytest.fixture
def ring(settings):
    def use(*entries):
        settings.PRIVACY_KEYS = list(entries)
        keys.ring.cache_clear()

    yield use
    settings.PRIVACY_KEYS = [OLD]
    keys.ring.cache_clear()


@pytest.fixture
def people(db, ring):
    ring(OLD)
    return [factories.make_person(f"人{n}", f"1990000000{n}") for n in range(5)]


def phones() -> dict[str, tuple[str, bytes]]:
    return {u.name: (u.phone.open(), u.phone.blob[3:5]) for u in User.objects.filter(name__startswith="人")}


def test_everything_moves_to_the_new_key(people, ring):
    ring(NEW, OLD)
    out = io.StringIO()
    call_command("rotate_keys", "--batch=2", stdout=out)
    assert "accounts.User.phone: 5 sealed anew, 0 unreadable" in out.getvalue()
    ring(NEW)
    assert phones() == {f"人{n}": (f"1990000000{n}", b"k2") for n in range(5)}


def test_killed_midway_goes_on_where_it_was(people, ring):
    ring(NEW, OLD)
    field = User._meta.get_field("phone")
    steps = rotation.rotate(field, batch=2)
    assert next(steps).done == 2
    steps.close()
    assert sorted(key for _text, key in phones().values()) == [b"k1", b"k1", b"k1", b"k2", b"k2"]
    assert {text for text, _key in phones().values()} == {f"1990000000{n}" for n in range(5)}
    assert [p.done for p in list(rotation.rotate(field, batch=100))] == [3]
    assert list(rotation.rotate(field, batch=100)) == []


def test_change_of_algorithm_is_a_rotation_too(people, settings):
    settings.PRIVACY_ALGORITHM = "sm4-gcm"
    call_command("rotate_keys", stdout=io.StringIO())
    assert User.objects.get(pk=people[0].pk).phone.blob[1] == crypto.SM4_GCM
    assert phones()["人0"][0] == "19900000000"


def test_unreadable_values_are_counted_and_left_alone(people, ring):
    ring(NEW, OLD)
    User.objects.filter(pk=people[1].pk).update(phone=b"\x01\x01\x02k1" + bytes(40))
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 values"):
        call_command("rotate_keys", "--batch=2", stdout=out)
    assert "4 sealed anew, 1 unreadable" in out.getvalue()
