"""Photos: what is taken, what becomes of it, and what is refused with which words."""

import hashlib
import io
import os
import struct
import time
import uuid
import zipfile
import zlib
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageOps

from gridgov.audit.models import AuditEvent
from gridgov.sync import actions, sweep
from gridgov.sync.models import Attachment
from tests.sync.conftest import image, picture, upload

SUBJECT = "tests.record"


def stored(photo: Attachment, field: str = "file") -> Image.Image:
    with getattr(photo, field).open("rb") as file:
        opened = Image.open(io.BytesIO(file.read()))
        opened.load()
        return opened


def attach(data: bytes, worker, now, name: str = "photo.jpg") -> Attachment:
    return actions.attach(SUBJECT, uuid.UUID(int=1), upload(data, name), by=worker, now=now)


@pytest.mark.parametrize("name", ["DSCN0010.jpg", "DSCN0042.jpg", "IMG_5195.HEIC", "portrait_6.jpg"])
def test_place_and_camera_are_gone(worker, now, name):
    data = image(name)
    photo = attach(data, worker, now)
    kept = stored(photo)
    assert photo.sha256 == hashlib.sha256(data).hexdigest()
    assert (kept.format, photo.mime) == ("JPEG", "image/jpeg")
    assert (kept.width, kept.height) == (photo.width, photo.height)
    assert dict(kept.getexif()) == {}
    with photo.file.open("rb") as file:
        written = file.read()
    assert photo.size == len(written)
    assert b"Exif\0\0" not in written
    thumb = stored(photo, "thumbnail")
    assert max(thumb.size) == 320
    assert dict(thumb.getexif()) == {}


def test_the_originals_did_have_a_place():
    for name in ("DSCN0010.jpg", "IMG_5195.HEIC"):
        assert Image.open(io.BytesIO(image(name))).getexif().get_ifd(0x8825)


def test_orientation_six_is_turned_upright(worker, now):
    original = Image.open(io.BytesIO(image("portrait_6.jpg")))
    assert original.getexif()[0x0112] == 6
    assert original.width > original.height
    photo = attach(image("portrait_6.jpg"), worker, now)
    assert photo.width < photo.height
    upright = ImageOps.exif_transpose(original).convert("L").resize((8, 8))
    kept = stored(photo).convert("L").resize((8, 8))
    far_off = max(abs(a - b) for a, b in zip(upright.tobytes(), kept.tobytes(), strict=True))
    assert far_off < 16


def test_heic_is_at_most_2048_pixels(worker, now):
    assert max(Image.open(io.BytesIO(image("IMG_5195.HEIC"))).size) > 2048
    photo = attach(image("IMG_5195.HEIC"), worker, now, "IMG_5195.HEIC")
    assert max(photo.width, photo.height) == 2048


@pytest.mark.parametrize(
    ("form", "mode"), [("PNG", "RGBA"), ("PNG", "L"), ("PNG", "P"), ("WEBP", "RGBA"), ("JPEG", "CMYK"), ("JPEG", "L")]
)
def test_every_accepted_kind_becomes_rgb(worker, now, form, mode):
    photo = attach(picture(form, mode=mode), worker, now, "whatever.exe")
    assert stored(photo).mode == "RGB"
    assert (photo.width, photo.height) == (40, 30)


def test_transparent_is_white_not_black(worker, now):
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    assert min(stored(attach(out.getvalue(), worker, now)).getpixel((4, 4))) > 250


def test_name_is_made_here_and_leads_nowhere(worker, now):
    photo = attach(picture(), worker, now, "../../../etc/王小勤13800000001.php")
    assert photo.file.name == f"attachments/{photo.pk.hex[:5]}/{photo.pk}.jpg"


def test_same_file_twice_is_one_row(worker, now):
    one, two = attach(picture(), worker, now), attach(picture(), worker, now)
    assert one == two
    assert AuditEvent.objects.filter(action="sync.attach").count() == 1


def test_thrown_away_is_gone_and_on_record(worker, now):
    actions.detach(attach(picture(), worker, now), by=worker, now=now)
    assert not Attachment.objects.exists()
    assert AuditEvent.objects.get(action="sync.detach").data == {"subject_kind": SUBJECT}


