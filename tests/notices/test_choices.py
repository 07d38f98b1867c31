"""消息设置: ways by kind, one digest a day at the chosen hour and zone, an address used once it is confirmed."""

from datetime import UTC, datetime, timedelta

import hypothesis
import pytest
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st

from gridgov import notices
from gridgov.audit.models import AuditEvent
from gridgov.notices import actions, choice_actions, delivery, digests, registry, tasks
from gridgov.notices.models import Mailbox, Notice, Outbox, Preference, PushDevice
from gridgov.notices.registry import Kind
from tests.examples import examples

PAGE = "/notices/settings/"


@pytest.fixture(autouse=True)
def _messages(monkeypatch):
    known = dict(registry._messages)
    monkeypatch.setattr(registry, "_messages", known)
    notices.register("test.work", title="Work %(n)s", kind=Kind.WORK)
    notices.register("test.other", title="Other")


@pytest.fixture
def client(worker, sign_in):
    return sign_in(worker, lang="en")


@pytest.fixture
def confirmed(worker, now):
    return Mailbox.objects.create(user=worker, address="worker@example.org", confirmed_at=now)


def save(client, **more):
    return client.post(PAGE, {"digest_by": "none", "digest_hour": "18", "zone": "Asia/Shanghai", **more})


@pytest.mark.parametrize(
    ("kind", "urgent", "ways"),
    [("test.work", False, {"mail"}), ("test.other", False, set()), ("test.other", True, {"mail", "sms"})],
)
def test_each_kind_goes_by_the_ways_chosen_for_it(client, worker, confirmed, gateway, now, kind, urgent, ways):
    save(client, way_sms=["urgent"], way_mail=["work", "urgent"])
    actions.tell([worker], kind, subject=None, params={"n": 1}, now=now, urgent=urgent)
    assert set(Outbox.objects.exclude(channel="webhook").values_list("channel", flat=True)) == ways
    assert Notice.objects.filter(user=worker).count() == 1  # the inbox always
    assert AuditEvent.objects.filter(action="notices.choose_ways").count() == 1


def test_way_that_is_gone_for_a_while_keeps_what_was_chosen(client, worker, confirmed, gateway):
    save(client, way_sms=[], way_mail=["work"])
    confirmed.delete()
    save(client, way_sms=["other"])
    assert Preference.objects.get().ways == {"sms": ["other"], "mail": ["work"]}


@pytest.mark.parametrize("spoilt", [{"way_sms": "all"}, {"digest_by": "mail"}, {"digest_hour": "25"}, {"zone": "Mars"}])
def test_choice_that_makes_no_sense_is_refused(client, gateway, spoilt):
    assert save(client, **spoilt).status_code == 200
    assert not Preference.objects.exists()


def test_digest_is_one_message_about_what_is_unread(client, worker, confirmed, gateway, now):
    save(client, digest_by="mail", digest_hour="18", zone="Asia/Shanghai")
    for n in (1, 1, 2):
        actions.tell([worker], "test.work", subject=None, params={"n": n}, now=now + timedelta(seconds=1))
    actions.tell([worker], "test.other", subject=None, now=now + timedelta(seconds=1), urgent=True)
    read = Notice.objects.filter(params={"n": 2}).get()
    actions.mark_read(read, by=worker, now=now)
    due = Preference.objects.get().digest_next_at
    assert (due.astimezone(UTC).hour, digests.queue_due(due - timedelta(seconds=1))) == (10, 0)
    assert [digests.queue_due(due), digests.queue_due(due)] == [1, 0]
    assert Preference.objects.get().digest_next_at == due + timedelta(days=1)
    row = Outbox.objects.get(channel="mail", urgent=False)
    assert delivery.deliver(delivery.claim(due, "mail")[0], now=due)
    row.refresh_from_db()
    assert row.state == "sent"
    (sent,) = mail.outbox
    assert "2" in sent.subject
    assert "Work 1 ×2" in sent.body
    assert "Work 2" not in sent.body
    assert "Other" not in sent.body


def test_digests_of_everybody_are_queued_in_one_knock(cast, gateway, now, monkeypatch):
    people = list(cast.people.values())[:5]
    facts = {"ways": {}, "digest_by": "sms", "digest_hour": 18, "zone": "Asia/Shanghai"}
    for person in people:
        choice_actions.choose(person, **facts, by=person, now=now)
    Preference.objects.update(digest_next_at=now - timedelta(minutes=1))
    monkeypatch.setattr(digests, "BATCH", 2)
    tasks.digest()
    assert Outbox.objects.filter(channel="sms").count() == 5
    tasks.digest()
    assert Outbox.objects.filter(channel="sms").count() == 5


