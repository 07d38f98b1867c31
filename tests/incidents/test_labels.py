"""Offices call steps and levels differently: their words stand everywhere at once, and can be taken back."""

import io

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from gridgov.audit.models import AuditEvent
from gridgov.clock.levels import Level
from gridgov.labels import words
from gridgov.labels.models import Label
from gridgov.notices.models import Notice
from incidents import actions as incident_actions
from incidents.actions import labels
from incidents.workflow import MOVES, Status

STEP = reverse("dictionaries:labels", args=["step"])


@pytest.fixture(autouse=True)
def _programs_own_words():
    """What a test renamed is rolled back; the process must not remember it."""
    yield
    words._known.words, words._known.version = {}, 0


@pytest.fixture
def renamed(office_admin, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        labels.rename("step", {"step.take_in": ("受理派遣", "Take and send")}, by=office_admin, now=now)
        labels.rename("status", {"status.reported": ("待受理", "New")}, by=office_admin, now=now)
        labels.rename("level", {"level.0": ("正常", "Fine")}, by=office_admin, now=now)


def test_new_words_stand_on_button_state_and_chip_in_both_languages(renamed, sign_in, desk, incident):
    page = sign_in(desk).get(reverse("incidents:detail", args=[incident.pk])).content.decode()
    assert "受理派遣" in page
    assert "待受理" in page
    assert "正常" in page
    assert "受理并派单" not in page
    english = sign_in(desk, lang="en").get(reverse("incidents:list") + "?tab=all").content.decode()
    assert "New" in english
    assert "Fine" in english


def test_the_ledger_the_sheet_and_the_timeline_say_them(renamed, sign_in, desk, incident):
    client = sign_in(desk, lang="en")
    body = client.post(reverse("incidents:export", args=["xlsx"]) + "?tab=all").content
    table = [cell.value for row in load_workbook(io.BytesIO(body)).active.iter_rows(min_row=4) for cell in row]
    assert "New" in table
    assert "Reported" not in table
    sheet = client.get(reverse("incidents:sheet", args=[incident.pk])).content.decode()
    assert "New" in sheet


def test_messages_to_people_say_them(renamed, sign_in, desk, incident, now, cast):
    incident_actions.move(incident, "take_in", unit=cast.units["enforcement"], by=desk, now=now)
    told = Notice.objects.filter(code="incidents.moved").select_related("user").first()
    for lang, word in (("en", "Take and send"), ("zh-hans", "受理派遣")):
        assert word in sign_in(told.user, lang=lang).get(reverse("notices:inbox")).content.decode()


def test_the_api_says_them_too(renamed, sign_in, desk, incident):
    body = sign_in(desk, lang="en").get(f"/api/v1/incidents/{incident.pk}/").json()
    assert body["status_label"] == "New"
    assert "Take and send" in [move["label"] for move in body["moves"]]


def test_another_process_sees_them_with_the_next_request_and_asks_once(renamed, sign_in, desk, incident):
    client, url = sign_in(desk), reverse("incidents:list")
    client.get(url)
    words._known.words, words._known.version = {}, 0  # as a process that has read nothing
    with CaptureQueriesContext(connection) as first:
        assert "待受理" in client.get(url + "?tab=all").content.decode()
    with CaptureQueriesContext(connection) as second:
        client.get(url + "?tab=all")
    reads = [sum('FROM "labels_label"' in q["sql"] and "SELECT" in q["sql"][:7] and "accounts_user" not in q["sql"]
                 for q in seen.captured_queries) for seen in (first, second)]  # fmt: skip
    assert reads == [1, 0]


def test_what_is_not_renamed_keeps_the_programs_word(renamed):
    with translation.override("zh-hans"):
        assert str(MOVES["urge"].label) == "催办"
        assert str(Status.VOID.label) == "已作废"
    with translation.override("en"):
        assert str(Level.CRITICAL.label) == "Critical"


def test_migrations_know_nothing_of_an_office(renamed):
    with translation.override(None):
        assert str(Status.REPORTED.label) == "Reported"


def test_reset_gives_the_programs_words_again(
    renamed, sign_in, office_admin, desk, incident, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(office_admin).post(reverse("dictionaries:reset", args=["step"]))
    page = sign_in(desk).get(reverse("incidents:detail", args=[incident.pk])).content.decode()
    assert "受理并派单" in page
    assert "受理派遣" not in page


def test_the_page_saves_both_languages_and_writes_it_into_the_log(sign_in, office_admin):
    client = sign_in(office_admin, lang="en")
    assert client.post(STEP, {"step.urge:zh": "  催 促 ", "step.urge:en": "Remind"}).status_code == 302
    row = Label.objects.get(key="step.urge")
    assert (row.zh, row.en) == ("催 促", "Remind")
    told = AuditEvent.objects.get(action="incidents.rename_labels").data
    assert told == {"labels": {"step.urge": {"zh": "催 促", "en": "Remind"}}}


def test_typing_the_programs_own_word_changes_nothing(sign_in, office_admin):
    sign_in(office_admin).post(STEP, {"step.urge:zh": "催办", "step.urge:en": "Urge"})
    assert not Label.objects.exists()
    assert not AuditEvent.objects.filter(action="incidents.rename_labels").exists()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"step.urge:en": "Sign"}, "Two labels would both say “Sign”"),
        ({"step.urge:zh": "<b>催</b>"}, "Use words only"),
        ({"step.urge:zh": "催" * 17}, "keep it to 16 characters"),
    ],
)
def test_words_nobody_could_use_are_refused_and_stay_typed(sign_in, office_admin, typed, says):
    page = sign_in(office_admin, lang="en").post(STEP, typed)
    assert page.status_code == 200
    assert says in page.content.decode()
    assert page.context["form"].data.get(next(iter(typed))) == next(iter(typed.values()))
    assert not Label.objects.exists()


def test_only_who_keeps_the_catalogue_renames(desk, now):
    with pytest.raises(PermissionDenied):
        labels.rename("step", {"step.urge": ("催", "")}, by=desk, now=now)


def test_two_labels_of_one_dictionary_differ(office_admin, now):
    with pytest.raises(ValidationError):
        labels.rename("level", {"level.1": ("严重", ""), "level.2": ("严重", "")}, by=office_admin, now=now)
    assert not Label.objects.exists()


def test_the_list_of_dictionaries_links_to_each(sign_in, office_admin, category):
    page = sign_in(office_admin).get(reverse("dictionaries:list")).content.decode()
    for name in ("incidents:catalogue", "calendars:list", "grids:tree", "imports:list", "teams:roles"):
        assert f'href="{reverse(name)}"' in page
    assert STEP in page


def test_there_is_no_other_dictionary(sign_in, office_admin):
    assert sign_in(office_admin).get(reverse("dictionaries:labels", args=["none"])).status_code == 404
