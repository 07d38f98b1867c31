"""No reveal without its audit row, whatever dies in between."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction

from gridgov import privacy
from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from gridgov.audit.models import AuditEvent
from gridgov.privacy import actions, registry
from gridgov.privacy.fields import Sealed
from tests import factories

REVEAL = {"reason": "回访报事人", "perm": "reveal_reporters"}


@pytest.fixture(autouse=True)
def _anyone_may(monkeypatch):
    monkeypatch.setattr(registry, "_checks", {})
    privacy.register_reveal(User, lambda user, perm, row: None)


@pytest.fixture
def person(db):
    return factories.make_person("王小勤", "19900000001")


@pytest.fixture
def opened(monkeypatch):
    """How often a value was opened after the test began."""
    calls = []
    plain = Sealed.open
    monkeypatch.setattr(Sealed, "open", lambda self: calls.append(self.context) or plain(self))
    return calls


def test_reveal_gives_the_value_and_leaves_its_record(person, now):
    person.refresh_from_db()
    assert str(person.phone) == "199****0001"
    assert actions.reveal(person, "phone", by=person, now=now, **REVEAL) == "19900000001"
    event = AuditEvent.objects.get(action="privacy.reveal")
    assert (event.subject_kind, event.subject_id) == ("accounts.user", str(person.pk))
    assert event.data == {"field": "phone", "perm": "reveal_reporters", "reason": "回访报事人"}


def test_numbers_in_the_reason_are_masked(person, now):
    actions.reveal(person, "phone", by=person, reason="给13800000001回电", perm="x", now=now)
    assert AuditEvent.objects.get(action="privacy.reveal").data["reason"] == "给138****0001回电"


@pytest.mark.parametrize("reason", ["", "   ", "看看", "a \n b"])
def test_reveal_needs_a_reason(person, now, reason, opened):
    with pytest.raises(ValidationError):
        actions.reveal(person, "phone", by=person, reason=reason, perm="x", now=now)
    assert opened == []
    assert not AuditEvent.objects.filter(action="privacy.reveal").exists()


def test_reveal_asks_the_registered_check(person, now, opened):
    def refuse(user, perm, row):
        raise PermissionDenied(perm)

    privacy.register_reveal(User, refuse)
    with pytest.raises(PermissionDenied, match="reveal_reporters"):
        actions.reveal(person, "phone", by=person, now=now, **REVEAL)
    assert opened == []


def test_nothing_is_revealed_where_nobody_registered(person, now, monkeypatch):
    monkeypatch.setattr(registry, "_checks", {})
    with pytest.raises(LookupError):
        actions.reveal(person, "phone", by=person, now=now, **REVEAL)


def test_undeclared_field_is_no_door(person, now):
    with pytest.raises(LookupError):
        actions.reveal(person, "password", by=person, now=now, **REVEAL)


def test_quota_refuses_and_frees_itself_after_an_hour(person, now, settings):
    settings.PRIVACY_REVEALS_PER_HOUR = 2
    for _turn in range(2):
        actions.reveal(person, "phone", by=person, now=now, **REVEAL)
    with pytest.raises(actions.QuotaReached):
        actions.reveal(person, "phone", by=person, now=now, **REVEAL)
    other = factories.make_person("孙邻格")
    assert actions.reveal(person, "phone", by=other, now=now, **REVEAL)
    assert actions.reveal(person, "phone", by=person, now=now + timedelta(minutes=61), **REVEAL)


def test_reveal_costs_three_statements(person, now, django_assert_num_queries):
    person.refresh_from_db()
    with django_assert_num_queries(5):  # lock, quota, audit row; begin and end of its transaction
        actions.reveal(person, "phone", by=person, now=now, **REVEAL)


@pytest.mark.django_db(transaction=True)
def test_reveal_refuses_to_run_inside_a_transaction(now, opened):
    person = factories.make_person("王小勤", "19900000001")
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.reveal(person, "phone", by=person, now=now, **REVEAL)
    assert opened == []


@pytest.mark.django_db(transaction=True)
def test_nothing_is_seen_when_the_server_dies_before_the_commit(now, opened, monkeypatch):
    person = factories.make_person("王小勤", "19900000001")
    record = audit.record

    def record_then_die(*args, **kwargs):
        event = record(*args, **kwargs)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            kill(cursor.fetchone()[0])
        return event

    monkeypatch.setattr(audit, "record", record_then_die)
    with pytest.raises(DatabaseError):
        actions.reveal(person, "phone", by=person, now=now, **REVEAL)
    connection.close()
    assert opened == []
    assert not AuditEvent.objects.filter(action="privacy.reveal").exists()


def kill(pid: int) -> None:
    """End one database session from another, as a crash would."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    finally:
        other.close()


@pytest.mark.django_db(transaction=True)
def test_record_stays_when_the_value_cannot_be_opened(now):
    person = factories.make_person("王小勤", "19900000001")
    User.objects.filter(pk=person.pk).update(phone=b"\x01\x01\x02k1" + bytes(40))
    person = User.objects.get(pk=person.pk)
    with pytest.raises(Exception, match=r"accounts\.user\.phone"):
        actions.reveal(person, "phone", by=person, now=now, **REVEAL)
    assert AuditEvent.objects.filter(action="privacy.reveal").count() == 1


def test_swapped_ciphertext_is_refused(person, now):
    other = factories.make_person("孙邻格", "19900000002")
    User.objects.filter(pk=other.pk).update(phone=User.objects.get(pk=person.pk).phone)
    with pytest.raises(Exception, match=r"accounts\.user\.phone"):
        actions.reveal(User.objects.get(pk=other.pk), "phone", by=person, now=now, **REVEAL)