def bomb() -> bytes:
    """A PNG of 30,000 × 30,000 pixels in a few hundred bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("x.html", "<p>")
    return out.getvalue()


HOSTILE = {
    "script": (lambda: b"#!/bin/sh\nrm -rf /\n", "type"),
    "html": (lambda: b"<!DOCTYPE html><html><script>alert(1)</script></html>", "type"),
    "svg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "type"),
    "pdf": (lambda: b"%PDF-1.7\n%\xe2\xe3\n1 0 obj", "type"),
    "gif": (lambda: picture("GIF", mode="P"), "type"),
    "tiff": (lambda: picture("TIFF"), "type"),
    "zip": (archive, "type"),
    "empty": (lambda: b"", "empty"),
    "php in a jpeg": (lambda: picture() + b"<?php system($_GET[0]); ?>", "suspicious"),
    "script in the comment": (lambda: picture(comment=b"<script>alert(1)</script>"), "suspicious"),
    "html behind a png": (lambda: picture("PNG") + b"<html><body>", "suspicious"),
    "svg behind a png": (lambda: picture("PNG") + b'<svg onload="x" xmlns="http://www.w3.org/2000/svg">', "suspicious"),
    "zip behind a jpeg": (lambda: picture() + archive(), "suspicious"),
    "pdf inside a jpeg": (lambda: picture(comment=b"%PDF-1.4 trailer"), "suspicious"),
    "bomb": (bomb, "pixels"),
    "only a header": (lambda: b"\xff\xd8\xff\xe0" + b"JFIF" * 10, "damaged"),
    "cut off": (lambda: image("DSCN0010.jpg")[:40_000], "damaged"),
    "cut off heic": (lambda: image("IMG_5195.HEIC")[:40_000], "damaged"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_is_refused_and_leaves_nothing(worker, now, name):
    make, code = HOSTILE[name]
    with pytest.raises(ValidationError) as caught:
        attach(make(), worker, now, "photo.jpg")
    assert caught.value.code == code
    assert caught.value.messages[0]
    assert not Attachment.objects.exists()
    assert not default_storage.exists("attachments")


def test_limits_come_from_settings(worker, now, settings):
    settings.ATTACHMENT_MAX_BYTES = 1024 * 1024
    with pytest.raises(ValidationError, match=r"1 ?MB") as caught:
        attach(picture() + bytes(1024 * 1024), worker, now)
    assert caught.value.code == "too_large"
    settings.ATTACHMENT_MAX_PIXELS = 1_000
    with pytest.raises(ValidationError) as caught:
        attach(picture(), worker, now)
    assert caught.value.code == "pixels"


def infected(data: bytes) -> bool:
    return b"EICAR" not in data


def test_scanner_is_asked_when_configured(worker, now, settings):
    settings.ATTACHMENT_SCANNER = "tests.sync.test_attachments.infected"
    with pytest.raises(ValidationError) as caught:
        attach(picture(comment=b"EICAR"), worker, now)
    assert caught.value.code == "suspicious"
    assert attach(picture(), worker, now)


@pytest.mark.django_db(transaction=True)
def test_rollback_leaves_no_file_behind(cast, now):
    worker = cast.people["worker"]
    kept = attach(picture(), worker, now)
    with transaction.atomic():
        lost = attach(picture("PNG"), worker, now)
        transaction.set_rollback(True)
    assert Attachment.objects.get() == kept
    assert sweep.remove_orphans(now) == 0  # too young: its transaction might still be open
    for photo in (kept, lost):
        for name in (photo.file.name, photo.thumbnail.name):
            os.utime(default_storage.path(name), (time.time() - 7200,) * 2)
    assert sweep.remove_orphans(now + timedelta(seconds=1)) == 2
    assert default_storage.exists(kept.file.name)
    assert default_storage.exists(kept.thumbnail.name)
    assert not default_storage.exists(lost.file.name)
    assert sweep.remove_orphans(now) == 0


def see(client, photo, size="full"):
    return client.get(f"/photos/{photo.pk}/{size}/")


def test_photo_is_seen_by_right_only(worker, neighbour, now, sign_in, client):
    record = actions.receive(
        uuid.uuid4(), "tests.report", {"text": "x"}, by=worker, now=now, attachments=[upload(picture())]
    )
    photo = Attachment.objects.get(subject_id=record.id)
    for size in ("full", "thumb"):
        answer = see(sign_in(worker), photo, size)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["Content-Disposition"].startswith("inline; filename=")
        assert b"".join(answer.streaming_content)[:2] == b"\xff\xd8"
    assert see(sign_in(neighbour), photo).status_code == 404
    assert see(sign_in(worker), photo, "huge").status_code == 404
    assert client.get(f"/photos/{photo.pk}/full/").status_code == 302


def test_photo_of_an_unregistered_kind_is_nobodys(worker, now, sign_in):
    photo = actions.attach("tests.unknown", 1, upload(picture()), by=worker, now=now)
    assert see(sign_in(worker), photo).status_code == 404


def test_lost_file_is_404_not_500(worker, now, sign_in):
    record = actions.receive(
        uuid.uuid4(), "tests.report", {"text": "x"}, by=worker, now=now, attachments=[upload(picture())]
    )
    photo = Attachment.objects.get(subject_id=record.id)
    default_storage.delete(photo.file.name)
    assert see(sign_in(worker), photo).status_code == 404
