"""The default catalogue: whole, loaded once, never over an office's own edits."""

import pytest

from gridgov.accounts.models import User
from gridgov.words import initials
from incidents.catalogue import ENTRIES, HEADINGS, load_catalogue
from incidents.models import Category


@pytest.fixture
def loaded(db, now):
    return load_catalogue(by=User.objects.service("import"), now=now)


def test_catalogue_has_eight_headings_and_every_entry_one_of_them(loaded):
    assert Category.objects.majors().count() == len(HEADINGS) == 8
    assert loaded == len(HEADINGS) + len(ENTRIES)
    assert {entry.code[:2] for entry in ENTRIES} == {heading.code for heading in HEADINGS}


def test_loading_again_adds_nothing_and_keeps_edits(loaded, now):
    Category.objects.filter(code="0302").update(name="楼道杂物", handle_seconds=60)
    assert load_catalogue(by=User.objects.service("import"), now=now) == 0
    assert Category.objects.get(code="0302").handle_seconds == 60


def test_emergencies_run_on_natural_time_and_are_not_settled_by_category_alone(loaded):
    for category in Category.objects.filter(is_emergency=True):
        assert category.clock == Category.Clock.NATURAL
        assert category.handle_seconds <= 4 * 3600


def test_initials_find_what_is_typed():
    assert initials("楼道堆物") == "lddw"
