import json
import threading
from datetime import UTC, datetime, timedelta, timezone
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from gridgov.audit import actions as audit
from gridgov.audit import checks, sealing
from gridgov.audit.checks import Fault
from gridgov.audit.models import AuditEvent, AuditLink
from gridgov.audit.tasks import seal
from gridgov.dbtime import database_now
from gridgov.ids import uuid7


def faults(now=None):
    return {finding.fault for finding in checks.verify(now=now or database_now())}


def test_an_untouched_trail_has_no_fault(trail):
    assert faults() == set()
    said = StringIO()
    call_command("verify_audit", stdout=said)
    assert said.getvalue() == "6 rows and 6 links: nothing was changed, added or removed.\n"


@pytest.mark.parametrize(
    "change",
    [
        "data = '{\"number\": 9}'",
        "actor_name = 'somebody else'",
        "at = at - interval '1 second'",
        "address = '10.0.0.1'",
        "subject_id = '7'",
        "area_path = '000001'",
        "actor_id = 7",
        "action = 'x.other'",
    ],
)
def test_changed_row_is_found(trail, as_owner, change):
    as_owner(f"UPDATE audit_auditevent SET {change} WHERE id = %s", str(trail[2].id))
    assert faults() == {Fault.CHANGED}


def test_removed_row_is_found(trail, as_owner):
    as_owner("DELETE FROM audit_auditevent WHERE id = %s", str(trail[2].id))
    assert faults() == {Fault.REMOVED}


def test_row_added_without_the_key_is_found_even_once_sealed(trail, as_owner):
    as_owner(
        "INSERT INTO audit_auditevent (id, at, action, actor_name, subject_kind, subject_id, area_path, data, key_id,"
        " signature) VALUES (%s, now(), 'x.step', '-', '', '', '', '{}', 'a1', '\\x00')",
        str(uuid7()),
    )
    assert faults() == {Fault.CHANGED}
    sealing.seal()
    assert faults() == {Fault.CHANGED}


def test_removed_link_is_found(trail, as_owner):
    as_owner("DELETE FROM audit_auditlink WHERE seq = 3")
    assert Fault.GAP in faults()


def test_exchanged_links_are_found(trail, as_owner):
    as_owner("UPDATE audit_auditlink SET seq = -seq")
    as_owner("UPDATE audit_auditlink SET seq = CASE seq WHEN -2 THEN 3 WHEN -3 THEN 2 ELSE -seq END")
    assert Fault.BROKEN in faults()


def test_chain_rebuilt_without_a_row_is_found(trail, as_owner):
    """Whoever removes a row and its link and renumbers the rest still lacks the key."""
    as_owner("DELETE FROM audit_auditevent WHERE id = %s", str(trail[2].id))
    as_owner("DELETE FROM audit_auditlink WHERE seq = 3")
    as_owner("UPDATE audit_auditlink SET seq = seq - 1 WHERE seq > 3")
    assert Fault.BROKEN in faults()


def test_cut_off_end_is_found_by_the_file_outside(trail, as_owner, head):
    as_owner("DELETE FROM audit_auditlink WHERE seq > 4")
    as_owner("DELETE FROM audit_auditevent WHERE id = ANY(%s::uuid[])", [str(row.id) for row in trail[4:]])
    assert faults() == {Fault.TRUNCATED}
    head.unlink()
    assert faults() == {Fault.TRUNCATED}


def test_row_kept_from_the_sealer_is_found(trail):
    audit.record("x.step", None, by=None)
    assert faults() == set()
    assert faults(database_now() + timedelta(hours=3)) == {Fault.UNSEALED}


def test_command_names_the_fault_and_fails(trail, as_owner):
    as_owner("DELETE FROM audit_auditevent WHERE id = %s", str(trail[2].id))
    said = StringIO()
    with pytest.raises(CommandError, match="1 faults in 5 rows and 6 links"):
        call_command("verify_audit", stdout=said)
    assert said.getvalue() == f"removed\t#3 {trail[2].id}\n"


def test_sealing_twice_or_with_nothing_to_do_changes_nothing(trail):
    assert (seal(), seal(), AuditLink.objects.count()) == (0, 0, 6)


def test_row_that_commits_late_is_linked_after_its_juniors(trail):
    late = AuditEvent(id=uuid7(), at=database_now(), action="x.late", actor_name="-", key_id="a1")
    audit.record("x.early", None, by=None)
    assert sealing.seal() == 1
    late.signature = audit.signature(late)
    late.save(force_insert=True)
    assert sealing.seal() == 1
    assert faults() == set()


def test_rows_of_an_open_transaction_wait(trail):
    with transaction.atomic():
        audit.record("x.open", None, by=None)
        counts = []

        def elsewhere():
            counts.append(sealing.seal())
            connections.close_all()

        worker = threading.Thread(target=elsewhere)
        worker.start()
        worker.join()
    assert counts == [0]
    assert sealing.seal() == 1


def test_only_one_sealer_works_at_a_time(trail, as_owner):
    audit.record("x.step", None, by=None)
    as_owner("SELECT pg_advisory_lock(%s)", sealing.LOCK)
    assert sealing.seal() == 0
    as_owner("SELECT pg_advisory_unlock(%s)", sealing.LOCK)
    assert sealing.seal() == 1


def test_head_never_goes_back(trail, head):
    sealing.write_head(AuditLink.objects.get(seq=2))
    assert json.loads(head.read_text())["seq"] == 6


def test_links_are_append_only_for_the_program(trail):
    from django.db import utils

    for sql in ("UPDATE audit_auditlink SET seq = 9 WHERE seq = 6", "DELETE FROM audit_auditlink"):
        with pytest.raises(utils.ProgrammingError, match="permission denied"), connection.cursor() as cursor:
            cursor.execute(sql)


def test_signature_survives_the_database_whatever_the_zone_and_the_numbers(trail):
    at = datetime(2026, 1, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    written = audit.record(
        "x.zone", None, by=None, at=at, big=1e20, small=1e-7, pair=(1, 2.0), deep={"键": [None, True]}
    )
    read = AuditEvent.objects.get(pk=written.pk)
    assert read.at == datetime(2026, 1, 1, tzinfo=UTC)
    assert audit.signature(read) == bytes(read.signature)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(-1e9, 1e9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_canonical_form_does_not_depend_on_how_json_spells_it(value):
    assert audit._canonical(json.loads(json.dumps(value))) == audit._canonical(value)
