"""Looking at an object of a campaign: counted once, a finding becomes one case, photos stay with it."""

import hashlib
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from assessment.cards import cards
from gridgov.notices.models import Notice
from gridgov.sync.actions import attach_to_envelope, receive
from gridgov.sync.models import Attachment, Envelope
from incidents import campaign_pack
from incidents.actions import campaigns
from incidents.actions.campaign_check import Seen, check_target
from incidents.models import CampaignTarget, Incident
from tests.cast import ROLE_NAMES
from tests.incidents.asked import WORKS, send
from tests.sync.conftest import picture


def test_each_worker_sees_only_own_objects(cast, running, worker, neighbour, now):
    own = {user: [str(t) for t in CampaignTarget.objects.visible_to(user)] for user in (worker, neighbour)}
    assert own == {worker: ["3号楼"], neighbour: ["8号楼"]}
    assert [card.title for card in cards(worker, now) if card.kind == "campaign"] == [running.title]
    assert [[name for _id, name, _where in campaign_pack.page(user, running, 0)["rows"]] for user in own] == [
        ["3号楼"],
        ["8号楼"],
    ]
    assert Notice.objects.filter(code="incidents.campaign_published", user=worker).count() == 1
    assert not Notice.objects.filter(user=cast.people["far_worker"]).exists()


def test_a_campaign_has_the_evening_of_its_last_day(running, worker):
    evening = timezone.make_aware(datetime.combine(running.due_on, time(21)))
    levels = [
        card.level
        for moment in (evening, evening + timedelta(hours=4))
        for card in cards(worker, moment)
        if card.kind == "campaign"
    ]
    assert levels == [0, 2]


def test_an_envelope_counts_once_and_a_finding_becomes_one_incident(target, worker, lead, now):
    key = uuid4()
    assert [send(target, ["yes", 4], worker, now, key).status for _n in range(3)] == [201, 200, 200]
    target.refresh_from_db()
    assert target.finding == "incident"
    assert "电动车充电安全排查" in target.incident.description
    assert target.incident.building_id == target.building_id
    assert send(target, ["yes", 5], lead, now).changed
    assert Incident.objects.count() == 1


def test_rectified_on_the_spot_makes_no_incident(target, worker, now):
    send(target, ["yes", 1], worker, now, rectified=True)
    target.refresh_from_db()
    assert (target.finding, target.incident) == ("rectified", None)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["as seen", "the older last"])
def test_what_was_seen_wrong_is_reported_in_whichever_order_the_looks_arrive(target, worker, now, order):
    looks = Seen(["yes", None], at=now - timedelta(hours=1)), Seen(["no", None], at=now)
    for which in order:
        done = check_target(target, looks[which], by=worker, now=now)
    assert (done.answers, done.finding, done.incident is not None) == (["no", None], "incident", True)


@pytest.mark.parametrize("answers", [[], ["maybe", 1], [None, 1], ["yes", -1], ["yes", "x"], ["yes", 1, 2], "yes"])
def test_answers_that_make_no_sense_are_kept_for_review(target, worker, now, answers):
    assert send(target, answers, worker, now).status == 202
    target.refresh_from_db()
    assert target.finding == ""


def test_what_was_seen_after_the_end_is_refused_before_it_counts(running, target, office, worker, now):
    campaigns.end_campaign(running, by=office, now=now)
    later = now + timedelta(hours=2)
    with pytest.raises(ValidationError):
        check_target(target, Seen(["no", None], at=now + timedelta(hours=1)), by=worker, now=later)
    seen = Seen(["no", None], at=now - timedelta(hours=1))
    assert check_target(target, seen, by=worker, now=later).finding == "fine"
    assert campaigns.reopen_campaign(running, by=office, now=later).is_running


def with_photo(target, answers, by, now, **more):
    """As the phone does it: announce, then send."""
    data = picture()
    key, sha256 = uuid4(), hashlib.sha256(data).hexdigest()
    payload = {"target": str(target.pk), "answers": answers, "rectified": False, "words": "", **more}
    receive(key, "incidents.campaign_check", payload, by=by, now=now, keep=True, attachments=[sha256])
    attach_to_envelope(Envelope.objects.get(pk=key), ContentFile(data), sha256=sha256, by=by, now=now)


def test_photos_of_a_finding_belong_to_its_case_and_the_case_leads_back(target, worker, office, now, sign_in):
    with_photo(target, ["yes", None], worker, now)
    target.refresh_from_db()
    assert Attachment.objects.of(target.incident).count() == 1
    page = sign_in(office).get(reverse("incidents:detail", args=[target.incident_id])).content.decode()
    assert reverse("incidents:campaign", args=[target.campaign_id]) in page
    campaign = sign_in(office).get(reverse("incidents:campaign", args=[target.campaign_id])).content.decode()
    assert reverse("incidents:detail", args=[target.incident_id]) in campaign
    phone = sign_in(worker).get(reverse("incidents:field_case", args=[target.incident_id])).content.decode()
    assert reverse("incidents:field_campaign", args=[target.campaign_id]) in phone


def test_photos_of_what_was_put_right_stand_in_the_campaign(target, cast, worker, office, now, sign_in):
    with_photo(target, ["yes", None], worker, now, rectified=True)
    photo = Attachment.objects.get()
    assert photo.subject_id == str(target.pk)
    url = reverse("sync:attachment", args=[photo.pk, "thumb"])
    assert url in sign_in(office).get(reverse("incidents:campaign", args=[target.campaign_id])).content.decode()
    page = reverse("incidents:campaign", args=[target.campaign_id])
    clients = {who: sign_in(cast.people[who]) for who in ROLE_NAMES}
    seen = {who for who, client in clients.items() if client.get(url).status_code == 200}
    follow = {who for who, client in clients.items() if client.get(page).status_code == 200}
    assert seen == follow | WORKS
    assert "neighbour" not in seen


def test_the_plain_form_takes_three_photos_and_no_fourth(target, worker, sign_in):
    client = sign_in(worker, "en")
    url = reverse("incidents:field_check", args=[target.campaign_id, target.pk])
    said = {"client_id": uuid4(), "item0": "no", "item1": "", "words": ""}
    files = [SimpleUploadedFile(f"{n}.jpg", picture(size=(40 + n, 30)), "image/jpeg") for n in range(4)]
    assert "3 photos at most" in client.post(url, said | {"photos": files}).content.decode()
    for file in files:
        file.seek(0)
    assert client.post(url, said | {"photos": files[:3]}).status_code == 302
    assert Attachment.objects.of(target).count() == 3


def test_the_plain_form_on_the_phone_counts_too(running, target, worker, sign_in):
    client = sign_in(worker)
    url = reverse("incidents:field_check", args=[running.pk, target.pk])
    assert client.get(url).status_code == 200
    client.post(url, {"client_id": uuid4(), "item0": "no", "item1": "", "words": ""})
    target.refresh_from_db()
    assert target.finding == "fine"
    assert "3号楼" in client.get(reverse("incidents:field_campaign", args=[running.pk])).content.decode()
