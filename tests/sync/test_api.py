"""The door as a phone sees it: statuses it can act on, words its owner can read."""

import hashlib
import json
import uuid

import pytest
from django.core.files.storage import default_storage

from gridgov.sync.models import Attachment, Envelope
from gridgov.sync.parsers import MAX_JSON
from tests.sync.conftest import image, picture, records

KIND = "tests.report"


@pytest.fixture
def phone(worker, sign_in):
    return sign_in(worker, lang="en")


def put(client, number, payload=None, **more):
    body = {"kind": KIND, "payload": {"text": "堆物"} if payload is None else payload, **more}
    return client.put(f"/api/v1/sync/{number}/", json.dumps(body), content_type="application/json")


def send_photo(client, number, data: bytes, sha256: str = "", content_type: str = "image/jpeg"):
    sha256 = sha256 or hashlib.sha256(data).hexdigest()
    return client.put(f"/api/v1/sync/{number}/attachments/{sha256}/", data, content_type=content_type)


def announce(data: bytes) -> list[dict]:
    return [
        {"id": str(uuid.uuid4()), "sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "mime": "image/jpeg"}
    ]


def is_problem(answer, status: int) -> dict:
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["title"]
    return body


def test_stored_then_seen_before(phone, number):
    first, again = put(phone, number), put(phone, number)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json() == {
        "envelope": str(number),
        "kind": "tests.record",
        "id": first.json()["id"],
        "url": f"/records/{first.json()['id']}/",
        "needs_review": False,
        "changed": False,
        "problems": [],
        "complete": True,
        "missing": [],
    }
    assert first["Cache-Control"] == "no-store"
    assert records() == 1


def test_times_and_version_are_stored(phone, number):
    more = {"captured_at": "2026-11-20T08:00:00+08:00", "offset": -12.5, "base_version": "7"}
    assert put(phone, number, **more).status_code == 201
    row = Envelope.objects.get()
    assert row.captured_at.isoformat() == "2026-11-20T00:00:00+00:00"
    assert row.corrected_at.isoformat() == "2026-11-19T23:59:47.500000+00:00"
    assert row.base_version == "7"


@pytest.mark.parametrize("offset", [1e300, -1e18, None, 9e9])
def test_absurd_clock_is_no_reason_to_refuse(phone, number, offset):
    assert put(phone, number, captured_at="0001-01-01T00:00:00Z", offset=offset).status_code == 201


@pytest.mark.parametrize("captured", ["+058870-01-01T00:00:00.000Z", "yesterday", "", 5, "9999-99-99T00:00:00Z"])
def test_a_time_that_is_none_counts_as_unknown(phone, number, captured):
    assert put(phone, number, captured_at=captured).status_code == 201
    assert Envelope.objects.get().captured_at is None


def test_content_it_cannot_take_is_kept_202(phone, number):
    answer = put(phone, number, {"text": ""})
    assert answer.status_code == 202
    assert answer.json()["problems"] == [{"field": "text", "code": "required"}]
    assert (answer.json()["needs_review"], answer.json()["complete"]) == (True, True)


def test_edited_replay_and_other_owner_409(phone, number, neighbour, worker, sign_in):
    put(phone, number)
    is_problem(put(phone, number, {"text": "改过"}), 409)
    is_problem(put(sign_in(neighbour), number), 409)
    is_problem(put(phone, uuid.uuid4(), owner=str(neighbour.public_id)), 409)
    assert put(phone, uuid.uuid4(), owner=str(worker.public_id)).status_code == 201


def test_not_signed_in_is_401_json_never_a_redirect(client, number, db):
    body = is_problem(put(client, number), 401)
    assert body["title"]
    is_problem(send_photo(client, number, picture()), 401)


def test_words_follow_the_language(client, sign_in, worker, number):
    assert is_problem(put(sign_in(worker, lang="en"), number, 3), 422)["title"] == "Some of this is not right"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"[]", 422),
        (b"null", 422),
        (b'{"kind": "tests.nothing", "payload": {}}', 422),
        (b'{"kind": "tests.report"}', 422),
        (b'{"kind": "tests.report", "payload": {"text": "a\\u0000"}}', 422),
        (b'{"kind": "tests.report", "payload": {"text": "\\ud800"}}', 422),
        (b'{"kind": "tests.report", "payload": {"n": NaN}}', 400),
        (b'{"kind": "tests.report", "payload": {"n": 1e999}}', 422),
        (b'{"kind": "tests.report", "payload": {}, "attachments": [{"sha256": "zz"}]}', 422),
        (b'{"kind": "tests.report", "payload": {}, "owner": "x"}', 422),
        (b"[" * 100_000, 400),
        (b'{"kind": "tests.report", "payload": {"a":' + b"[" * 200 + b"]" * 200 + b"}}", 202),
        (b"\xff\xfe\x00", 400),
        (b'"' + b"a" * MAX_JSON + b'"', 413),
    ],
)
def test_nonsense_gets_a_clear_problem(phone, number, body, status):
    answer = phone.put(f"/api/v1/sync/{number}/", body, content_type="application/json")
    if status >= 400:
        is_problem(answer, status)
        assert not Envelope.objects.exists()
    assert answer.status_code == status