def test_digests_held_back_over_days_off_are_one_message(client, worker, confirmed, gateway, now):
    save(client, digest_by="mail", digest_hour="18", zone="Asia/Shanghai")
    due, day = Preference.objects.get().digest_next_at, timedelta(days=1)
    for n in range(3):
        actions.tell([worker], "test.work", subject=None, params={"n": n}, now=due - timedelta(hours=1) + n * day)
        digests.queue_due(due + n * day)
    row = Outbox.objects.get(channel="mail", urgent=False)
    delivery.deliver(delivery.claim(due + 3 * day, "mail")[0], now=due + 3 * day)
    assert [f"Work {n}" in mail.outbox[-1].body for n in range(3)] == [True] * 3
    digests.queue_due(due + 3 * day)  # the first has gone: the next is its own
    assert Outbox.objects.exclude(pk=row.pk).filter(channel="mail", urgent=False).count() == 1


def test_digest_without_anything_unread_is_not_sent(client, worker, confirmed, gateway, now):
    save(client, digest_by="mail")
    due = Preference.objects.get().digest_next_at
    digests.queue_due(due)
    delivery.deliver(delivery.claim(due, "mail")[0], now=due)
    assert (Outbox.objects.get().state, mail.outbox) == ("cancelled", [])


@given(
    after=st.integers(1_700_000_000, 1_900_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    hour=st.integers(0, 23),
    zone=st.sampled_from(["Asia/Shanghai", "Asia/Urumqi", "America/New_York", "Pacific/Apia", "UTC"]),
)
@hypothesis.settings(max_examples=examples(60, 2000))
def test_next_digest_is_later_by_at_most_a_day_and_comes_once(after, hour, zone):
    chosen = Preference(digest_hour=hour, zone=zone)
    at = chosen.next_digest(after)
    assert after < at <= after + timedelta(hours=26)
    assert chosen.next_digest(at) > at + timedelta(hours=21)


def code_in_mail():
    delivery.run("mail")
    return next(line for line in mail.outbox[-1].body.splitlines() if line.isdigit())


def test_address_is_used_once_its_code_was_typed(client, worker, gateway):
    client.post("/notices/settings/mail/", {"address": "Worker@example.org"})
    code = code_in_mail()
    assert mail.outbox[-1].to == ["Worker@example.org"]
    assert code not in str(list(Outbox.objects.values()))
    wrong = client.post("/notices/settings/mail/confirm/", {"code": f"{(int(code) + 1) % 10**6:06d}"})
    assert "not right" in wrong.content.decode()
    assert client.post("/notices/settings/mail/confirm/", {"code": code}).status_code == 302
    box = Mailbox.objects.get()
    assert (box.user, box.confirmed_at is None, str(box.address)) == (worker, False, "W***@example.org")
    client.post("/notices/settings/mail/remove/")
    assert not Mailbox.objects.exists()


def test_code_is_worth_five_tries(client, worker, gateway):
    client.post("/notices/settings/mail/", {"address": "worker@example.org"})
    code = code_in_mail()
    for _try in range(choice_actions.MOST_TRIES):
        client.post("/notices/settings/mail/confirm/", {"code": "no"})
    answer = client.post("/notices/settings/mail/confirm/", {"code": code})
    assert "no longer valid" in answer.content.decode()
    again = client.post("/notices/settings/mail/", {"address": "worker@example.org"})
    assert "Wait a minute" in again.content.decode()


def test_code_is_old_after_half_an_hour(worker, gateway, now):
    box = choice_actions.set_mailbox(worker, "worker@example.org", by=worker, now=now)
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        choice_actions.confirm_mailbox(worker, choice_actions.code_of(box), by=worker, now=now + timedelta(minutes=31))


@pytest.mark.parametrize("path", [PAGE, PAGE + "phone/"])
def test_page_is_good_with_everything_and_with_nothing(client, worker, gateway, monkeypatch, path):
    from gridgov.notices import channels

    assert "Text message" in client.get(path).content.decode()
    monkeypatch.setattr(channels, "_channels", {})
    assert "Messages come to the inbox only" in client.get(path).content.decode()


@pytest.mark.parametrize(
    "subscription",
    [
        "", "[]", "{}", "[" * 1990,
        '{"endpoint": "https://evil.example/", "keys": {"p256dh": "a", "auth": "b"}}',
    ],
)  # fmt: skip
def test_subscription_that_leads_elsewhere_is_refused(client, gateway, settings, subscription):
    from gridgov.outside.config import Push
    from tests.notices.gateway import outside

    for push in (Push("AA" * 16 + "A" * 11, "mailto:a@b", ("fcm.googleapis.com",)), None):
        settings.OUTSIDE = outside(gateway, push=push)
        assert client.post("/notices/settings/browser/", {"subscription": subscription}).status_code == 302
    assert not PushDevice.objects.exists()
