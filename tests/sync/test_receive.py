"""The door: any repetition, one record."""

import hashlib
import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from gridgov.accounts.models import User
from gridgov.audit.models import AuditEvent
from gridgov.notices.models import Notice
from gridgov.sync import actions, canonical, registry
from gridgov.sync.models import Attachment, Envelope
from tests.sync.conftest import image, picture, records, take, upload

KIND = "tests.report"


def test_first_is_stored_and_a_replay_gives_the_same(worker, now, number):
    first = actions.receive(number, KIND, {"text": "堆物", "n": 1}, by=worker, now=now)
    again = actions.receive(number, KIND, {"n": 1.0, "text": "堆物"}, by=worker, now=now + timedelta(days=3))
    assert (first.status, again.status) == (201, 200)
    assert (first.kind, first.id, first.url) == (again.kind, again.id, again.url)
    assert first.id == str(Notice.objects.get(code="test.taken").pk)
    assert Envelope.objects.get().received_at == now


@pytest.mark.parametrize("change", ["content", "kind", "photos", "owner"])
def test_other_content_or_owner_is_a_conflict_that_says_nothing(worker, neighbour, now, number, monkeypatch, change):
    monkeypatch.setitem(registry._handlers, "tests.other", take)
    actions.receive(number, KIND, {"text": "堆物"}, by=worker, now=now)
    receipt = actions.receive(
        number,
        "tests.other" if change == "kind" else KIND,
        {"text": "改过" if change == "content" else "堆物"},
        by=neighbour if change == "owner" else worker,
        now=now,
        attachments=["0" * 64] if change == "photos" else (),
    )
    assert receipt == actions.Receipt(409, number)
    assert records() == 1


def test_doubtful_is_stored_for_review(worker, now, number):
    first = actions.receive(number, KIND, {"text": "?"}, by=worker, now=now, keep=True)
    again = actions.receive(number, KIND, {"text": "?"}, by=worker, now=now, keep=True)
    assert (first.status, first.needs_review, again.status, again.needs_review) == (202, True, 200, True)
    assert records() == 1


def test_form_is_refused_and_leaves_nothing(worker, now, number):
    with pytest.raises(ValidationError):
        actions.receive(number, KIND, {"text": ""}, by=worker, now=now)
    assert not Envelope.objects.exists()
    assert actions.receive(number, KIND, {"text": "改好了"}, by=worker, now=now).status == 201


def test_phone_is_never_bounced_and_what_it_said_is_sealed(worker, now, number):
    payload = {"text": "", "phone": "13800000001"}
    receipt = actions.receive(number, KIND, payload, by=worker, now=now, keep=True)
    assert receipt == actions.Receipt(202, number, needs_review=True, problems=({"field": "text", "code": "required"},))
    kept = Envelope.objects.waiting().get()
    assert str(kept.payload) == "***"
    assert kept.payload.open() == canonical.text(payload)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(e)::text FROM sync_envelope e")
        assert "13800000001" not in cursor.fetchone()[0]
    assert AuditEvent.objects.get(action="sync.keep").data["problems"] == kept.problems
    again = actions.receive(number, KIND, payload, by=worker, now=now, keep=True)
    assert (again.status, again.problems) == (200, receipt.problems)


def test_payload_is_not_kept_once_it_was_taken(worker, now, number):
    actions.receive(number, KIND, {"text": "堆物"}, by=worker, now=now, keep=True)
    assert Envelope.objects.get().payload.blob is None


@pytest.mark.parametrize(("refusal", "code"), [(PermissionDenied, "denied"), (Envelope.DoesNotExist, "gone")])
def test_refusal_by_right_stores_nothing_for_a_form_and_is_kept_for_a_phone(
    worker, now, number, monkeypatch, refusal, code
):
    def refuse(envelope, payload, *, by, now):
        raise refusal

    monkeypatch.setitem(registry._handlers, KIND, refuse)
    with pytest.raises(refusal):
        actions.receive(number, KIND, {"text": "堆物"}, by=worker, now=now)
    assert not Envelope.objects.exists()
    receipt = actions.receive(number, KIND, {"text": "堆物"}, by=worker, now=now, keep=True)
    assert (receipt.status, receipt.problems) == (202, ({"field": "", "code": code},))
    assert records() == 0