def test_other_media_type_415_and_method_405(phone, number):
    is_problem(phone.put(f"/api/v1/sync/{number}/", "a=1", content_type="text/plain"), 415)
    put(phone, number, attachments=announce(b"x"))
    is_problem(send_photo(phone, number, b"x", content_type="text/html"), 415)
    is_problem(phone.get(f"/api/v1/sync/{number}/"), 405)


def test_complete_only_when_every_photo_has_arrived(phone, number):
    one, two = image("DSCN0010.jpg"), image("IMG_5195.HEIC")
    first = put(phone, number, attachments=announce(one) + announce(two)).json()
    assert (first["complete"], len(first["missing"])) == (False, 2)
    after_one = send_photo(phone, number, one).json()
    assert (after_one["complete"], after_one["missing"]) == (False, [hashlib.sha256(two).hexdigest()])
    after_two = send_photo(phone, number, two, content_type="image/heic").json()
    assert (after_two["complete"], after_two["missing"]) == (True, [])
    assert send_photo(phone, number, one).json()["complete"] is True
    assert put(phone, number, attachments=announce(two) + announce(one)).json()["complete"] is True
    assert Attachment.objects.filter(subject_kind="tests.record", subject_id=first["id"]).count() == 2


def test_photo_of_a_waiting_envelope_belongs_to_its_owner(phone, number, worker, neighbour, sign_in):
    put(phone, number, {"text": ""}, attachments=announce(picture()))
    assert send_photo(phone, number, picture()).json()["complete"] is True
    photo = Attachment.objects.get()
    assert photo.subject_kind == "sync.envelope"
    assert phone.get(f"/photos/{photo.pk}/thumb/").status_code == 200
    assert sign_in(neighbour).get(f"/photos/{photo.pk}/thumb/").status_code == 404


def test_each_wrong_photo_is_refused_with_its_own_status(phone, number, neighbour, sign_in, settings):
    script, big = b"<html><script>", picture() + bytes(2000)
    good = picture()
    put(phone, number, attachments=announce(script) + announce(big) + announce(good) + announce(good[:200]))
    is_problem(send_photo(phone, number, picture("PNG")), 404)  # never announced
    is_problem(send_photo(sign_in(neighbour), number, good), 404)
    is_problem(send_photo(phone, uuid.uuid4(), good), 404)
    assert is_problem(send_photo(phone, number, script), 415)["code"] == "type"
    assert is_problem(send_photo(phone, number, good[:200]), 422)["code"] == "damaged"
    assert is_problem(send_photo(phone, number, picture("PNG"), announce(good)[0]["sha256"]), 422)["code"] == "hash"
    settings.ATTACHMENT_MAX_BYTES = 1500
    is_problem(send_photo(phone, number, big), 413)
    assert not Attachment.objects.exists()
    assert not default_storage.exists("attachments")


def test_queries_of_the_door(phone, number, django_assert_num_queries):
    put(phone, uuid.uuid4())
    with django_assert_num_queries(13):
        put(phone, number)
