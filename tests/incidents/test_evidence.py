"""Evidence for a pause: it comes along with the request, whoever decides sees it, and the deadline says it exists."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from gridgov.clock.models import Pause
from gridgov.sync.models import Attachment
from incidents import actions
from incidents.models import Request
from incidents.workflow import Ask


def picture(name="停电通知.png") -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(written, "PNG")
    return SimpleUploadedFile(name, written.getvalue(), "image/png")


def ask(client, incident, **more):
    said = {"how_long": "3", "reason": "等供电所复电", "evidence": "供电所停电通知，26日前", "photos": [picture()]}
    return client.post(reverse("incidents:ask", args=[incident.pk, Ask.SUSPENSION]), said | more)


def test_what_shows_the_reason_goes_from_the_request_to_the_explanation(at_work, sign_in, unit_staff, office, now):
    assert ask(sign_in(unit_staff), at_work).status_code == 302
    asked = Request.objects.get()
    photo = Attachment.objects.of(asked).get()
    url = reverse("sync:attachment", args=[photo.pk, "thumb"])
    desk = sign_in(office)
    for page in (reverse("incidents:answer", args=[asked.pk]), reverse("incidents:detail", args=[at_work.pk])):
        shown = desk.get(page).content.decode()
        assert "供电所停电通知" in shown
        assert url in shown
    desk.post(reverse("incidents:answer", args=[asked.pk]), {"answer": "approve", "words": "同意"})
    assert (Pause.objects.get().evidence, Pause.objects.get().asked_in) == ("供电所停电通知，26日前", asked.pk)
    why = desk.get(reverse("incidents:deadline", args=[at_work.pk])).content.decode()
    assert url in why
    api = desk.get(f"/api/v1/incidents/{at_work.pk}/deadlines/").json()
    (pause,) = next(one for one in api if one["stage"] == "handle")["pauses"]
    assert (pause["evidence"], pause["photos"]) == ("供电所停电通知，26日前", 1)


def test_it_is_seen_by_whoever_sees_the_case_and_by_nobody_else(at_work, sign_in, unit_staff, other_office, now):
    ask(sign_in(unit_staff), at_work)
    url = reverse("sync:attachment", args=[Attachment.objects.of(Request.objects.get()).get().pk, "full"])
    assert sign_in(unit_staff).get(url).status_code == 200
    assert sign_in(other_office).get(url).status_code == 404


def test_what_is_no_photo_is_refused_and_nothing_is_asked_for(at_work, sign_in, unit_staff):
    no_photo = SimpleUploadedFile("通知.png", b"%PDF-1.7 not a picture", "image/png")
    page = ask(sign_in(unit_staff), at_work, photos=[no_photo])
    assert page.status_code == 200
    assert page.context["form"].errors
    assert (Request.objects.count(), Attachment.objects.count()) == (0, 0)


def test_a_long_reason_is_refused_when_asked_not_when_approved(at_work, sign_in, unit_staff, office, now):
    page = ask(sign_in(unit_staff), at_work, reason="等" * 501)
    assert page.context["form"].errors["reason"]
    assert "请重新选择文件" in page.content.decode()  # the browser has forgotten the photo
    ask(sign_in(unit_staff), at_work, reason="等" * 500, photos=[])
    actions.answer(Request.objects.get(), approve=True, by=office, now=now)
    assert len(Pause.objects.get().reason) == 500