def test_what_a_failed_handler_wrote_is_gone(worker, now, number, monkeypatch):
    def write_then_refuse(envelope, payload, *, by, now):
        take(envelope, {"text": "half"}, by=by, now=now)
        raise ValidationError("no", code="no")

    monkeypatch.setitem(registry._handlers, KIND, write_then_refuse)
    assert actions.receive(number, KIND, {}, by=worker, now=now, keep=True).status == 202
    assert records() == 0


def test_unknown_kind_is_a_programming_error(worker, now, number):
    with pytest.raises(LookupError):
        actions.receive(number, "tests.nothing", {}, by=worker, now=now)


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", float("nan")])
def test_what_no_database_holds_is_refused_with_words(worker, now, number, text):
    with pytest.raises(ValidationError):
        actions.receive(number, KIND, {"text": text}, by=worker, now=now, keep=True)
    assert not Envelope.objects.exists()


def test_wrong_clock_is_stored_never_refused(worker, now, number):
    captured = datetime(2031, 1, 1, tzinfo=UTC)
    offset = timedelta(days=-1500)
    actions.receive(number, KIND, {"text": "x"}, by=worker, now=now, captured_at=captured, offset=offset)
    row = Envelope.objects.get()
    assert (row.captured_at, row.offset, row.corrected_at, row.received_at) == (
        captured,
        offset,
        captured + offset,
        now,
    )
    far = datetime(9999, 12, 31, tzinfo=UTC)
    actions.receive(uuid.uuid4(), KIND, {"text": "x"}, by=worker, now=now, captured_at=far, offset=timedelta(days=2))
    assert Envelope.objects.get(captured_at=far).corrected_at == far


def test_form_photos_come_with_the_envelope_once(worker, now, number):
    for _click in range(2):
        receipt = actions.receive(
            number, KIND, {"text": "x"}, by=worker, now=now, attachments=[upload(image("DSCN0010.jpg"))]
        )
    photo = Attachment.objects.get()
    assert (photo.subject_kind, photo.subject_id) == ("tests.record", receipt.id)
    assert actions.missing(Envelope.objects.get()) == []


def test_bad_photo_refuses_the_whole_form(worker, now, number):
    with pytest.raises(ValidationError):
        actions.receive(number, KIND, {"text": "x"}, by=worker, now=now, attachments=[upload(b"<script>")])
    assert (records(), Envelope.objects.count()) == (0, 0)


def test_door_costs_two_statements_more_than_the_handler(worker, now, number, django_assert_num_queries):
    with django_assert_num_queries(3 + 6):  # envelope, record, result; three pairs of transaction marks
        actions.receive(number, KIND, {"text": "x"}, by=worker, now=now)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("owners", ["same", "two"])
def test_simultaneous_puts_give_one_record(cast, now, number, owners):
    people = [cast.people["worker"], cast.people["neighbour" if owners == "two" else "worker"]]
    start, answers = threading.Barrier(6), []

    def put(user: User) -> None:
        try:
            start.wait(10)
            answers.append(actions.receive(number, KIND, {"text": "x"}, by=user, now=now).status)
        finally:
            connection.close()

    threads = [threading.Thread(target=put, args=(people[n % 2],)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert records() == 1
    assert sorted(answers) == ([200] * 5 + [201] if owners == "same" else [200, 200, 201, 409, 409, 409])


def test_a_photo_that_arrives_while_its_record_is_taken_in_stays_with_it(worker, now, number):
    """The door read the record just before somebody took it in: the photo goes where the record went."""
    photo = picture()
    sha = hashlib.sha256(photo).hexdigest()
    actions.receive(number, KIND, {"text": ""}, by=worker, now=now, attachments=[sha], keep=True)
    stale = Envelope.objects.get(pk=number)
    Envelope.objects.filter(pk=number).update(result_kind="tests.record", result_id="7", needs_review=False)
    row = actions.attach_to_envelope(stale, upload(photo), sha256=sha, by=worker, now=now)
    assert (row.subject_kind, row.subject_id) == ("tests.record", "7")
    assert actions.missing(Envelope.objects.get(pk=number)) == []
