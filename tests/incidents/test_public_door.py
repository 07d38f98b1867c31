"""The residents' door: no account, one record, a code that opens nothing else."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from incidents import follow
from incidents.models import Incident
from incidents.workflow import Status


@pytest.fixture
def url(street, category):
    return reverse("incidents:public_report", args=[street.code, category.code])


@pytest.fixture
def sent(url):
    data = {"client_id": uuid4(), "place": "3号楼", "description": "楼道堆满纸箱", "caller_phone": "13900002222"}
    return Client(), data


def test_a_report_waits_to_be_confirmed_and_can_be_followed(url, sent):
    client, data = sent
    page = client.post(url, data).content.decode()
    incident = Incident.objects.get()
    code = follow.code_of(data["client_id"])
    assert (incident.status, incident.channel) == (Status.UNCONFIRMED, "public")
    assert incident.number in page
    assert code in page
    shown = client.post(reverse("incidents:public_follow"), {"number": incident.number, "code": code.lower()})
    assert incident.category.name in shown.content.decode()
    assert "13900002222" not in shown.content.decode()


@pytest.mark.parametrize("address", ["/r/%00/", "/r/{}/a%00b/", "/assets/number/%00/", "/api/v1/areas/%00/"])
def test_an_address_with_nul_leads_nowhere(client, street, address):
    assert client.get(address.format(street.code)).status_code == 404


def test_a_phone_that_is_none_is_refused_and_all_that_was_typed_stays(url, sent):
    client, data = sent
    page = client.post(url, data | {"caller_phone": "12345"}).content.decode()
    assert "027-87651234" in page
    assert "楼道堆满纸箱" in page
    assert not Incident.objects.exists()
    client.post(url, data | {"caller_phone": " "})
    assert str(Incident.objects.get().caller_phone) == ""


def test_too_long_a_text_is_refused_in_plain_words_and_stays_whole(url, sent):
    client, data = sent
    words = "纸箱" * 1001
    page = client.post(url, data | {"description": words}, headers={"accept-language": "zh-hans"}).content.decode()
    assert "请控制在2000字以内，现有2002字。" in page
    assert words in page
    assert not Incident.objects.exists()


def test_sending_twice_shows_the_same_code(url, sent):
    client, data = sent
    first, second = client.post(url, data), client.post(url, data)
    assert follow.code_of(data["client_id"]) in first.content.decode()
    assert follow.code_of(data["client_id"]) in second.content.decode()
    assert Incident.objects.count() == 1


@pytest.mark.parametrize(("number", "code"), [("", "AAAA-AAAA"), ("990101-20260101-00001", "AAAA-AAAA")])
def test_a_wrong_code_opens_nothing(url, sent, number, code):
    client, data = sent
    client.post(url, data)
    number = number or Incident.objects.get().number
    page = client.post(reverse("incidents:public_follow"), {"number": number, "code": code}).content.decode()
    assert "form-errors" in page


def test_after_the_report_one_button_follows_it(url, sent):
    client, data = sent
    page = client.post(url, data).content.decode()
    number, code = Incident.objects.get().number, follow.code_of(data["client_id"])
    assert f'<input type="hidden" name="number" value="{number}">' in page
    assert f'<input type="hidden" name="code" value="{code}">' in page
    assert f'action="{reverse("incidents:public_follow")}"' in page


@pytest.mark.parametrize("exists", [True, False])
def test_guessing_at_one_report_is_stopped_whether_it_exists_or_not(url, sent, exists):
    client, data = sent
    client.post(url, data)
    number = Incident.objects.get().number if exists else "990101-20260101-00001"
    asked, told = reverse("incidents:public_follow"), []
    for nth in range(6):
        from_elsewhere = {"headers": {"accept-language": "en"}, "REMOTE_ADDR": f"198.51.100.{nth}"}
        page = client.post(asked, {"number": number, "code": "AAAA-AAAA"}, **from_elsewhere).content.decode()
        told.append(("No report has this number with this code" in page, "Try again in 15 minutes" in page))
    assert told == [(True, False)] * 5 + [(False, True)]
    right = client.post(asked, {"number": number, "code": follow.code_of(data["client_id"])}).content.decode()
    assert "form-errors" in right


def test_guessing_from_one_address_is_stopped_and_a_right_code_costs_nothing(url, sent, settings):
    settings.LOCKOUT_ADDRESS = 3
    client, data = sent
    client.post(url, data)
    asked = reverse("incidents:public_follow")
    right = {"number": Incident.objects.get().number, "code": follow.code_of(data["client_id"])}
    for _nth in range(4):
        assert "form-errors" not in client.post(asked, right).content.decode()
    for nth in range(3):
        client.post(asked, {"number": f"990101-20260101-0000{nth}", "code": "AAAA-AAAA"})
    assert "form-errors" in client.post(asked, right).content.decode()
    assert "form-errors" not in client.post(asked, right, REMOTE_ADDR="198.51.100.9").content.decode()


def test_code_is_not_stored(url, sent):
    client, data = sent
    client.post(url, data)
    assert follow.code_of(data["client_id"]) not in str(Incident.objects.values().get())


def test_a_program_that_fills_everything_in_is_turned_away(url, sent):
    client, data = sent
    assert "form-errors" in client.post(url, data | {"website": "http://x"}).content.decode()
    assert not Incident.objects.exists()


def test_one_address_may_not_flood_the_desk(url, sent):
    client, data = sent
    for _nth in range(20):
        client.post(url, data | {"client_id": uuid4()})
    assert "form-errors" in client.post(url, data | {"client_id": uuid4()}).content.decode()
    assert Incident.objects.count() == 20


@pytest.mark.parametrize("closed", [{"is_public": False}, {"is_emergency": True}, {"is_active": False}])
def test_what_residents_are_not_offered_cannot_be_sent_either(url, sent, category, closed):
    client, data = sent
    for name, value in closed.items():
        setattr(category, name, value)
    category.save()
    assert client.post(url, data).status_code == 404
    assert not Incident.objects.exists()
