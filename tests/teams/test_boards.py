"""The public board of a grid: who decides what it shows, whose words it takes, and that it prints."""

from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from gridgov.audit.models import AuditEvent
from gridgov.sync.models import Attachment
from teams.actions import publication as actions
from teams.models import PublicFace
from teams.publication import DUTIES, board_of
from tests.sync.conftest import picture

PHOTO = Path(__file__).resolve().parents[1] / "data" / "images" / "DSCN0010.jpg"


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("me.jpg", PHOTO.read_bytes(), "image/jpeg")


def test_a_board_names_the_people_with_a_post_and_nothing_they_did_not_agree_to(cast):
    board = board_of(cast.areas["grid"])
    assert [face.name for face in board.faces] == [
        "李长青",
        "王小勤",
        "赵帮忙",
    ]  # head first; neighbours are not posted
    assert {(face.number, face.photo) for face in board.faces} == {("", "")}
    assert board.supervision == "027-00000001"
    assert list(board.duties) == [str(line) for line in DUTIES]


def test_only_the_person_decides(worker, lead, now):
    with pytest.raises(PermissionDenied):
        actions.show_on_board(worker, number="027-1", photo=None, by=lead, now=now)
    assert not PublicFace.objects.exists()


def test_what_was_agreed_to_stands_on_the_board_until_it_is_taken_back(cast, worker, now):
    actions.show_on_board(worker, number="027-00000009", photo=photo(), by=worker, now=now)
    face = next(face for face in board_of(cast.areas["grid"]).faces if face.name == worker.name)
    assert face.number == "027-00000009"
    assert face.photo.startswith("data:image/jpeg;base64,")
    actions.hide_from_board(worker, by=worker, now=now)
    face = next(face for face in board_of(cast.areas["grid"]).faces if face.name == worker.name)
    assert (face.number, face.photo) == ("", "")
    assert not Attachment.objects.exists()
    assert {"teams.show_on_board", "teams.hide_from_board"} <= set(AuditEvent.objects.values_list("action", flat=True))


def test_a_script_is_no_photo_and_nothing_is_kept(worker, now):
    script = SimpleUploadedFile("me.jpg", b"<script>alert(1)</script>", "image/jpeg")
    with pytest.raises(ValidationError):
        actions.show_on_board(worker, number="027-1", photo=script, by=worker, now=now)
    assert not PublicFace.objects.exists()


def test_words_are_taken_from_the_nearest_area_that_has_some(cast, office_admin, now):
    street, grid, far = cast.areas["street"], cast.areas["grid"], cast.areas["far_grid"]
    actions.set_board_text(street, duties="巡查\n\n走访", supervision="12345", by=office_admin, now=now)
    actions.set_board_text(grid, duties="只在这里", supervision="", by=office_admin, now=now)
    assert list(board_of(grid).duties) == ["只在这里"]
    assert board_of(grid).supervision == "12345"
    assert list(board_of(far).duties) == ["巡查", "走访"]
    actions.set_board_text(grid, duties="", supervision="", by=office_admin, now=now)
    assert list(board_of(grid).duties) == ["巡查", "走访"]


def test_the_worker_does_not_write_the_boards_words(cast, worker, now):
    with pytest.raises(PermissionDenied):
        actions.set_board_text(cast.areas["grid"], duties="x", supervision="", by=worker, now=now)


def test_the_page_says_what_is_missing_and_prints(cast, desk, sign_in):
    grid = cast.areas["grid"]
    client = sign_in(desk, lang="en")
    seen = client.get(f"/people/boards/{grid.pk}/").content.decode()
    assert "Nobody has agreed to a number yet." in seen
    for size in ("a4", "a3"):
        assert client.get(f"/people/boards/{grid.pk}/board.pdf?size={size}").content.startswith(b"%PDF-")


def test_a_person_agrees_on_a_page_and_takes_it_back(worker, sign_in):
    client = sign_in(worker, lang="en")
    answer = client.post("/people/me/on-the-board/", {"number": "027-00000009", "photo": photo()}, follow=True)
    assert "Boards printed from now on show it." in answer.content.decode()
    assert PublicFace.objects.get().user == worker
    client.post("/people/me/on-the-board/off/")
    assert not PublicFace.objects.exists()


def test_colleagues_see_the_photo_and_strangers_do_not(cast, worker, desk, other_office, now, sign_in):
    face = actions.show_on_board(worker, number="", photo=photo(), by=worker, now=now)
    assert sign_in(desk).get(f"/photos/{face.photo_id}/thumb/").status_code == 200
    assert sign_in(other_office).get(f"/photos/{face.photo_id}/thumb/").status_code == 404


def test_a_photo_that_is_replaced_is_thrown_away(worker, now):
    actions.show_on_board(worker, number="", photo=photo(), by=worker, now=now)
    other = SimpleUploadedFile("me.jpg", picture(), "image/jpeg")
    face = actions.show_on_board(worker, number="", photo=other, by=worker, now=now)
    assert list(Attachment.objects.values_list("pk", flat=True)) == [face.photo_id]
