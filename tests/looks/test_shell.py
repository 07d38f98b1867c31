"""The frame of every page: the menu by right, dates as people say them, choices of display, refusals in words."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.test import Client
from django.urls import reverse
from django.utils import translation

from gridgov import look, shell
from gridgov.paging import keyset
from grids.models import Area
from grids.permissions import Perm

NOW = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)  # Monday 14:05 in Shanghai


@pytest.fixture
def two_entries(monkeypatch):
    entries = (
        shell.Entry("own display", "preferences:text_size", "home"),
        shell.Entry("log", "preferences:language", "file", (Perm.VIEW_AUDIT,)),
        shell.Entry("not built yet", "nowhere:at_all", "file"),
    )
    monkeypatch.setattr(shell, "MENU", (shell.Group("work", entries),))


def labels(menu):
    return [entry["label"] for group in menu for entry in group["entries"]]


@pytest.mark.usefixtures("two_entries")
def test_menu_shows_only_what_a_post_allows(worker, audit_admin, outsider):
    assert labels(shell.menu(worker)) == ["own display"]
    assert labels(shell.menu(outsider)) == ["own display"]
    assert labels(shell.menu(audit_admin)) == ["own display", "log"]


def test_every_door_leads_only_where_one_may_go(sign_in, worker, audit_admin):
    desk, phone = sign_in(audit_admin).get("/accounts/"), sign_in(audit_admin).get("/accounts/me/")
    assert 'href="/accounts/"' in desk.content.decode()
    assert 'href="/accounts/me/"' not in desk.content.decode()
    assert re.findall(r'<nav class="bar".*?</nav>', phone.content.decode(), re.S)[0].count("<a ") == 1
    own = sign_in(worker).get("/accounts/me/").content.decode()
    assert re.findall(r'<nav class="bar".*?</nav>', own, re.S)[0].count("<a ") == 4


def test_menu_group_without_entries_disappears(outsider, monkeypatch):
    entry = shell.Entry("log", "preferences:language", "file", (Perm.VIEW_AUDIT,))
    monkeypatch.setattr(shell, "MENU", (shell.Group("hidden", (entry,)),))
    assert shell.menu(outsider) == []


@pytest.mark.usefixtures("two_entries")
def test_menu_marks_the_entry_that_holds_the_page(audit_admin):
    at = reverse("preferences:language") + "42/"
    marked = [e["label"] for g in shell.menu(audit_admin, at) for e in g["entries"] if e.get("current")]
    assert marked == ["log"]


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW, "today 14:05"),
        (NOW + timedelta(hours=10), "tomorrow 00:05"),
        (NOW - timedelta(hours=15), "yesterday 23:05"),
        (NOW + timedelta(days=2), "11-25 Wed 14:05"),
        (NOW + timedelta(days=60), "2027-01-22 Fri 14:05"),
        (None, ""),
    ],
)
def test_near_says_a_moment_in_few_words(moment, words, settings):
    settings.LANGUAGE_CODE = "en"
    assert look.near(moment, NOW) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(0), "0 min"),
        (timedelta(minutes=48, seconds=59), "48 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(hours=-3, minutes=-5), "3 h 5 min"),
        (timedelta(days=1, hours=2, minutes=9), "1 day 2 h"),
        (172_800, "2 days"),
        (None, ""),
    ],
)
def test_span_says_a_length_in_its_largest_units(length, words, settings):
    settings.LANGUAGE_CODE = "en"
    assert look.span(length) == words


def test_what_follows_after_midnight_names_its_day():
    begun = datetime(2026, 12, 31, 15, 50, tzinfo=UTC)  # 23:50 in Shanghai
    with translation.override("zh-hans"):
        assert look.following(begun + timedelta(minutes=9), begun) == "23:59"
        assert look.following(begun + timedelta(minutes=15), begun) == "2027-01-01 周五 00:05"
        assert look.following(begun, begun - timedelta(days=1)) == "12-31 23:50"
        assert look.following(None, begun) == ""


@pytest.mark.parametrize(
    ("name", "value", "field", "kept"),
    [
        ("text_size", "extra", "text_size", "extra"),
        ("elder_mode", "on", "elder_mode", True),
        ("language", "en", "language", "en"),
    ],
)
def test_display_choice_is_kept_on_the_person_and_the_device(sign_in, worker, name, value, field, kept):
    client = sign_in(worker)
    answer = client.post(reverse(f"preferences:{name}"), {name: value, "next": "/accounts/login/?x=1"})
    worker.refresh_from_db()
    assert getattr(worker, field) == kept
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/?x=1")
    assert any(cookie.value == value for cookie in answer.cookies.values())


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["text_size", "elder_mode", "language"])
def test_display_choice_refuses_nonsense_and_foreign_addresses(name):
    client = Client()
    good = {"text_size": "large", "elder_mode": "off", "language": "en"}[name]
    assert client.post(reverse(f"preferences:{name}"), {name: "<b>"}).status_code == 400
    assert client.get(reverse(f"preferences:{name}")).status_code == 405
    away = client.post(reverse(f"preferences:{name}"), {name: good, "next": "https://evil.example/"})
    assert away.headers["Location"] == "/"


@pytest.mark.django_db
def test_unknown_address_says_what_one_may_do(sign_in, outsider):
    answer = sign_in(outsider, lang="en").get("/nowhere/")
    assert answer.status_code == 404
    assert "What you can do" in answer.content.decode()


def walk(rf, size):
    """Every page of the areas forwards, then back: the codes seen each way."""
    there, back, query = [], [], ""
    while True:
        page = keyset(Area.objects.all(), rf.get("/" + query), by=("-kind", "code", "id"), size=size)
        there.append([a.pk for a in page.rows])
        if not page.next_url:
            break
        query = page.next_url
    while page.previous_url:
        page = keyset(Area.objects.all(), rf.get("/" + page.previous_url), by=("-kind", "code", "id"), size=size)
        back.append([a.pk for a in page.rows])
    return there, back


@pytest.mark.usefixtures("cast")
def test_paging_shows_every_row_once_and_the_same_way_back(rf):
    everything = list(Area.objects.order_by("-kind", "code", "id").values_list("pk", flat=True))
    there, back = walk(rf, 4)
    assert [pk for page in there for pk in page] == everything
    assert back[::-1] == there[:-1]


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("query", ["?after=%F0%9F", "?after=W10", "?after=WzEsMiwzXQ", "?before=bm9uZQ", "?after="])
def test_paging_shows_the_first_page_for_a_spoilt_key(rf, query):
    page = keyset(Area.objects.all(), rf.get("/" + query), by=("id",), size=3)
    assert [a.pk for a in page.rows] == list(Area.objects.order_by("id").values_list("pk", flat=True)[:3])


@pytest.mark.usefixtures("cast")
def test_paging_asks_once_and_keeps_the_filters(rf, django_assert_num_queries):
    with django_assert_num_queries(1):
        page = keyset(Area.objects.all(), rf.get("/?q=7&after="), by=("id",), size=2)
    assert page.next_url.startswith("?q=7&after=")
    assert page.previous_url == ""


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (forms.CharField(), "请填写此项。"),
        (forms.DateField(), "请填写此项。"),
        (forms.ChoiceField(choices=[("1", "一")]), "请选择一项。"),
        (forms.MultipleChoiceField(choices=[("1", "一")]), "请选择一项。"),
        (forms.FileField(), "请选择一项。"),
    ],
)
def test_an_empty_field_says_what_to_do_in_plain_words(field, words):
    with translation.override("zh-hans"):
        assert type("F", (forms.Form,), {"it": field})({}).errors["it"] == [words]
